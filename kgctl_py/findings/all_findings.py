"""All findings about a mesh, for `check`, lists, and pictures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings.cluster_facts import NO_FACTS, ClusterFacts
from kgctl_py.findings.codes_and_fixes import Code, Severity
from kgctl_py.findings.rules import (
    clashes,
    configurations,
    ip_versions,
    nodes,
    peers,
    reachability,
    segments,
    whole_mesh,
)
from kgctl_py.mesh.member_configurations import outside_conf
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.topology import Topology, deduplicated
from kgctl_py.wireguard.conf import find_loops


def all_findings(mesh: Mesh, topology: Topology | None, facts: ClusterFacts = NO_FACTS) -> tuple[Finding, ...]:
    """Return all findings; without a topology, only those that do not need one."""
    findings = [*about_nodes(mesh, facts), *about_mesh(mesh, facts), *about_peers(mesh.peers)]
    findings += clashes.peers_overlap(mesh, facts.services)
    if facts.addresses is not None:
        findings += reachability.unresolved_names(mesh, facts.addresses)
    if facts.agents:
        from kgctl_py.findings.rules.agents import agents_differ  # only `check` asks agents

        findings += agents_differ(mesh, facts)
    if topology:
        findings += about_topology(topology)
        findings += clashes.subnet_overlaps(mesh, topology.subnet, facts.services)
    return tuple(dict.fromkeys(findings))


def by_subject(findings: Iterable[Finding]) -> Mapping[Subject, Sequence[Finding]]:
    """Return the findings of each subject, the worst first."""
    grouped: dict[Subject, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda finding: -finding.severity):
        grouped[finding.subject].append(finding)
    return grouped


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the severity of the worst finding; None without findings."""
    return max((finding.severity for finding in findings), default=None)


def about_nodes(mesh: Mesh, facts: ClusterFacts = NO_FACTS) -> Iterator[Finding]:
    """Yield the findings about single nodes."""
    if not mesh.ready_nodes:
        message = "none of them is ready" if mesh.nodes else "the cluster has no nodes"
        hint = "" if mesh.nodes else "check that you selected the right cluster or file"
        yield Finding(code=Code.NO_NODES, subject=Subject(Kind.NODES), message=message, hint=hint)
    for node in mesh.nodes:
        pod = facts.kg_pods.get(node.name)
        yield from nodes.not_ready(node, mesh.now, pod)
        yield from nodes.broken_pod(node, pod)
        yield from nodes.ignored_values(node)
        yield from nodes.clock_ahead(node, mesh.now)
        yield from nodes.keepalive_out_of_range(node)
        yield from nodes.unread_subnets(node)


def about_mesh(mesh: Mesh, facts: ClusterFacts = NO_FACTS) -> Iterator[Finding]:
    """Yield the findings about the mesh as a whole, and between nodes."""
    yield from whole_mesh.clock_skew(mesh)
    if not facts.granularity:
        yield from whole_mesh.granularity_disagreement(mesh.ready_nodes)
        yield from whole_mesh.no_granularity(mesh)
    yield from whole_mesh.subnet_too_small(mesh, facts.granularity)
    if mesh.ready_nodes:
        yield from whole_mesh.subnet_disagreement(mesh)
    yield from whole_mesh.kg_flags_differ(mesh, facts)
    yield from clashes.keys_twice(mesh.ready_nodes, mesh.ready_peers)
    yield from clashes.nodes_overlap(mesh.ready_nodes)
    for peer in mesh.peers:
        yield from peers.expired(peer, mesh.now)


def about_peers(listed: Iterable[Peer]) -> Iterator[Finding]:
    """Yield the findings about single peers and between peers."""
    listed = sorted(listed, key=lambda peer: peer.name)
    for peer in listed:
        yield from peers.by_itself(peer)
    used = [peer for peer in listed if not peer.why_not_ready()]
    yield from clashes.keys_twice((), used)
    yield from clashes.lost_allowed_ips(deduplicated(used)[1])
    yield from clashes.same_allowed_ips(used)


def about_topology(topology: Topology) -> Iterator[Finding]:
    """Yield the findings about segments and their leaders, and about the configurations of peers."""
    yield from segments.leaders_not_public(topology)
    yield from segments.dropped_location_ips(topology)
    yield from segments.peers_named_like_nodes(topology)
    yield from segments.reported_leaders_differ(topology)
    yield from clashes.endpoints_twice(topology)
    yield from reachability.private_endpoints(topology)
    yield from ip_versions.lone_endpoints(topology)
    yield from ip_versions.unroutable_addresses(topology)
    yield from reachability.unseen_peers(topology)
    yield from reachability.keepalives_of_peers(topology)
    if topology.peers:
        yield from configurations.loops(find_loops(outside_conf(topology)))
