"""The routes of each member of a mesh: those of its configuration, and those that kg sets.

Inside a location nodes reach each other without WireGuard, and all but the leader send what is for elsewhere to
the leader (kilo pkg/mesh/routes.go).
"""

from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.model import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.wg_quick_changes import EVERYTHING
from kgctl_py.mesh.whois import Kind, Place
from kgctl_py.value import Value, replace


class Route(Value, frozen=True, kw_only=True):
    """What goes to `end`, through a tunnel or not; `strength` is the length of prefix that it competes with."""

    cidr: IPInterface
    end: Place
    strength: int
    tunnel: bool = False


def best(routes: Iterator[Route], ip: IPAddress) -> Route | None:
    """Choose the narrowest route that holds `ip`; of equal ones the last, as WireGuard does with allowed IPs."""
    host, chosen = host_cidr(ip), None
    for route in routes:
        if route.cidr.overlaps(host) and (chosen is None or route.strength >= chosen.strength):
            chosen = route
    return chosen


def routes(topology: Topology, here: Place) -> Iterator[Route]:
    """Return all routes of a ready node, a ready peer or the network beside a segment; its own come last."""
    match here.kind:
        case Kind.NODE:
            yield from _of_node(topology, here)
        case Kind.PEER:
            yield from tunnels(topology, here)
            yield from (_route(cidr, here) for cidr in _peer(topology, here).allowed_ips)
        case Kind.NETWORK:
            segment = segment_named(topology, here.name)
            for everything in EVERYTHING:
                yield Route(cidr=everything, end=leader_of(segment), strength=0)
            yield from (_route(cidr, here) for cidr in segment.allowed_location_ips)


def tunnels(topology: Topology, here: Place) -> Iterator[Route]:
    """Return the routes into the tunnels of a leader or a peer: the allowed IPs of its configuration."""
    for end, section in sections(topology, here):
        for cidr in section.allowed_ips:
            yield _route(cidr, end, tunnel=True)


def sections(topology: Topology, here: Place) -> Iterator[tuple[Place, wireguard.Peer]]:
    """Return each `[Peer]` of the configuration of a leader or a peer, and who is meant by it."""
    segments = topology.segments
    if here.kind is Kind.NODE:
        own = topology.segment_of(here.name)
        conf = topology.node_conf(own.leader, 0)
        segments = topology.tunnel_ends(own)
    else:
        conf = topology.peer_conf(here.name)
    peers = (Place(Kind.PEER, peer.name) for peer in topology.peers)
    others = (*map(leader_of, segments), *(peer for peer in peers if peer != here))
    yield from zip(others, conf.peers, strict=True)


def leader_of(segment: Segment) -> Place:
    """Return the leader of a segment as a place."""
    return Place(Kind.NODE, segment.leader.name)


def segment_named(topology: Topology, name: str) -> Segment:
    """Return the segment that has exactly that name."""
    return next(segment for segment in topology.segments if segment.name == name)


def _of_node(topology: Topology, here: Place) -> Iterator[Route]:
    segment = topology.segment_of(here.name)
    leader, this = leader_of(segment), next(node for node in segment.nodes if node.name == here.name)
    for route in tunnels(topology, leader):
        yield route if leader == here else replace(route, end=leader, tunnel=False)
    for cidr in segment.allowed_location_ips:
        yield _route(cidr, Place(Kind.NETWORK, segment.name))
    for node in (*segment.nodes, *topology.neighbours(segment)):
        if node is not this:
            yield from _to_neighbour(this, node)
    yield _route(host_cidr(segment.wireguard_ip), leader)
    if this.subnet:
        yield _route(this.subnet, here)
    if this.internal_ip:
        yield _route(host_cidr(this.internal_ip.ip), here)


def _to_neighbour(here: Node, other: Node) -> Iterator[Route]:
    """Return the routes to another node of the location; its internal IP is only as near as the network says."""
    end = Place(Kind.NODE, other.name)
    if other.subnet:
        yield _route(other.subnet, end)
    if here.internal_ip and other.internal_ip:
        host = host_cidr(other.internal_ip.ip)
        strength = here.internal_ip.prefixlen if here.internal_ip.overlaps(host) else 0
        yield Route(cidr=host, end=end, strength=strength)


def _peer(topology: Topology, here: Place) -> Peer:
    return next(peer for peer in topology.peers if peer.name == here.name)


def _route(cidr: IPInterface, end: Place, *, tunnel: bool = False) -> Route:
    return Route(cidr=cidr, end=end, strength=cidr.prefixlen, tunnel=tunnel)
