"""Problems of segments: their computed and reported leaders, and their networks."""

from collections.abc import Iterator
from typing import assert_never

from kgctl_py import findings, names
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.mesh.address import IPAddress, host_cidr, is_public, masked, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.segments_and_leaders import DropCause, Segment, undecided_nodes
from kgctl_py.mesh.topology import Topology

_NOT_REALLY_PUBLIC = tuple(parse_cidr(text) for text in ("100.64.0.0/10", "127.0.0.0/8", "fc00::/7"))


def unresolved_endpoints(topology: Topology) -> Iterator[Finding]:
    """Yield unresolved DNS endpoints on which the choice of a leader depends."""
    for seg in topology.segments:
        for node in undecided_nodes(seg.nodes):
            yield Finding(
                code=findings.Code.DNS_FAIL,
                subject=Subject(Kind.NODE, node.name),
                message=f'its endpoint "{node.endpoint}" did not resolve; '
                f'if kg can resolve it, the node may lead "{seg.name}" instead of "{seg.leader.name}"',
            )


def leaders_not_public(topology: Topology) -> Iterator[Finding]:
    """Yield leaders with an endpoint that Kilo treats as public, although it is not."""
    for seg in topology.segments:
        ip = seg.leader.endpoint and seg.leader.endpoint.ip
        if ip and len(seg.nodes) > 1 and _is_not_really_public(ip):
            yield Finding(
                code=findings.Code.LEADER_PUBLIC,
                subject=Subject(Kind.NODE, seg.leader.name),
                message=f'its endpoint "{seg.leader.endpoint}" is not public, but Kilo treats it as public, '
                f'so it leads "{seg.name}"',
            )


def dropped_location_ips(topology: Topology) -> Iterator[Finding]:
    """Yield allowed location IPs that Kilo does not route."""
    for drop in topology.dropped:
        yield Finding(
            code=_code_of(drop.cause),
            subject=Subject(Kind.SEGMENT, drop.segment),
            message=f'allowed location IP {drop.cidr} is not routed: it overlaps an address of "{drop.holder}"',
        )


def _code_of(cause: DropCause) -> "findings.Code":
    match cause:
        case DropCause.DECLARED:
            return findings.Code.LOCIP_CLASH
        case DropCause.ROUTED:
            return findings.Code.LOCIP_ROUTED
        case DropCause.PEER:
            return findings.Code.LOCIP_PEER
        case _:
            assert_never(cause)


def peers_named_like_nodes(topology: Topology) -> Iterator[Finding]:
    """Yield peers with the name of a node: in DOT, both are one object."""
    nodes = {node.name for seg in topology.segments for node in seg.nodes}
    for peer in topology.peers:
        if peer.name in nodes:
            yield Finding(
                code=findings.Code.NAME_TWICE,
                subject=Subject(Kind.PEER, peer.name),
                message="it has the same name as a node, so in DOT they are one object",
            )


def reported_leaders_differ(topology: Topology) -> Iterator[Finding]:
    """Yield leaders and WireGuard IPs that nodes report differently than kgctl computes them.

    Only a leader has a WireGuard IP, so a node that reports one is a leader for its kg (kilo pkg/mesh/mesh.go,
    pkg/mesh/topology.go). If no node reports one, kg has not built the mesh yet.
    """
    if any(node.wireguard_ip for seg in topology.segments for node in seg.nodes):
        for seg in topology.segments:
            yield from _leader(seg)
            yield from _wireguard_ip(seg, topology)


def _leader(seg: Segment) -> Iterator[Finding]:
    """Compare the leader with the nodes that report a WireGuard IP, unless this depends on an unresolved name."""
    if undecided_nodes(seg.nodes):
        return
    leader = seg.leader
    others = [node.name for node in seg.nodes if node.wireguard_ip and node.name != leader.name]
    if leader.wireguard_ip is None:
        instead = (
            f'"{others[0]}" reports a WireGuard IP' if others else "no node of the segment reports a WireGuard IP"
        )
        message = f'it should lead "{seg.name}" with WireGuard IP {seg.wireguard_ip}, but {instead}'
        yield _of_node(findings.Code.LEADER_DRIFT, leader, message)
    else:
        for node in seg.nodes:
            if node.name in others:
                message = f'it reports WireGuard IP {node.wireguard_ip}, but "{leader.name}" leads "{seg.name}"'
                yield _of_node(findings.Code.LEADER_DRIFT, node, message)


def _wireguard_ip(seg: Segment, topology: Topology) -> Iterator[Finding]:
    """Compare the WireGuard IPs, unless they are in different subnets, which is a finding of its own."""
    leader, ip = seg.leader, seg.leader.wireguard_ip
    if ip and masked(ip) == topology.subnet and ip.ip != seg.wireguard_ip:
        message = f'as leader of "{seg.name}" it should have WireGuard IP {seg.wireguard_ip}, but reports {ip.ip}'
        yield _of_node(findings.Code.WIREGUARD_IP_DRIFT, leader, message)


def _of_node(code: "findings.Code", node: Node, message: str) -> Finding:
    return Finding(code=code, subject=Subject(Kind.NODE, node.name), field=names.WIREGUARD_IP, message=message)


def _is_not_really_public(ip: IPAddress) -> bool:
    return is_public(ip) and any(host_cidr(ip).overlaps(cidr) for cidr in _NOT_REALLY_PUBLIC)
