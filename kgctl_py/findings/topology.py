"""What is odd about the mesh as a whole, or between its members."""

from collections.abc import Iterable, Iterator

from kgctl_py.findings.finding import Code, Finding, Kind, Subject
from kgctl_py.mesh import agreement, segment
from kgctl_py.mesh.address import IPAddress, host_cidr, is_public, parse_cidr
from kgctl_py.mesh.model import Mesh, Node, ago
from kgctl_py.mesh.topology import Topology

_NOT_REALLY_PUBLIC = tuple(parse_cidr(text) for text in ("100.64.0.0/10", "127.0.0.0/8", "fc00::/7"))


def clock_skew(mesh: Mesh) -> Iterator[Finding]:
    """Find that this machine's clock and the API server's disagree."""
    if mesh.clock_skew:
        direction = "ahead of" if mesh.clock_skew > 0 else "behind"
        yield Finding(
            code=Code.CLOCK,
            subject=Subject(Kind.MACHINE),
            message=f"its clock is {ago(round(abs(mesh.clock_skew)))} {direction} the API server's, which is used",
        )


def granularity_disagreement(nodes: Iterable[Node]) -> Iterator[Finding]:
    """Find ready nodes that state different granularities."""
    stated = agreement.granularities(nodes)
    if len(stated) > 1:
        yield Finding(
            code=Code.GRANULARITY,
            subject=Subject(Kind.NODES),
            message=f'they disagree on granularity: "{stated[0]}", which most carry, is used',
            hint=f"to choose the other: --mesh-granularity {stated[1]}",
        )


def subnet_disagreement(mesh: Mesh) -> Iterator[Finding]:
    """Find nodes that state different Kilo subnets, or none that states one."""
    stated = agreement.subnets(mesh)
    if not stated:
        message = f"none of them has a WireGuard IP yet: kg's default subnet {agreement.DEFAULT_SUBNET} is used"
        yield Finding(code=Code.SUBNET, subject=Subject(Kind.NODES), message=message)
    if len(stated) > 1:
        others = ", ".join(map(str, stated[1:]))
        message = f"they disagree on the Kilo subnet: {stated[0]}, which most carry, is used, not {others}"
        yield Finding(code=Code.SUBNET, subject=Subject(Kind.NODES), message=message)


def unresolved_endpoints(topology: Topology) -> Iterator[Finding]:
    """Find DNS endpoints on which the choice of a leader depends and which have no address."""
    for seg in topology.segments:
        for node in segment.undecided(seg.nodes):
            yield Finding(
                code=Code.DNS_FAIL,
                subject=Subject(Kind.NODE, node.name),
                message=f'its endpoint "{node.endpoint}" did not resolve: '
                f'kg may elect it leader of "{seg.name}", here "{seg.leader.name}" leads',
            )


def leaders_not_public(topology: Topology) -> Iterator[Finding]:
    """Find leaders that were preferred for an endpoint that Kilo takes for public and that is not."""
    for seg in topology.segments:
        ip = seg.leader.endpoint and seg.leader.endpoint.ip
        if ip and len(seg.nodes) > 1 and _is_not_really_public(ip):
            yield Finding(
                code=Code.LEADER_PUBLIC,
                subject=Subject(Kind.NODE, seg.leader.name),
                message=f'its endpoint "{seg.leader.endpoint}" is no public address but counts as one for Kilo, '
                f'so it leads "{seg.name}"',
            )


def dropped_location_ips(topology: Topology) -> Iterator[Finding]:
    """Find allowed location IPs that Kilo does not route."""
    for drop in topology.dropped:
        yield Finding(
            code=Code.LOCIP_DROPPED,
            subject=Subject(Kind.SEGMENT, drop.segment),
            message=f'allowed location IP {drop.cidr} is not routed: it overlaps what "{drop.holder}" has',
        )


def peers_named_like_nodes(topology: Topology) -> Iterator[Finding]:
    """Find peers that DOT, which knows things by their names, cannot tell from a node."""
    nodes = {node.name for seg in topology.segments for node in seg.nodes}
    for peer in topology.peers:
        if peer.name in nodes:
            yield Finding(
                code=Code.NAME_TWICE,
                subject=Subject(Kind.PEER, peer.name),
                message="it has the name of a node: in DOT, as the reference writes it, the two are one",
                hint="-o svg, png and pdf draw them apart",
            )


def lost_allowed_ips(topology: Topology, peer: str | None = None) -> Iterator[Finding]:
    """Find allowed IPs of `peer`, or of any peer, that go to one named before it."""
    for loss in topology.lost:
        if peer in (None, loss.peer) and loss.peer != loss.holder:
            yield Finding(
                code=Code.PEER_DUP,
                subject=Subject(Kind.PEER, loss.peer),
                message=f'it does not get its allowed IP {loss.cidr}: peer "{loss.holder}" has it too, '
                "and sorts first",
            )


def _is_not_really_public(ip: IPAddress) -> bool:
    return is_public(ip) and any(host_cidr(ip).overlaps(one) for one in _NOT_REALLY_PUBLIC)
