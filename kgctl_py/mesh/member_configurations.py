"""The WireGuard configurations of the members of a topology (kilo pkg/mesh/topology.go)."""

from collections.abc import Iterable, Iterator

from kgctl_py import wireguard
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.conf import clamped


def node_conf(topology: Topology, node: Node, listen_port: int) -> wireguard.Conf:
    """Return the configuration of a leader's interface: the segments with a tunnel to it, then every peer."""
    keepalive = clamped(node.persistent_keepalive)
    own = topology.segment_of(node.name)
    segments = (_segment_peer(topology, seg, keepalive) for seg in topology.tunnel_ends(own))
    peers = (_peer_peer(topology, peer, keepalive, peer.preshared_key) for peer in topology.peers)
    return wireguard.Conf(interface=wireguard.Interface(listen_port=listen_port), peers=(*segments, *peers))


def peer_conf(topology: Topology, name: str) -> wireguard.Conf:
    """Return the configuration of a peer: every segment, with its preshared key, then every other peer."""
    peer = topology.given_peers[name]
    keepalive = clamped(peer.persistent_keepalive)
    segments = segment_peers(topology, keepalive, peer.preshared_key)
    others = (other for other in topology.peers if other.name != name)
    return wireguard.Conf(peers=(*segments, *peer_peers(topology, keepalive, others)))


def outside_conf(topology: Topology) -> wireguard.Conf:
    """Return the configuration of a host that is not a peer yet: every segment, then every peer."""
    return wireguard.Conf(peers=(*segment_peers(topology, 0, None), *peer_peers(topology, 0, topology.peers)))


def segment_peers(
    topology: Topology, keepalive: int, preshared_key: wireguard.Key | None
) -> Iterator[wireguard.Peer]:
    """Return every segment as a peer, for the configuration of a host with this keepalive and key."""
    return (_segment_peer(topology, seg, keepalive, preshared_key) for seg in topology.segments)


def peer_peers(topology: Topology, keepalive: int, peers: Iterable[Peer]) -> Iterator[wireguard.Peer]:
    """Return peers for the configuration of another peer with this keepalive."""
    return (_peer_peer(topology, peer, keepalive) for peer in peers)


def node_as_peer(topology: Topology, node: str) -> Peer:
    """Return the segment of a node as a peer of another interface, without a keepalive and a preshared key."""
    seg = topology.segment_of(node)
    return Peer(
        name=node,
        allowed_ips=seg.allowed_ips,
        endpoint=seg.leader.endpoint,
        public_key=seg.leader.key,
    )


def as_wireguard(peer: Peer) -> wireguard.Peer:
    """Return a peer of the mesh as the `[Peer]` of another interface."""
    return wireguard.Peer(
        public_key=peer.public_key,
        allowed_ips=peer.allowed_ips,
        endpoint=peer.endpoint,
        persistent_keepalive=clamped(peer.persistent_keepalive),
        preshared_key=peer.preshared_key,
        comment=f"peer {peer.name}",
    )


def _segment_peer(
    topology: Topology, seg: Segment, keepalive: int, preshared_key: wireguard.Key | None = None
) -> wireguard.Peer:
    leader = seg.leader
    return wireguard.Peer(
        public_key=leader.key,
        allowed_ips=seg.allowed_ips + seg.allowed_location_ips,
        endpoint=topology.discovered_endpoint(leader.key, leader.persistent_keepalive) or leader.endpoint,
        persistent_keepalive=keepalive,
        preshared_key=preshared_key,
        comment=f"{seg.name}, leader {leader.name}",
    )


def _peer_peer(
    topology: Topology, peer: Peer, keepalive: int, preshared_key: wireguard.Key | None = None
) -> wireguard.Peer:
    return wireguard.Peer(
        public_key=peer.public_key,
        allowed_ips=peer.allowed_ips,
        endpoint=topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive) or peer.endpoint,
        persistent_keepalive=keepalive,
        preshared_key=preshared_key,
        comment=f"peer {peer.name}",
    )
