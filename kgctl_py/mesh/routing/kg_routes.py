"""The route of a member of the mesh to an address, from its configuration and from kg.

Inside a location, nodes reach each other without WireGuard, and send packets for other locations to the leader
(kilo pkg/mesh/routes.go).
"""

from collections.abc import Iterable, Iterator

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.claims.all_claims import other_pod_cidrs
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.routing.owners import Owners
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.wg_quick_changes import EVERYTHING
from kgctl_py.value import Value, replace


class Route(Value, frozen=True, kw_only=True):
    """A route to `end`, through a tunnel or not; `strength` is the prefix length to compare with other routes.

    `gateway` is the next hop of a route that kg sets. With `is_added`, only complete configurations of a peer have
    the route. `is_outside` is a route into a tunnel to its endpoint, which kg leaves out.
    """

    cidr: IPInterface
    end: Place
    strength: int
    tunnel: bool = False
    gateway: IPAddress | None = None
    is_added: bool = False
    is_outside: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether kg can set the route: its netlink library accepts no gateway of another IP version."""
        return self.gateway is None or self.gateway.version == self.cidr.version


def best(routes: Iterable[Route], ip: IPAddress) -> Route | None:
    """Return the narrowest route that contains `ip`; the last one of equal routes, as WireGuard does."""
    host, chosen = host_cidr(ip), None
    for route in routes:
        if route.cidr.overlaps(host) and (chosen is None or route.strength >= chosen.strength):
            chosen = route
    return chosen


def routes(topology: Topology, here: Place, owners: Owners) -> Iterator[Route]:
    """Return the routes of a ready node, a ready peer or the network beside a segment to an address of `owners`.

    Its own routes come last.
    """
    match here.kind:
        case Kind.NODE:
            yield from _of_node(topology, here, owners)
        case Kind.PEER:
            yield from tunnels(topology, here, owners)
            # the machine has all its addresses, also those that the mesh routes to another peer
            yield from (_route(cidr, here) for cidr in owners.given.get(here.name, ()))
        case Kind.NETWORK:
            segment = segment_named(topology, here.name)
            for everything in EVERYTHING:
                yield Route(cidr=everything, end=leader_of(segment), strength=0)
            yield from (_route(cidr, here) for cidr in owners.location_ips_of(segment.name))


def tunnels(topology: Topology, here: Place, owners: Owners) -> Iterator[Route]:
    """Return the routes into the tunnels of a leader or a peer to an address of `owners`: allowed IPs."""
    own = topology.segment_of(here.name) if here.kind is Kind.NODE else None
    for found in owners.segments:
        if own is None or topology.has_tunnel(own, found.segment):
            yield from (_route(cidr, leader_of(found.segment), tunnel=True) for cidr in found.every)
    for holder in owners.peers:
        place = Place(Kind.PEER, holder.peer.name)
        if place != here:
            yield from (_route(cidr, place, tunnel=True) for cidr in holder.allowed_ips)


def leader_of(segment: Segment) -> Place:
    """Return the leader of a segment as a place."""
    return Place(Kind.NODE, segment.leader.name)


def segment_named(topology: Topology, name: str) -> Segment:
    """Return the segment with this name."""
    return next(segment for segment in topology.segments if segment.name == name)


def _of_node(topology: Topology, here: Place, owners: Owners) -> Iterator[Route]:
    segment = topology.segment_of(here.name)
    leader, this = leader_of(segment), next(node for node in segment.nodes if node.name == here.name)
    for route in tunnels(topology, leader, owners):
        if leader == here:
            yield replace(route, gateway=_wireguard_ip(topology, route))
        else:
            yield replace(route, end=leader, tunnel=False, gateway=_internal_ip(segment.leader))
    for cidr in owners.location_ips_of(segment.name):
        yield _route(cidr, Place(Kind.NETWORK, segment.name))
    for node in sorted(owners.nodes, key=lambda node: topology.segment_of(node.name) is not segment):
        if node.name != this.name and topology.are_neighbours(segment, node.name):
            yield from _to_neighbour(this, node)
    via = None if leader == here else _internal_ip(segment.leader)
    yield replace(_route(host_cidr(segment.wireguard_ip), leader), gateway=via)
    for own in (this.subnet, *other_pod_cidrs(this)):
        if own:
            yield _route(own, here)
    if this.internal_ip:
        yield _route(host_cidr(this.internal_ip.ip), here)


def _to_neighbour(here: Node, other: Node) -> Iterator[Route]:
    """Return the routes to another node of the location; its internal IP depends on the local network."""
    end = Place(Kind.NODE, other.name)
    if other.subnet:
        yield replace(_route(other.subnet, end), gateway=_internal_ip(other))
    if here.internal_ip and other.internal_ip:
        host = host_cidr(other.internal_ip.ip)
        strength = here.internal_ip.prefixlen if here.internal_ip.overlaps(host) else 0
        yield Route(cidr=host, end=end, strength=strength)


def _wireguard_ip(topology: Topology, route: Route) -> IPAddress | None:
    """Return the gateway of a leader's route to another segment; the WireGuard IPs themselves have none."""
    if route.end.kind is not Kind.NODE:
        return None
    gateway = topology.segment_of(route.end.name).wireguard_ip
    return None if route.cidr.ip == gateway else gateway


def _internal_ip(node: Node) -> IPAddress | None:
    return node.internal_ip.ip if node.internal_ip else None


def _route(cidr: IPInterface, end: Place, *, tunnel: bool = False) -> Route:
    return Route(cidr=cidr, end=end, strength=cidr.prefixlen, tunnel=tunnel)
