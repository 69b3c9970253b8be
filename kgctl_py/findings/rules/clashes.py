"""Keys, addresses, and endpoints that must be unique, but that two members of a mesh have."""

from collections.abc import Iterable, Iterator

from kgctl_py import names, wireguard
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.address import IPInterface, host_cidr, masked
from kgctl_py.mesh.network_owners import OverlapIndex
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.topology import LostAllowedIP, Topology
from kgctl_py.value import replace

_POD_CIDR = "spec.podCIDR"
_OTHER_POD_CIDR = "create the Node again with a free pod CIDR"


def keys_twice(nodes: Iterable[Node], peers: Iterable[Peer]) -> Iterator[Finding]:
    """Yield the public keys that an earlier node or peer also has."""
    owners: dict[wireguard.Key, Subject] = {}
    keyed = [(Subject(Kind.NODE, node.name), node.key, names.KEY) for node in nodes]
    keyed += [(Subject(Kind.PEER, peer.name), peer.public_key, "spec.publicKey") for peer in peers]
    for subject, key, field in keyed:
        owner = owners.setdefault(key, subject) if key else subject
        if owner != subject:
            message = f"it has the same public key as {owner}, and WireGuard treats both as one peer"
            yield Finding(code=Code.KEY_TWICE, subject=subject, field=field, message=message)


def nodes_overlap(nodes: Iterable[Node]) -> Iterator[Finding]:
    """Yield pod CIDRs and internal IPs that overlap those of an earlier node."""
    claims: OverlapIndex[str] = OverlapIndex()
    for node in nodes:
        for cidr, what, field in _routed(node):
            other = claims.overlapping(cidr)
            if other is not None:
                message = f"its {what} {cidr} overlaps the {other}, so only one of them is reachable"
                subject = Subject(Kind.NODE, node.name)
                hint = _OTHER_POD_CIDR if field == _POD_CIDR else ""
                yield Finding(code=Code.NODE_OVERLAP, subject=subject, field=field, message=message, hint=hint)
        for cidr, what, _ in _routed(node):
            claims.add(cidr, f'{what} {cidr} of node "{node.name}"')


def endpoints_twice(topology: Topology) -> Iterator[Finding]:
    """Yield leaders with the endpoint of an earlier leader."""
    owners: dict[str, str] = {}
    for seg in topology.segments:
        leader = seg.leader
        owner = owners.setdefault(str(leader.endpoint), leader.name)
        if owner != leader.name:
            message = f'its endpoint "{leader.endpoint}" is also that of node "{owner}" of another segment'
            subject = Subject(Kind.NODE, leader.name)
            yield Finding(code=Code.ENDPOINT_TWICE, subject=subject, field=names.ENDPOINT, message=message)


def lost_allowed_ips(lost: Iterable[LostAllowedIP], peer: str | None = None) -> Iterator[Finding]:
    """Yield allowed IPs of `peer`, or of any peer, that go to a peer whose name sorts before it."""
    for loss in lost:
        if peer in (None, loss.peer) and loss.peer != loss.holder:
            yield Finding(
                code=Code.PEER_DUP,
                subject=Subject(Kind.PEER, loss.peer),
                field=f"spec.allowedIPs[{loss.index}]",
                message=f'it does not get its allowed IP {loss.cidr}: peer "{loss.holder}" also has it, '
                "and its name sorts first",
            )


def same_allowed_ips(peers: Iterable[Peer]) -> Iterator[Finding]:
    """Yield allowed IPs that differ only in their host bits, so that they are the same network for WireGuard.

    Kilo keeps both, because it compares them as text (kilo pkg/mesh/topology.go), and WireGuard gives the network
    to the last peer.
    """
    holders: dict[IPInterface, tuple[str, IPInterface]] = {}
    for peer in sorted(peers, key=lambda peer: peer.name, reverse=True):
        for index, cidr in enumerate(peer.allowed_ips):
            holder, text = holders.setdefault(masked(cidr), (peer.name, cidr))
            if holder != peer.name and text != cidr:
                message = (
                    f'WireGuard gives its allowed IP {cidr} to peer "{holder}", whose {text} is the same network'
                )
                yield _of_peer(Code.PEER_DUP, peer, index, message)


def peers_overlap(mesh: Mesh, services: Iterable[IPInterface] = ()) -> Iterator[Finding]:
    """Yield allowed IPs of peers that overlap a network of the cluster; a /0 does not count.

    Allowed location IPs are not checked here: if a peer overlaps one, Kilo drops the allowed location IP.
    """
    from kgctl_py.mesh import free_address  # only `check` and lists need it

    nodes = tuple(replace(node, allowed_location_ips=()) for node in mesh.nodes)
    claims: OverlapIndex[str] = OverlapIndex()
    for cidr, what in free_address.used_networks(replace(mesh, nodes=nodes, peers=()), services).items():
        claims.add(cidr, f"{cidr}, {what}")
    for peer in mesh.ready_peers:
        for index, cidr in enumerate(peer.allowed_ips):
            holder = claims.overlapping(cidr) if cidr.prefixlen else None
            if holder is not None:
                yield _of_peer(Code.PEER_OVERLAP, peer, index, f"its allowed IP {cidr} overlaps {holder}")


def subnet_overlaps(mesh: Mesh, subnet: IPInterface, services: Iterable[IPInterface] = ()) -> Iterator[Finding]:
    """Yield a finding if the Kilo subnet overlaps a Service CIDR or a network of a node."""
    from kgctl_py.mesh import free_address  # only `check`, lists, and `simulate` need it

    networks = free_address.used_networks(replace(mesh, nodes=tuple(mesh.ready_nodes), peers=()), services).items()
    others = [
        f"{cidr}, {what}" for cidr, what in networks if what != free_address.KILO_SUBNET and cidr.overlaps(subnet)
    ]
    if others:
        more = f", and {len(others) - 1} more" if len(others) > 1 else ""
        message = f"the Kilo subnet {subnet} overlaps {others[0]}{more}"
        yield Finding(code=Code.SUBNET_OVERLAP, subject=Subject(Kind.NODES), message=message)


def _routed(node: Node) -> Iterator[tuple[IPInterface, str, str]]:
    if node.subnet:
        yield node.subnet, "pod CIDR", _POD_CIDR
    if node.internal_ip:
        yield host_cidr(node.internal_ip.ip), "internal IP", names.INTERNAL_IP


def _of_peer(code: Code, peer: Peer, index: int, message: str) -> Finding:
    subject = Subject(Kind.PEER, peer.name)
    return Finding(code=code, subject=subject, field=f"spec.allowedIPs[{index}]", message=message)
