"""Whether nodes and leaders are reachable, and whether nodes have seen peers."""

from collections import Counter
from collections.abc import Iterator, Mapping

from kgctl_py import names, wireguard
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.findings.rules.nodes import annotate
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, is_public, unusable
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.cidr import IPV4, IPV6

_KEEPALIVE = f"{names.PERSISTENT_KEEPALIVE}=25"
_BEHIND_NAT = (
    f"if other locations can reach the node at a public address, set the annotation {names.FORCE_ENDPOINT} of the "
    "node to that address; otherwise let the node keep its path through NAT open"
)


def private_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield leaders that other locations cannot reach, and that do not keep a NAT mapping open.

    If all leaders are in one private network, there is no problem.
    """
    leaders = [seg.leader for seg in topology.segments]
    some_are_public = any(_is_open(leader) for leader in leaders)
    for leader in leaders:
        ip = leader.endpoint.ip if leader.endpoint else None
        if ip and (_is_own(ip) or (some_are_public and not is_public(ip) and not leader.persistent_keepalive)):
            why = (
                "is local to the machine"
                if _is_own(ip)
                else "is private while others are public, and the node has no keepalive"
            )
            own = {} if _is_own(ip) else {"hint": _BEHIND_NAT, "command": annotate(leader, _KEEPALIVE)}
            yield Finding(
                code=Code.ENDPOINT_PRIVATE,
                subject=Subject(Kind.NODE, leader.name),
                field=names.ENDPOINT,
                message=f'its endpoint "{leader.endpoint}" is probably unreachable from other locations: it {why}',
                **own,
            )


def lone_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield a leader that shares no IP version with another one, as far as endpoints and internal IPs tell.

    Of two such leaders, it is the one with IPv6. The versions of a DNS name are not known.
    """
    endpoints = [(seg.leader.endpoint, seg.leader) for seg in topology.segments]
    leaders = [(end.ip.version, leader) for end, leader in endpoints if end and end.ip and not end.name]
    kinds = Counter((version, leader.ip_versions) for version, leader in leaders)
    if len(leaders) < len(endpoints) or len({version for version, _ in kinds}) == 1:
        return
    for version, leader in sorted(leaders, key=lambda pair: -pair[0]):
        others = kinds - Counter([(version, leader.ip_versions)])
        if not any(version in has or called in leader.ip_versions for called, has in others):
            if str(leader.key) not in topology.discovered:
                yield _lone(leader, version)
            return


def _lone(leader: Node, version: int) -> Finding:
    return Finding(
        code=Code.ENDPOINT_VERSION,
        subject=Subject(Kind.NODE, leader.name),
        field=names.ENDPOINT,
        message=f'its endpoint "{leader.endpoint}" is IPv{version}, but no other leader is known to have '
        f"IPv{version}, and this node is not known to have IPv{_other(version)}",
    )


def unroutable_addresses(topology: Topology) -> Iterator[Finding]:
    """Yield nodes to whose addresses kg sets no route: the gateway is a WireGuard IP of another IP version.

    If all pod CIDRs are such addresses, the Kilo subnet is the problem (kilo pkg/mesh/routes.go).
    """
    version = topology.subnet.version
    lost = [
        (node, found)
        for seg in topology.segments
        for node in seg.nodes
        if (found := _of_other_version(seg, node, version)) and _has_tunnel(topology, seg)
    ]
    if lost and all(
        node.subnet and node.subnet.version != version for seg in topology.segments for node in seg.nodes
    ):
        yield _wrong_subnet(topology.subnet)
    else:
        yield from (_unroutable(node, found, topology.subnet) for node, found in lost)


def _of_other_version(seg: Segment, node: Node, version: int) -> Mapping[str, IPInterface]:
    """Return the addresses of a node to which a route needs another gateway; kg sets none to an endpoint."""
    found = {}
    if node.subnet and node.subnet.version != version:
        found["pod CIDR"] = node.subnet
    called = seg.leader.endpoint and seg.leader.endpoint.ip
    if node.internal_ip and node.internal_ip.version != version and node.internal_ip.ip != called:
        found["internal IP"] = node.internal_ip
    return found


def _has_tunnel(topology: Topology, seg: Segment) -> bool:
    return any(topology.has_tunnel(other, seg) for other in topology.segments)


def _wrong_subnet(subnet: IPInterface) -> Finding:
    other = _other(subnet.version)
    return Finding(
        code=Code.IP_VERSION,
        subject=Subject(Kind.NODES),
        message=f"kg sets no route to pods in other locations: all pod CIDRs are IPv{other}, "
        f"but the Kilo subnet {subnet} is IPv{subnet.version}",
        hint=f"give every kg an IPv{other} --subnet, and restart kg on all nodes",
    )


def _other(version: int) -> int:
    return IPV6 if version == IPV4 else IPV4


def _unroutable(node: Node, found: Mapping[str, IPInterface], subnet: IPInterface) -> Finding:
    addresses = " and ".join(
        f"its {name} {cidr if name == 'pod CIDR' else cidr.ip}" for name, cidr in found.items()
    )
    used = f"IPv{subnet.version}"
    hints = {
        "pod CIDR": f"create the Node again with an {used} pod CIDR, which the controller manager allocates",
        "internal IP": f"set the annotation {names.FORCE_INTERNAL_IP} of the node to its {used} address",
    }
    return Finding(
        code=Code.IP_VERSION,
        subject=Subject(Kind.NODE, node.name),
        message=f"in other locations, kg sets no route to {addresses}, because the Kilo subnet {subnet} is {used}",
        hint=", and ".join(hints[name] for name in found),
    )


def unresolved_names(mesh: Mesh, addresses: Mapping[str, IPAddress]) -> Iterator[Finding]:
    """Yield endpoints whose DNS names do not resolve."""
    for node in mesh.ready_nodes:
        yield from _unresolved(Subject(Kind.NODE, node.name), names.ENDPOINT, node.endpoint, addresses)
    for peer in mesh.ready_peers:
        yield from _unresolved(
            Subject(Kind.PEER, peer.name), "spec.endpoint.dnsOrIP.dns", peer.endpoint, addresses
        )


def unseen_peers(topology: Topology) -> Iterator[Finding]:
    """Yield peers that no node has seen."""
    for peer in topology.peers:
        if str(peer.public_key) not in topology.discovered:
            message = "no node has seen it since the tunnels were created"
            yield Finding(code=Code.PEER_UNSEEN, subject=Subject(Kind.PEER, peer.name), message=message)


def keepalives_of_peers(topology: Topology) -> Iterator[Finding]:
    """Yield keepalives of peers that do not apply to nodes, because each side uses its own."""
    if any(seg.leader.persistent_keepalive for seg in topology.segments):
        return
    for peer in topology.peers:
        if peer.persistent_keepalive:
            seconds = peer.persistent_keepalive
            message = f"its keepalive of {seconds} s applies only to the peer; the nodes send no keepalives to it"
            yield Finding(
                code=Code.KEEPALIVE_OWN,
                subject=Subject(Kind.PEER, peer.name),
                field="spec.persistentKeepalive",
                message=message,
            )


def _unresolved(
    subject: Subject, field: str, endpoint: wireguard.Endpoint | None, addresses: Mapping[str, IPAddress]
) -> Iterator[Finding]:
    if endpoint and endpoint.name and endpoint.name not in addresses:
        message = f'its endpoint "{endpoint}" does not resolve on this machine'
        hint = (
            f"check that the nodes resolve {endpoint.name}; if they do not, no kg applies changes of the mesh, "
            "so correct the DNS record or the endpoint"
        )
        yield Finding(code=Code.DNS_FAIL, subject=subject, field=field, message=message, hint=hint)


def _is_open(leader: Node) -> bool:
    ip = leader.endpoint.ip if leader.endpoint else None
    return ip is not None and is_public(ip) and not _is_own(ip)


def _is_own(ip: IPAddress) -> bool:
    return ip.is_loopback or ip.is_unspecified or ip.is_link_local or bool(unusable(host_cidr(ip)))
