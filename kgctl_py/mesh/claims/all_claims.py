"""All networks of a mesh with their owners, and the owners of its keys."""

from collections.abc import Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.mesh.address import IPInterface, host_cidr, masked, parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.claims import Claim, Kind, Place, Role
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import Topology


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
