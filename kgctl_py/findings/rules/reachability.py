"""Whether nodes and leaders are reachable, and whether nodes have seen peers."""

from collections.abc import Iterator, Mapping

from kgctl_py import names, wireguard
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.findings.rules.nodes import annotate
from kgctl_py.mesh.address import IPAddress, host_cidr, is_public, unusable
from kgctl_py.mesh.nodes_and_peers import Mesh, Node
from kgctl_py.mesh.topology import Topology

_KEEPALIVE = f"{names.PERSISTENT_KEEPALIVE}=25"
_BEHIND_NAT = (
    f"set the annotation {names.FORCE_ENDPOINT} of the node to its public address and port; if it has none, keep "
    "its path through NAT open"
)


def private_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield leaders that other locations probably cannot reach, and that do not keep a NAT mapping open.

    Private endpoints are not a problem if all leaders have one, because they are probably in one network.
    """
    leaders = [seg.leader for seg in topology.segments]
    some_are_public = any(_is_open(leader) for leader in leaders)
    for leader in leaders:
        ip = leader.endpoint.ip if leader.endpoint else None
        if ip and (_is_own(ip) or (some_are_public and not is_public(ip) and not leader.persistent_keepalive)):
            why = (
                unusable(host_cidr(ip)) or "is local to the machine"
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
    """Yield the keepalives of peers if no leader has one: each side of a tunnel uses only its own."""
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
            f"check that the nodes resolve {endpoint.name}; if they do not, correct the DNS record or the endpoint"
        )
        yield Finding(code=Code.DNS_FAIL, subject=subject, field=field, message=message, hint=hint)


def _is_open(leader: Node) -> bool:
    ip = leader.endpoint.ip if leader.endpoint else None
    return ip is not None and is_public(ip) and not _is_own(ip)


def _is_own(ip: IPAddress) -> bool:
    return ip.is_loopback or ip.is_unspecified or ip.is_link_local or bool(unusable(host_cidr(ip)))
