"""The state of each peering of a cluster: its Peers, its handshakes, and the Peers that are out of date."""

import contextlib
import datetime
from collections.abc import Iterable, Sequence

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.peer_changes import Action
from kgctl_py.peering.planning.plan import Half, PeeringPlan
from kgctl_py.peering.planning.problem import PeeringCode, Problem, warning
from kgctl_py.peering.tunnels import seen_count
from kgctl_py.value import Value, replace

_DRIFT = {
    Action.CREATE: "is missing",
    Action.UPDATE: "is out of date",
    Action.DELETE: "is no longer needed",
    Action.TOUCH: "may be unknown to agents",
}


class PeeringStatus(Value, frozen=True, kw_only=True):
    """One peering: `cluster` has `peers` for `other`; `drift` is None if the other cluster was not read."""

    cluster: str
    other: str
    peers: int
    tunnels: int
    seen: int
    services_via: tuple[str, ...]
    drift: tuple[str, ...] | None = None
    age: int | None = None
    """Seconds since the first of the Peers was created; None if that is not known."""


def statuses(member: Member) -> tuple[PeeringStatus, ...]:
    """Return the state of each peering for which a cluster has Peers."""
    labels = sorted({peer.labels[names.PEERING] for peer in member.mesh.peers if names.PEERING in peer.labels})
    return tuple(
        status_of(member, label, [peer for peer in member.mesh.peers if peer.labels.get(names.PEERING) == label])
        for label in labels
    )


def status_of(own: Member, other: str, peers: Sequence[Peer]) -> PeeringStatus:
    """Return the state of one peering, as far as one cluster shows it."""
    carriers = (peer for peer in peers if names.PEERING_SERVICES in peer.annotations)
    return PeeringStatus(
        cluster=own.name,
        other=other,
        peers=len(peers),
        tunnels=len(peers) * len(own.topology.segments),
        seen=seen_count(own, peers),
        services_via=tuple(peer.annotations.get(names.PEERING_SEGMENT, peer.name) for peer in carriers),
        age=_age(own, peers),
    )


def _age(own: Member, peers: Sequence[Peer]) -> int | None:
    """Return the seconds since the first Peer was created; None if no time is known."""
    times = []
    for peer in peers:
        with contextlib.suppress(ValueError):
            time = datetime.datetime.fromisoformat(peer.created)
            times.append(time.replace(tzinfo=time.tzinfo or datetime.UTC).timestamp())
    return max(0, int(own.mesh.now - min(times))) if times else None


def statuses_of_plan(plan: PeeringPlan) -> tuple[PeeringStatus, ...]:
    """Return the state of each half of a plan, with the differences."""
    return tuple(
        replace(
            status_of(half.own, half.other.name, half.existing),
            drift=tuple(f"{change.action} {change.name}" for change in half.changes),
        )
        for half in plan.halves
    )


def check_drift(halves: Iterable[Half]) -> tuple[Problem, ...]:
    """Return a warning for each Peer that differs from the plan."""
    return tuple(
        warning(
            PeeringCode.DRIFT,
            half.own.name,
            f'peer "{change.name}" {_DRIFT[change.action]}' + (f": {change.why}" if change.why else ""),
            "run kgctl peering connect with the same options",
        )
        for half in halves
        for change in half.changes
    )
