"""The allowed location IPs that Kilo routes, and why it drops the others (kilo pkg/mesh/topology.go)."""

from collections.abc import Iterable, Sequence

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.network_owners import NetworkOwners, OverlapIndex
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import DropCause, DroppedLocationIP, Segment
from kgctl_py.value import replace


def filter_location_ips(
    segments: Sequence[Segment], peers: Iterable[Peer]
) -> tuple[tuple[Segment, ...], tuple[DroppedLocationIP, ...]]:
    """Return the segments with the allowed location IPs that are routed, and those that are not.

    Kilo handles the segments in order. It drops an entry if another segment declares an overlapping one that is
    kept or not handled yet, if its address is in an allowed IP of any segment (a WireGuard IP counts once its
    segment is handled), or if it overlaps an allowed IP of a peer.
    """
    judge = _Judge(segments, peers)
    judged = tuple(judge.judged(segment) for segment in segments)
    return judged, tuple(judge.dropped)


class _Judge:
    def __init__(self, segments: Sequence[Segment], peers: Iterable[Peer]) -> None:
        self.declared: OverlapIndex[str] = OverlapIndex()
        self.routed: NetworkOwners[str] = NetworkOwners()
        self.peers: OverlapIndex[str] = OverlapIndex()
        self.dropped: list[DroppedLocationIP] = []
        for segment in segments:
            for cidr in _declared(segment.nodes):
                self.declared.add(cidr, segment.name)
            for cidr in segment.allowed_ips[:-1]:
                self.routed.add(cidr, segment.name)
        for peer in peers:
            for cidr in peer.allowed_ips:
                self.peers.add(cidr, f"peer:{peer.name}")

    def judged(self, segment: Segment) -> Segment:
        self.routed.add(segment.allowed_ips[-1], segment.name)
        cidrs = _declared(segment.nodes)
        dropped = [self._dropped(cidr, segment.name) for cidr in cidrs]
        for drop in filter(None, dropped):
            self.declared.remove(drop.cidr, segment.name)
            self.dropped.append(drop)
        kept = tuple(cidr for cidr, drop in zip(cidrs, dropped, strict=True) if drop is None)
        return replace(segment, allowed_location_ips=kept)

    def _dropped(self, cidr: IPInterface, segment: str) -> DroppedLocationIP | None:
        holders = (
            (DropCause.DECLARED, self.declared.overlapping(cidr, but=segment)),
            (DropCause.ROUTED, self.routed.holder(cidr)),
            (DropCause.PEER, self.peers.overlapping(cidr)),
        )
        cause, holder = next(((cause, holder) for cause, holder in holders if holder is not None), (None, None))
        if cause is None or holder is None:
            return None
        return DroppedLocationIP(segment=segment, cidr=cidr, holder=holder, cause=cause)


def _declared(nodes: Iterable[Node]) -> tuple[IPInterface, ...]:
    """Return the allowed location IPs of all nodes of a segment, sorted by text as in Kilo."""
    return tuple(sorted({cidr for node in nodes for cidr in node.allowed_location_ips}, key=str))
