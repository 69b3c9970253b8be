"""The differences of two meshes as values; an empty string stands for a value that is missing."""

import enum

from kgctl_py.findings import Finding
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.mesh.whois import Place
from kgctl_py.value import Value, fields, replace


class Change(Value, frozen=True, kw_only=True):
    """A field of a node or a peer, or of the mesh, which is None; the reasons say why it has that value."""

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
    """What a segment has: its leader, what that was chosen for, and its WireGuard IP."""

    leader: str
    reason: str
    wireguard_ip: str


class SegmentChange(Value, frozen=True, kw_only=True):
    """A segment whose leader or WireGuard IP differs; None where it does not exist."""

    segment: str
    old: SegmentState | None
    new: SegmentState | None

    @property
    def moves(self) -> bool:
        """Whether a segment that stays has another WireGuard IP."""
        return bool(self.old and self.new and self.old.wireguard_ip != self.new.wireguard_ip)

    @property
    def has_another_leader(self) -> bool:
        """Whether a segment that stays has another leader."""
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
    """What can be reached: a node itself, the pods on it, a peer, or a network beside a location."""

    NODE = "node"
    PODS = "pods"
    PEER = "peer"
    NETWORK = "network"


class Member(Value, frozen=True, order=True):
    """A member by its name; the pods have the name of their node, and a network is its CIDR."""

    kind: MemberKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class ReachChange(Value, frozen=True, kw_only=True):
    """Whether packets get from one member to another and back: before, after, and why not or perhaps not."""

    source: Member
    destination: Member
    old: Verdict
    new: Verdict
    old_reason: str = ""
    new_reason: str = ""

    @property
    def cuts_off(self) -> bool:
        """Whether the packets came through before, at least perhaps, and do not any more."""
        return self.old is not Verdict.NO and self.new is Verdict.NO

    def mirrored(self) -> "ReachChange":
        """Return the change that undoes this one."""
        return replace(self, old=self.new, new=self.old, old_reason=self.new_reason, new_reason=self.old_reason)


class Changes(Value, frozen=True, kw_only=True):
    """All that differs between two meshes.

    `configurations` names the peers whose configuration must be replaced.
    """

    fields: tuple[Change, ...] = ()
    segments: tuple[SegmentChange, ...] = ()
    tunnels: tuple[TunnelChange, ...] = ()
    configurations: tuple[str, ...] = ()
    reach: tuple[ReachChange, ...] = ()
    findings_added: tuple[Finding, ...] = ()
    findings_removed: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def cuts_off(self) -> bool:
        """Whether a member does not reach another any more."""
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
        )
