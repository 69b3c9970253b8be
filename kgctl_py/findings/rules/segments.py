"""Problems of segments: their leaders, and the networks that are routed to them."""

from collections.abc import Iterator

from kgctl_py.findings.catalog import Code
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.mesh import leader_election
from kgctl_py.mesh.address import IPAddress, host_cidr, is_public, parse_cidr
from kgctl_py.mesh.location_ips import DropCause
from kgctl_py.mesh.topology import Topology

_NOT_REALLY_PUBLIC = tuple(parse_cidr(text) for text in ("100.64.0.0/10", "127.0.0.0/8", "fc00::/7"))
_DROPPED = {
    DropCause.DECLARED: Code.LOCIP_CLASH,
    DropCause.ROUTED: Code.LOCIP_ROUTED,
    DropCause.PEER: Code.LOCIP_PEER,
}


def unresolved_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield unresolved DNS endpoints on which the choice of a leader depends."""
    for seg in topology.segments:
        for node in leader_election.undecided(seg.nodes):
            yield Finding(
                code=Code.DNS_FAIL,
                subject=Subject(Kind.NODE, node.name),
                message=f'its endpoint "{node.endpoint}" did not resolve: '
                f'kg may elect it leader of "{seg.name}", here "{seg.leader.name}" leads',
            )


def leaders_not_public(topology: Topology) -> Iterator[Finding]:
    """Yield leaders that were preferred for an endpoint that only Kilo takes for public."""
    for seg in topology.segments:
        ip = seg.leader.endpoint and seg.leader.endpoint.ip
        if ip and len(seg.nodes) > 1 and _is_not_really_public(ip):
            yield Finding(
                code=Code.LEADER_PUBLIC,
                subject=Subject(Kind.NODE, seg.leader.name),
                message=f'its endpoint "{seg.leader.endpoint}" is not public, but Kilo treats it as public, '
                f'so it leads "{seg.name}"',
            )


def dropped_location_ips(topology: Topology) -> Iterator[Finding]:
    """Yield allowed location IPs that Kilo does not route."""
    for drop in topology.dropped:
        yield Finding(
            code=_DROPPED[drop.cause],
            subject=Subject(Kind.SEGMENT, drop.segment),
            message=f'allowed location IP {drop.cidr} is not routed: it overlaps an address of "{drop.holder}"',
        )


def peers_named_like_nodes(topology: Topology) -> Iterator[Finding]:
    """Yield peers with the name of a node, which are one node in DOT."""
    nodes = {node.name for seg in topology.segments for node in seg.nodes}
    for peer in topology.peers:
        if peer.name in nodes:
            yield Finding(
                code=Code.NAME_TWICE,
                subject=Subject(Kind.PEER, peer.name),
                message="it has the same name as a node, so in DOT both are one",
                hint="to draw them separately, use -o svg, png, or pdf",
            )


def _is_not_really_public(ip: IPAddress) -> bool:
    return is_public(ip) and any(host_cidr(ip).overlaps(cidr) for cidr in _NOT_REALLY_PUBLIC)
