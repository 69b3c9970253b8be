"""The segments and the tunnels that differ between two topologies."""

from collections.abc import Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.changes.change import SegmentChange, SegmentState, TunnelChange, TunnelEvent
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.kg_routes import leader_of
from kgctl_py.mesh.segments_and_leaders import Segment, leader_reason
from kgctl_py.mesh.topology import Topology

_Ends = tuple[Place, Place]
_Keys = tuple[wireguard.Key | None, wireguard.Key | None]


def segment_changes(old: Topology | None, new: Topology | None) -> Iterator[SegmentChange]:
    """Yield the segments that are added or removed, or whose leader or WireGuard IP differs."""
    before, after = _states(old), _states(new)
    for name in sorted({*before, *after}):
        earlier, later = before.get(name), after.get(name)
        if earlier is None or later is None or _is_another(earlier, later):
            yield SegmentChange(segment=name, old=earlier, new=later)


def tunnel_changes(old: Topology | None, new: Topology | None) -> Iterator[TunnelChange]:
    """Yield the tunnels that are added or removed, or whose session breaks because a key differs."""
    before, after = _tunnels(old), _tunnels(new)
    for ends in sorted({*before, *after}):
        if ends not in after:
            yield TunnelChange(ends=ends, event=TunnelEvent.BROKEN)
        elif ends not in before:
            yield TunnelChange(ends=ends, event=TunnelEvent.ADDED)
        elif before[ends] != after[ends]:
            yield TunnelChange(ends=ends, event=TunnelEvent.RESTARTED)


def _states(topology: Topology | None) -> Mapping[str, SegmentState]:
    return {segment.name: _state(segment) for segment in topology.segments} if topology else {}


def _state(segment: Segment) -> SegmentState:
    return SegmentState(
        leader=segment.leader.name, reason=leader_reason(segment), wireguard_ip=str(segment.wireguard_ip)
    )


def _is_another(old: SegmentState, new: SegmentState) -> bool:
    return (old.leader, old.wireguard_ip) != (new.leader, new.wireguard_ip)


def _tunnels(topology: Topology | None) -> Mapping[_Ends, _Keys]:
    """Return the public keys of both ends of each tunnel."""
    if topology is None:
        return {}
    ends = [
        ((leader_of(one), one.leader.key), (leader_of(two), two.leader.key)) for one, two in topology.tunnels()
    ]
    ends += [
        ((leader_of(segment), segment.leader.key), (Place(Kind.PEER, peer.name), peer.public_key))
        for segment in topology.segments
        for peer in topology.peers
    ]
    ordered = (sorted(pair, key=lambda end: end[0]) for pair in ends)
    return {(one[0], two[0]): (one[1], two[1]) for one, two in ordered}
