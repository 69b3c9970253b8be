"""Run the checks of `kgctl check`: read the cluster once, and sort its findings into sections."""

from collections.abc import Collection

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.diagnose.kubernetes_section import kubernetes_section, read_mesh
from kgctl_py.diagnose.read_cluster_facts import KnownFacts, ask_agents, read_cluster_facts
from kgctl_py.diagnose.skipped_checks import SkipReasons, without_mesh, without_topology
from kgctl_py.errors import KgctlError
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.check_sections import KUBERNETES, LOCAL, NODES, PEERS, TOPOLOGY
from kgctl_py.findings.cluster_facts import ClusterFacts
from kgctl_py.findings.report import Report, Section, SectionResult, section_result
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology


def run_checks(cluster: Cluster, options: Options, sections: Collection[Section], interface: str = "") -> Report:
    """Return the results of `sections`, in the order of a report.

    The result contains the section about the cluster even if the cluster cannot be read.
    """
    read = read_mesh(cluster)
    mesh = read.mesh
    topology, no_topology = _topology(cluster, options, mesh) if mesh else (None, without_mesh())
    known = KnownFacts()
    if mesh and any(section is not KUBERNETES for section in sections):
        known = read_cluster_facts(cluster, options, mesh)
    if mesh and TOPOLOGY in sections:
        known = ask_agents(cluster, known)
    findings = all_findings(mesh, topology, known.facts) if mesh else ()
    skip_reasons = {**known.skip_reasons, **no_topology}
    results: list[SectionResult] = []
    if KUBERNETES in sections or mesh is None:
        results.append(kubernetes_section(cluster, read, findings))
    results += [
        section_result(section, findings, skip_reasons, _remark(section, mesh, topology, known))
        for section in (NODES, TOPOLOGY, PEERS)
        if section in sections
    ]
    if LOCAL in sections:
        results.append(_local_section(interface, mesh, topology, known.networks))
    return Report(tuple(results))


def _topology(cluster: Cluster, options: Options, mesh: Mesh) -> tuple[Topology | None, SkipReasons]:
    try:
        return build_topology(mesh, granularity=options.granularity, look_up=cluster.look_up), {}
    except KgctlError as error:
        return None, without_topology(error.message)


def _remark(section: Section, mesh: Mesh | None, topology: Topology | None, known: KnownFacts) -> str:
    if mesh and section is NODES:
        return f"{len(mesh.ready_nodes)} of {len(mesh.nodes)} ready"
    if mesh and section is PEERS:
        return f"{len(mesh.peers)}"
    if topology and section is TOPOLOGY:
        segments = len(topology.segments)
        shape = f"{segments} segment{'' if segments == 1 else 's'}, granularity {topology.granularity}"
        return shape + _silent_agents(known.facts)
    return ""


def _silent_agents(facts: ClusterFacts) -> str:
    """Return how many agents answer, if some do and others do not."""
    asked, answers = len(facts.kg_pods), len(facts.agents)
    return f", {answers} of {asked} agents answer" if 0 < answers < asked else ""


def _local_section(
    interface: str, mesh: Mesh | None, topology: Topology | None, networks: Networks
) -> SectionResult:
    from kgctl_py.diagnose.local_tunnel import look  # the other sections do not need netlink
    from kgctl_py.findings.rules.this_machine import about_local, peer_of, unjudged_locally

    local = look(interface, mesh, topology, networks)
    peer = peer_of(local, mesh) if mesh else None
    remark = f'{local.interface}, peer "{peer.name}"' if peer else local.interface
    unjudged = unjudged_locally(local, mesh, topology)
    return section_result(LOCAL, about_local(local, mesh, topology), unjudged, remark)
