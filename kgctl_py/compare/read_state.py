"""A mesh with its topology and findings, to compare with another one."""

from kgctl_py.changes.mesh_changes import State
from kgctl_py.errors import KgctlError
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.cluster_facts import ClusterFacts
from kgctl_py.mesh.build_with_agreed_settings import LookUp, build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.routing.agent_flags import AgentFlags
from kgctl_py.mesh.topology import Topology


def built_state(
    mesh: Mesh, granularity: Granularity | None, look_up: LookUp, facts: ClusterFacts, flags: AgentFlags
) -> tuple[State, Topology]:
    """Return the state of a mesh, and its topology; raise KgctlError if it has none."""
    topology = build_topology(mesh, granularity=granularity, look_up=look_up)
    findings = all_findings(mesh, topology, facts)
    return State(mesh=mesh, topology=topology, findings=findings, flags=flags), topology


def any_state(
    mesh: Mesh, granularity: Granularity | None, look_up: LookUp, facts: ClusterFacts, flags: AgentFlags
) -> State:
    """Return the state of a mesh; its topology is None if the mesh has none."""
    try:
        return built_state(mesh, granularity, look_up, facts, flags)[0]
    except KgctlError:
        return State(mesh=mesh, topology=None, findings=all_findings(mesh, None, facts))
