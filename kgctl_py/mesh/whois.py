"""The owners of an address or a key, and the reasons why traffic does not reach them."""

import enum
from collections.abc import Iterable, Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, masked, parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value


class Kind(enum.StrEnum):
    """The kinds of owners: members of a mesh, networks beside locations, pods, and Services."""

    NODE = "node"
    PEER = "peer"
    NETWORK = "network"
    POD = "pod"
    SERVICE = "service"


class Place(Value, frozen=True, order=True):
    """A node, a peer, or the network beside a segment; its text is `node/berlin-1`, as in kubectl."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Role(enum.StrEnum):
    """The role of an address for its owner."""

    POD_CIDR = "pod CIDR"
    OTHER_POD_CIDR = "other pod CIDR"
    INTERNAL_IP = "internal IP"
    WIREGUARD_IP = "WireGuard IP"
    ALLOWED_IP = "allowed IP"
    LOCATION_IP = "allowed location IP"
    ENDPOINT = "endpoint"
    DISCOVERED = "discovered endpoint"
    SUBNET = "Kilo subnet"
    POD_IP = "pod IP"
    CLUSTER_IP = "cluster IP"
    SERVICE_CIDR = "Service CIDR"

    @property
    def is_routed(self) -> bool:
        """Whether the mesh routes traffic for it to its owner."""
        return self in (
            Role.POD_CIDR,
            Role.INTERNAL_IP,
            Role.WIREGUARD_IP,
            Role.ALLOWED_IP,
            Role.LOCATION_IP,
        )


class Claim(Value, frozen=True, kw_only=True):
    """A network that belongs to `place`, or to all nodes if it is None.

    `problem` is why traffic does not reach the owner, and `seen_by` is the node that discovered the endpoint.
    """

    role: Role
    cidr: IPInterface
    place: Place | None
    problem: str = ""
    seen_by: str = ""

    @property
    def is_routed(self) -> bool:
        """Whether the mesh routes traffic for the network to `place`."""
        return self.role.is_routed and not self.problem


def whois(ip: IPAddress, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim whose network contains `ip`: first the one that gets the traffic, then the narrowest.

    Without a topology, because no node is ready, nothing is routed.
    """
    host = host_cidr(ip)
    return by_precedence(claim for claim in claims(mesh, topology) if claim.cidr.overlaps(host))


def by_precedence(found: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims on an address: first the one that gets the traffic, then the narrowest."""
    return tuple(sorted(found, key=lambda claim: (not claim.is_routed, -claim.cidr.prefixlen)))


def owners_within(cidr: IPInterface, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim on addresses of a network."""
    return tuple(claim for claim in claims(mesh, topology) if claim.cidr.overlaps(cidr))


def claims_of(name: str, mesh: Mesh, topology: Topology | None) -> tuple[Claim, ...]:
    """Return every claim of the nodes and peers with this name, or this endpoint: a host name, or HOST:PORT.

    A name can have its kind before it, as in `node/NAME`.
    """
    kinds = [(kind, f"{kind}/") for kind in (Kind.NODE, Kind.PEER)]
    named = {Place(kind, name) for kind, _ in kinds} | set(_called(name, mesh))
    named |= {Place(kind, name.removeprefix(start)) for kind, start in kinds if name.startswith(start)}
    return tuple(claim for claim in claims(mesh, topology) if claim.place in named)


def _called(name: str, mesh: Mesh) -> Iterator[Place]:
    """Yield the nodes and peers whose endpoint is a host name, alone or with its port."""
    places = [(Place(Kind.NODE, node.name), node.endpoint) for node in mesh.nodes]
    places += [(Place(Kind.PEER, peer.name), peer.endpoint) for peer in mesh.peers]
    for place, endpoint in places:
        if endpoint and endpoint.name and name in (endpoint.name, f"{endpoint.name}:{endpoint.port}"):
            yield place


def holders_of_key(start: str, mesh: Mesh) -> tuple[tuple[Place, wireguard.Key], ...]:
    """Return the nodes and peers whose public key starts with `start`."""
    keys = [(Place(Kind.NODE, node.name), node.key) for node in mesh.nodes]
    keys += [(Place(Kind.PEER, peer.name), peer.public_key) for peer in mesh.peers]
    return tuple((place, key) for place, key in keys if key and str(key).startswith(start))


def claims(mesh: Mesh, topology: Topology | None) -> Iterator[Claim]:
    """Return all claims in a mesh, routed or not."""
    dropped = {(drop.segment, drop.cidr): drop.holder for drop in topology.dropped} if topology else {}
    for node in mesh.nodes:
        yield from _of_node(node, ", ".join(node.why_not_ready(mesh.now)), topology, dropped)
    for peer in mesh.peers:
        yield from _of_peer(peer, topology)
    yield from _discovered(mesh)
    for segment in topology.segments if topology else ():
        leader = Place(Kind.NODE, segment.leader.name)
        yield Claim(role=Role.WIREGUARD_IP, cidr=host_cidr(segment.wireguard_ip), place=leader)
    subnet = topology.subnet if topology else agreed_subnet(mesh)
    yield Claim(role=Role.SUBNET, cidr=masked(subnet), place=None)


def other_pod_cidrs(node: Node) -> tuple[IPInterface, ...]:
    """Return the pod CIDRs of a node that Kilo does not read, so that it does not route them."""
    return tuple(cidr for cidr in map(_parsed, node.unread_subnets) if cidr)


def _parsed(text: str) -> IPInterface | None:
    try:
        return parse_cidr(text)
    except ValueError:
        return None


def _of_node(
    node: Node, not_ready: str, topology: Topology | None, dropped: Mapping[tuple[str, IPInterface], str]
) -> Iterator[Claim]:
    place = Place(Kind.NODE, node.name)
    problem = f"the node is not ready: {not_ready}" if not_ready else _without(topology)
    if node.subnet:
        yield Claim(role=Role.POD_CIDR, cidr=node.subnet, place=place, problem=problem)
    for cidr in other_pod_cidrs(node):
        why = problem or "Kilo reads only spec.podCIDR"
        yield Claim(role=Role.OTHER_POD_CIDR, cidr=cidr, place=place, problem=why)
    if node.internal_ip:
        yield Claim(role=Role.INTERNAL_IP, cidr=host_cidr(node.internal_ip.ip), place=place, problem=problem)
    yield from _reported(node, problem, topology)
    segment = topology.segment_of(node.name).name if topology and not problem else ""
    for cidr in node.allowed_location_ips:
        holder = dropped.get((segment, cidr), "")
        why = problem or (f'Kilo drops it: it overlaps an address of "{holder}"' if holder else "")
        yield Claim(role=Role.LOCATION_IP, cidr=cidr, place=place, problem=why)
    yield from _endpoint(place, node.endpoint)


def _reported(node: Node, problem: str, topology: Topology | None) -> Iterator[Claim]:
    """Return the WireGuard IP that a node reports, if the topology assigns another one."""
    if node.wireguard_ip is None:
        return
    given = topology and not problem and topology.segment_of(node.name)
    if given and given.leader.name == node.name and given.wireguard_ip == node.wireguard_ip.ip:
        return
    why = problem or "only its annotation says so; the topology does not assign it to this node"
    yield Claim(
        role=Role.WIREGUARD_IP,
        cidr=host_cidr(node.wireguard_ip.ip),
        place=Place(Kind.NODE, node.name),
        problem=why,
    )


def _of_peer(peer: Peer, topology: Topology | None) -> Iterator[Claim]:
    place = Place(Kind.PEER, peer.name)
    why = peer.why_not_ready()
    problem = f"Kilo skips the peer: {why}" if why else _without(topology)
    lost = {loss.cidr: loss.holder for loss in topology.lost if loss.peer == peer.name} if topology else {}
    for cidr in dict.fromkeys(peer.allowed_ips):
        holder = lost.get(cidr, peer.name)
        taken = "" if holder == peer.name else f'peer "{holder}" also has it, and its name sorts first'
        yield Claim(role=Role.ALLOWED_IP, cidr=cidr, place=place, problem=problem or taken)
    yield from _endpoint(place, peer.endpoint)


def _endpoint(place: Place, endpoint: wireguard.Endpoint | None) -> Iterator[Claim]:
    if endpoint and endpoint.ip:
        yield Claim(role=Role.ENDPOINT, cidr=host_cidr(endpoint.ip), place=place)


def _discovered(mesh: Mesh) -> Iterator[Claim]:
    owners = {str(key): place for place, key in holders_of_key("", mesh)}
    for node in mesh.nodes:
        for key, endpoint in node.discovered_endpoints.items():
            if endpoint.ip and key in owners:
                cidr = host_cidr(endpoint.ip)
                yield Claim(role=Role.DISCOVERED, cidr=cidr, place=owners[key], seen_by=node.name)


def _without(topology: Topology | None) -> str:
    return "" if topology else "the mesh has no topology"
