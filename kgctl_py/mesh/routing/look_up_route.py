"""The routing tables of all members of a mesh, with lookups by prefix and a cache."""

import copy
import functools
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Claim, Kind, Place
from kgctl_py.mesh.claims.claim_index import ClaimIndex
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags
from kgctl_py.mesh.routing.kg_routes import Route, best, leader_of, routes, tunnels
from kgctl_py.mesh.routing.owners import OwnerIndex, Owners
from kgctl_py.mesh.routing.service import Service
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.who_can_call import End, Opening, opening
from kgctl_py.value import replace


class RoutingTables:
    """The routing decisions of each member of one topology, which many traces share."""

    def __init__(
        self, mesh: Mesh, topology: Topology, services: tuple[Service, ...] = (), flags: AgentFlags = UNKNOWN
    ) -> None:
        self.mesh = mesh
        self.topology = topology
        self.flags = flags
        self._services = services
        self._carrier = leader_of(topology.service_segment) if topology.service_segment else None
        """The leader to which peers send packets for Services, unless `carried_by` chose another."""
        self._knows_carrier = False
        self._nodes = {node.name: node for segment in topology.segments for node in segment.nodes}
        self._owners = OwnerIndex(topology)
        self._leads = {leader_of(segment): segment.name for segment in topology.segments}
        self.endpoint_ips = _endpoint_ips(topology)
        """The addresses at which leaders and peers are called."""
        self._routes: dict[tuple[Place, IPAddress], Route | None] = {}
        self._tunnels: dict[tuple[Place, IPAddress], Route | None] = {}
        self._openings: dict[tuple[Place, Place], Opening] = {}

    def route(self, here: Place, ip: IPAddress) -> Route | None:
        """Return the route by which `here` sends to an address; None if it has no route."""
        key = here, ip
        if key not in self._routes:
            every = routes(self.topology, here, self.owners(ip))
            found = tuple(one for one in every if one.is_possible or self._is_to_endpoint(here, one, ip))
            if here.kind is Kind.NETWORK and self.service(ip):
                # allowed location IPs can contain addresses of Services
                found = tuple(one for one in found if one.end != here)
            by_kg = best((one for one in found if not self._is_to_endpoint(here, one, ip)), ip)
            if by_kg and by_kg.tunnel:  # inside WireGuard, allowed IPs decide, not the gateway
                by_kg = self.tunnel(here, ip) or by_kg
            outside = None if by_kg else best(found, ip)
            left_out = replace(outside, is_outside=True) if outside else None
            self._routes[key] = by_kg or left_out or self._added(here, ip)
        return self._routes[key]

    def tunnel(self, here: Place, ip: IPAddress) -> Route | None:
        """Return the tunnel from which `here` accepts an address; None if no allowed IP has it."""
        key = here, ip
        if key not in self._tunnels:
            self._tunnels[key] = best(tunnels(self.topology, here, self.owners(ip)), ip) or self._added(here, ip)
        return self._tunnels[key]

    def opening(self, start: Place, end: Place) -> Opening:
        """Return how the tunnel between two leaders or peers opens."""
        key = start, end
        if key not in self._openings:
            self._openings[key] = opening(self.topology, self._end(start), self._end(end))
        return self._openings[key]

    def node(self, place: Place) -> Node | None:
        """Return the ready node at a place; None for another place."""
        return self._nodes.get(place.name) if place.kind is Kind.NODE else None

    def leads(self, place: Place) -> str:
        """Return the name of the segment that `place` leads, if any."""
        return self._leads.get(place, "")

    def service(self, ip: IPAddress) -> Service | None:
        """Return the Service whose address the kube-proxy of each node translates to that of a pod."""
        return next((service for service in self._services if service.address == ip), None)

    def carried_by_others(self, place: Place) -> Iterator["RoutingTables"]:
        """Yield the tables with each other leader to which a peer in another cluster may send for Services.

        Yield nothing if the leader is known.
        """
        if self._services and not self._knows_carrier and self.is_elsewhere(place):
            for leader in self._leads:
                if leader != self._carrier:
                    yield self.carried_by(leader)

    def carried_by(self, leader: Place) -> "RoutingTables":
        """Return the same tables with `leader` as the one to which peers send packets for Services."""
        tables = copy.copy(self)
        tables._carrier, tables._knows_carrier = leader, True  # noqa: SLF001 # the same class
        tables._routes, tables._tunnels = {}, {}  # noqa: SLF001
        return tables

    def is_elsewhere(self, place: Place) -> bool:
        """Return whether a peer stands for a segment of another cluster."""
        peer = self.topology.given_peers.get(place.name) if place.kind is Kind.PEER else None
        return peer is not None and names.PEERING in peer.labels

    def own_address(self, node: Place, route: Route) -> IPAddress | None:
        """Return the address that a node has on the interface of a route; None if it is not known."""
        if route.tunnel:
            return self.topology.segment_of(node.name).wireguard_ip
        return self._internal_ip(node)

    def source_of_routes(self, place: Place) -> IPAddress | None:
        """Return the source address that kg sets on the routes of a leader; None for another member."""
        return self._internal_ip(place) if place in self._leads else None

    def is_wireguard_ip(self, ip: IPAddress) -> bool:
        """Return whether an address is that of an interface of Kilo."""
        return any(found.segment.wireguard_ip == ip for found in self.owners(ip).segments)

    def is_chosen_by(self, place: Place, ip: IPAddress) -> bool:
        """Return whether several segments have an address, and a peer in another cluster chooses one of them."""
        return self.is_elsewhere(place) and len(self.owners(ip).segments) > 1

    def claims(self, ip: IPAddress) -> tuple[Claim, ...]:
        """Return the claims on an address, with and without problems."""
        return self._claims.of(ip)

    @functools.cached_property
    def _claims(self) -> ClaimIndex:
        return ClaimIndex(self.mesh, self.topology)

    def why_no_route(self, here: Place, ip: IPAddress) -> str:
        """Return that a member has no route, and why: the gateway of kg, or the problem of the owner."""
        service = self.service(ip)
        missing = f"{here} has no route through the mesh to {ip}"
        if service and service.is_external:
            return f"{missing}: it is an external IP of the {service}, and no allowed IP has it"
        lost = best(routes(self.topology, here, self.owners(ip)), ip)
        if lost and lost.gateway:
            through = f"{lost.gateway}, an IPv{lost.gateway.version} address"
            return f"{here} has no route to {ip}, because kg cannot set one through {through}"
        return f"{missing}{self.problem(ip)}"

    def problem(self, ip: IPAddress) -> str:
        """Return the owner that an address would have, and the problem that prevents it."""
        reasons = (
            f": {claim.cidr} is the {claim.role} of {claim.place}, but {claim.problem}"
            for claim in self.claims(ip)
            if claim.problem
        )
        return next(reasons, "")

    def owners(self, ip: IPAddress) -> Owners:
        """Return the owners of the networks that contain an address."""
        return self._owners.of(ip)

    def widths(self, ip: IPAddress) -> Iterator[tuple[Segment | Place, tuple[int, ...]]]:
        """Yield the owners of networks that contain an address, with the prefix lengths."""
        return self._owners.widths(ip)

    def _is_to_endpoint(self, here: Place, route: Route, ip: IPAddress) -> bool:
        """Return whether kg leaves a route out, because it leads to the endpoint (kilo pkg/mesh/routes.go)."""
        is_host = route.tunnel and route.cidr == host_cidr(ip)
        if not is_host or here.kind is not Kind.NODE or route.end.kind is not Kind.NODE:
            return False
        nodes = self.topology.segment_of(route.end.name).nodes
        if not any(node.internal_ip and node.internal_ip.ip == ip for node in nodes):
            return False
        endpoint = self.opening(here, route.end).endpoint
        return endpoint is not None and endpoint.ip == ip

    def _added(self, here: Place, ip: IPAddress) -> Route | None:
        """Return the route to Services in the complete configuration of a peer (mesh/wg_quick_changes.py)."""
        if here.kind is not Kind.PEER or self._carrier is None:
            return None
        end, host = self._carrier, host_cidr(ip)
        networks = (cidr for service in self._services for cidr in service.networks if cidr.overlaps(host))
        cidr = min(networks, key=lambda network: network.prefixlen, default=None)
        return Route(cidr=cidr, end=end, strength=cidr.prefixlen, tunnel=True, is_added=True) if cidr else None

    def _internal_ip(self, place: Place) -> IPAddress | None:
        node = self.node(place)
        return node.internal_ip.ip if node and node.internal_ip else None

    def _end(self, place: Place) -> End:
        if place.kind is Kind.NODE:
            return End(self.topology.segment_of(place.name).leader)
        return End(self.topology.given_peers[place.name])


def _endpoint_ips(topology: Topology) -> frozenset[IPAddress]:
    ends = [(segment.leader.key, segment.leader) for segment in topology.segments]
    called = [topology.discovered_endpoint(key, node.persistent_keepalive) or node.endpoint for key, node in ends]
    called += [
        topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive) or peer.endpoint
        for peer in topology.peers
    ]
    return frozenset(endpoint.ip for endpoint in called if endpoint and endpoint.ip)
