"""The routing tables of all members of a mesh, with lookups by prefix and a cache."""

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.network_owners import NetworkOwners
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.choose_route import Owners, Route, best, leader_of, routes, tunnels
from kgctl_py.mesh.routing.who_can_call import End, Opening, opening
from kgctl_py.mesh.topology import Topology
from kgctl_py.mesh.whois import Claim, Kind, Place, whois


class RoutingTables:
    """The routing decisions of each member of one topology, which many traces share."""

    def __init__(self, mesh: Mesh, topology: Topology, services: tuple[IPInterface, ...] = ()) -> None:
        self.mesh = mesh
        self.topology = topology
        self._services = services
        self._nodes = tuple(node for segment in topology.segments for node in segment.nodes)
        self._segment_owners, self._peer_owners, self._node_owners = _indexed(topology)
        self._leads = {leader_of(segment): segment.name for segment in topology.segments}
        self.endpoint_ips = _endpoint_ips(topology)
        """The addresses at which leaders and peers are called."""
        self._owners: dict[IPAddress, Owners] = {}
        self._routes: dict[tuple[Place, IPAddress], Route | None] = {}
        self._tunnels: dict[tuple[Place, IPAddress], Route | None] = {}
        self._openings: dict[tuple[Place, Place], Opening] = {}
        self._claims: dict[IPAddress, tuple[Claim, ...]] = {}

    def route(self, here: Place, ip: IPAddress) -> Route | None:
        """Return the route by which `here` sends to an address; None if it has no route."""
        key = here, ip
        if key not in self._routes:
            self._routes[key] = best(routes(self.topology, here, self.owners(ip)), ip)
        return self._routes[key]

    def tunnel(self, here: Place, ip: IPAddress) -> Route | None:
        """Return the tunnel from which `here` accepts an address; None if no allowed IP has it."""
        key = here, ip
        if key not in self._tunnels:
            self._tunnels[key] = best(tunnels(self.topology, here, self.owners(ip)), ip)
        return self._tunnels[key]

    def opening(self, start: Place, end: Place) -> Opening:
        """Return how the tunnel between two leaders or peers opens."""
        key = start, end
        if key not in self._openings:
            self._openings[key] = opening(self.topology, self._end(start), self._end(end))
        return self._openings[key]

    def leads(self, place: Place) -> str:
        """Return the name of the segment that `place` leads, if any."""
        return self._leads.get(place, "")

    def is_service(self, ip: IPAddress) -> bool:
        """Return whether the kube-proxy of each node translates an address to that of a pod."""
        return any(cidr.overlaps(host_cidr(ip)) for cidr in self._services)

    def is_chosen_by(self, place: Place, ip: IPAddress) -> bool:
        """Return whether several segments have an address, and a peer in another cluster chooses one of them."""
        peer = self.topology.given_peers.get(place.name) if place.kind is Kind.PEER else None
        return peer is not None and names.PEERING in peer.labels and len(self.owners(ip).segments) > 1

    def claims(self, ip: IPAddress) -> tuple[Claim, ...]:
        """Return the claims on an address, with and without problems."""
        if ip not in self._claims:
            self._claims[ip] = whois(ip, self.mesh, self.topology)
        return self._claims[ip]

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
        if ip not in self._owners:
            host, topology = host_cidr(ip), self.topology
            self._owners[ip] = Owners(
                segments=tuple(topology.segments[n] for n in sorted(set(self._segment_owners.holders(host)))),
                peers=tuple(topology.peers[n] for n in sorted(set(self._peer_owners.holders(host)))),
                nodes=tuple(self._nodes[n] for n in sorted(set(self._node_owners.holders(host)))),
            )
        return self._owners[ip]

    def _end(self, place: Place) -> End:
        if place.kind is Kind.NODE:
            return End(self.topology.segment_of(place.name).leader)
        return End(self.topology.given_peers[place.name])


def _indexed(topology: Topology) -> tuple[NetworkOwners[int], NetworkOwners[int], NetworkOwners[int]]:
    """Return the owners of networks: segments, peers, and nodes by their numbers."""
    segments, peers, nodes = NetworkOwners[int](), NetworkOwners[int](), NetworkOwners[int]()
    for number, segment in enumerate(topology.segments):
        for cidr in (*segment.allowed_ips, *segment.allowed_location_ips):
            segments.add(cidr, number)
    for number, peer in enumerate(topology.peers):
        for cidr in peer.allowed_ips:
            peers.add(cidr, number)
    for number, node in enumerate(node for segment in topology.segments for node in segment.nodes):
        for own in (node.subnet, node.internal_ip and node.internal_ip.host()):
            if own:
                nodes.add(own, number)
    return segments, peers, nodes


def _endpoint_ips(topology: Topology) -> frozenset[IPAddress]:
    ends = [(segment.leader.key, segment.leader) for segment in topology.segments]
    called = [topology.discovered_endpoint(key, node.persistent_keepalive) or node.endpoint for key, node in ends]
    called += [
        topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive) or peer.endpoint
        for peer in topology.peers
    ]
    return frozenset(endpoint.ip for endpoint in called if endpoint and endpoint.ip)
