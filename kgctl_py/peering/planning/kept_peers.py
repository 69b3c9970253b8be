"""The Peers to keep while their segments are not ready, so that the restart of an agent breaks no tunnel."""

from collections.abc import Iterable, Iterator, Sequence

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.mesh.segments_and_leaders import segment_name
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.peering.planning.settings import PeeringSettings


def kept_peers(
    existing: Iterable[Peer], desired: Sequence[RemotePeer], other: Member, settings: PeeringSettings
) -> Iterator[RemotePeer]:
    """Yield each Peer whose segment is not ready, without the addresses that another Peer gets."""
    names_, keys = {peer.name for peer in desired}, {peer.public_key for peer in desired}
    taken = {cidr for peer in desired for cidr in peer.allowed_ips}
    resting = _resting_segments(other, settings.grace)
    for peer in existing:
        segment = peer.annotations.get(names.PEERING_SEGMENT, "")
        if peer.name in names_ or peer.public_key is None or peer.public_key in keys:
            continue
        allowed_ips = tuple(cidr for cidr in peer.allowed_ips if cidr not in taken)
        if allowed_ips and (segment in resting or not settings.prunes):
            yield RemotePeer(
                name=peer.name,
                cluster=other.name,
                uid=other.uid,
                segment=segment,
                leader=peer.annotations.get(names.PEERING_LEADER, ""),
                node_count=0,
                allowed_ips=allowed_ips,
                endpoint=peer.endpoint,
                keepalive=peer.persistent_keepalive,
                public_key=peer.public_key,
                preshared_key=peer.preshared_key,
                options=peer.annotations.get(names.PEERING_OPTIONS),
            )


def _resting_segments(other: Member, grace: int) -> frozenset[str]:
    """Return the segments of nodes that are not ready but reported recently."""
    mesh, granularity = other.mesh, other.topology.granularity
    return frozenset(
        segment_name(node, granularity)
        for node in mesh.nodes
        if node.last_seen and mesh.now - node.last_seen < grace and node.why_not_ready(mesh.now)
    )
