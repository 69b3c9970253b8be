"""Differences between the annotations of the nodes and the metrics of their Kilo agents."""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.cluster_facts import AgentMetrics, ClusterFacts
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.findings.rules.nodes import READ_LOG, logs
from kgctl_py.mesh.nodes_and_peers import Mesh, Node


def agents_differ(mesh: Mesh, facts: ClusterFacts) -> Iterator[Finding]:
    """Yield the differences between the metrics and the annotations of ready nodes, and errors in the metrics."""
    peers = len({peer.public_key for peer in mesh.ready_peers})  # kg stores Peers by key (kilo pkg/mesh/mesh.go)
    for node in mesh.ready_nodes:
        agent, pod = facts.agents.get(node.name), facts.kg_pods.get(node.name)
        command = logs(pod) if pod else ""
        for code, field, message in _differences(node, agent, len(mesh.ready_nodes), peers) if agent else ():
            yield Finding(
                code=code,
                subject=Subject(Kind.NODE, node.name),
                field=field,
                message=message,
                hint=READ_LOG if command else "",
                command=command,
            )


def _differences(node: Node, agent: AgentMetrics, nodes: int, peers: int) -> Iterator[tuple[Code, str, str]]:
    reports = node.wireguard_ip is not None  # only a leader reports one
    if agent.leader is not None and agent.leader != reports:
        message = (
            f"it reports WireGuard IP {node.wireguard_ip}, but its metrics show that it is not a leader"
            if reports
            else "its metrics show that it is a leader, but it reports no WireGuard IP"
        )
        yield Code.AGENT_LEADER, names.WIREGUARD_IP, message
    counts = ((agent.nodes, nodes, "ready node"), (agent.peers, peers, "usable peer"))
    for count, expected, noun in counts:
        if count is not None and count != expected:
            message = f"its agent counts {count} {noun}{'' if count == 1 else 's'}, but the cluster has {expected}"
            yield Code.AGENT_COUNTS, "", message
    if agent.errors:
        listed = ", ".join(f"{event} {count}" for event, count in agent.errors.items())
        yield Code.AGENT_ERRORS, "", f"its agent has counted errors since it started: {listed}"
