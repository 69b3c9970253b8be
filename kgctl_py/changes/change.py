"""The differences of two meshes as values; an empty string stands for a value that is missing."""

import enum

from kgctl_py.findings import Finding
from kgctl_py.mesh.claims import Place
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.value import Value, fields, replace


class Change(Value, frozen=True, kw_only=True):
    """A changed field of a node or a peer, or of the mesh if `place` is None, with the reasons."""

    place: Place | None = None
    field: str
    old: str = ""
    new: str = ""
    old_reason: str = ""
    new_reason: str = ""

    def mirrored(self) -> "Change":
        """Return the change that undoes this one."""
        return replace(self, old=self.new, new=self.old, old_reason=self.new_reason, new_reason=self.old_reason)


class SegmentState(Value, frozen=True, kw_only=True):
    """The state of a segment: its leader, the reason for the choice, and its WireGuard IP."""

    leader: str
    reason: str
    wireguard_ip: str


class SegmentChange(Value, frozen=True, kw_only=True):
    """A segment whose leader or WireGuard IP differs; a state is None if the segment does not exist."""

    segment: str
    old: SegmentState | None
    new: SegmentState | None

    @property
    def moves(self) -> bool:
        """Whether the segment is in both meshes, with different WireGuard IPs."""
        return bool(self.old and self.new and self.old.wireguard_ip != self.new.wireguard_ip)

    @property
    def has_another_leader(self) -> bool:
        """Whether the segment is in both meshes, with different leaders."""
        return bool(self.old and self.new and self.old.leader != self.new.leader)

    def mirrored(self) -> "SegmentChange":
        """Return the change that undoes this one."""
        return replace(self, old=self.new, new=self.old)


class TunnelEvent(enum.StrEnum):
    """What happens to a tunnel and the session in it."""

    ADDED = "added"
    BROKEN = "broken"
    RESTARTED = "restarted"
    """It stays, but one end has another key, so that the session breaks and a new one begins."""


_OPPOSITE = {TunnelEvent.ADDED: TunnelEvent.BROKEN, TunnelEvent.BROKEN: TunnelEvent.ADDED}


class TunnelChange(Value, frozen=True, kw_only=True):
    """A tunnel between two leaders, or a leader and a peer, in the order of their names."""

    ends: tuple[Place, Place]
    event: TunnelEvent

    def mirrored(self) -> "TunnelChange":
        """Return the change that undoes this one."""
        return replace(self, event=_OPPOSITE.get(self.event, self.event))


class MemberKind(enum.StrEnum):
    """The kinds of members: a node itself, the pods on it, a peer, or a network beside a location."""

    NODE = "node"
    PODS = "pods"
    PEER = "peer"
    NETWORK = "network"


class Member(Value, frozen=True, order=True):
    """A member of a mesh; the name of pods is that of their node, and the name of a network is its CIDR."""

    kind: MemberKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class ReachChange(Value, frozen=True, kw_only=True):
    """The reachability of one member from another, before and after, with the reasons if it is not certain."""

    source: Member
    destination: Member
    old: Verdict
    new: Verdict
    old_reason: str = ""
    new_reason: str = ""

    @property
    def cuts_off(self) -> bool:
        """Whether packets arrived before, or perhaps arrived, and now do not."""
        return self.old is not Verdict.NO and self.new is Verdict.NO

    def mirrored(self) -> "ReachChange":
        """Return the change that undoes this one."""
        return replace(self, old=self.new, new=self.old, old_reason=self.new_reason, new_reason=self.old_reason)


class Changes(Value, frozen=True, kw_only=True):
    """All differences between two meshes.

    `configurations` names the peers whose configuration must be replaced. Without `reach_is_known`, one of the
    meshes has no topology, so who reaches whom is not compared.
    """

    fields: tuple[Change, ...] = ()
    segments: tuple[SegmentChange, ...] = ()
    tunnels: tuple[TunnelChange, ...] = ()
    configurations: tuple[str, ...] = ()
    reach: tuple[ReachChange, ...] = ()
    findings_added: tuple[Finding, ...] = ()
    findings_removed: tuple[Finding, ...] = ()
    reach_is_known: bool = True

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name != "reach_is_known")

    @property
    def cuts_off(self) -> bool:
        """Whether any member no longer reaches another one."""
        return any(change.cuts_off for change in self.reach)

    def mirrored(self) -> "Changes":
        """Return the changes that undo these."""
        return Changes(
            fields=tuple(change.mirrored() for change in self.fields),
            segments=tuple(change.mirrored() for change in self.segments),
            tunnels=tuple(change.mirrored() for change in self.tunnels),
            configurations=self.configurations,
            reach=tuple(change.mirrored() for change in self.reach),
            findings_added=self.findings_removed,
            findings_removed=self.findings_added,
            reach_is_known=self.reach_is_known,
        )
