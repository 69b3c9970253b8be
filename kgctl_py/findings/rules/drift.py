"""Leaders and WireGuard IPs that differ from those that Kilo should compute.

Only the leader of a segment has a WireGuard IP, so a node that reports one believes that it leads
(kilo pkg/mesh/mesh.go, pkg/mesh/topology.go).
"""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.findings.catalog import Code
from kgctl_py.findings.finding import Finding, Kind, Subject
from kgctl_py.mesh import leader_election
from kgctl_py.mesh.address import masked
from kgctl_py.mesh.model import Node
from kgctl_py.mesh.segment import Segment
from kgctl_py.mesh.topology import Topology

_FIELD = names.WIREGUARD_IP


def drift(topology: Topology) -> Iterator[Finding]:
    """Yield leaders and WireGuard IPs that differ; nothing for a mesh that kg has not built yet."""
    if any(node.wireguard_ip for seg in topology.segments for node in seg.nodes):
        for seg in topology.segments:
            yield from _leader(seg)
            yield from _wireguard_ip(seg, topology)


def _leader(seg: Segment) -> Iterator[Finding]:
    """Compare the leader with those that report to lead; not if that depends on an unresolved name."""
    if leader_election.undecided(seg.nodes):
        return
    leader = seg.leader
    others = [node.name for node in seg.nodes if node.wireguard_ip and node.name != leader.name]
    if leader.wireguard_ip is None:
        instead = f'"{others[0]}" reports one' if others else "none of its nodes reports one"
        message = f'it should lead "{seg.name}" with WireGuard IP {seg.wireguard_ip}, but {instead}'
        yield _finding(Code.LEADER_DRIFT, leader, message)
    else:
        for node in seg.nodes:
            if node.name in others:
                message = f'it reports WireGuard IP {node.wireguard_ip}, but "{leader.name}" leads "{seg.name}"'
                yield _finding(Code.LEADER_DRIFT, node, message)


def _wireguard_ip(seg: Segment, topology: Topology) -> Iterator[Finding]:
    """Compare the addresses; one in another subnet is another finding."""
    leader, ip = seg.leader, seg.leader.wireguard_ip
    if ip and masked(ip) == topology.subnet and ip.ip != seg.wireguard_ip:
        message = f'as leader of "{seg.name}" it should have WireGuard IP {seg.wireguard_ip}, but reports {ip.ip}'
        yield _finding(Code.WIREGUARD_IP_DRIFT, leader, message)


def _finding(code: Code, node: Node, message: str) -> Finding:
    return Finding(code=code, subject=Subject(Kind.NODE, node.name), field=_FIELD, message=message)
