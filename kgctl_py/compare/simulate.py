"""`kgctl simulate`: compare the mesh with a hypothetical one."""

from collections.abc import Iterator

from kgctl_py.changes.change import Changes
from kgctl_py.changes.mesh_changes import State, compare
from kgctl_py.changes.what_if import WhatIf, supposed_state
from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.compare.read_state import built_state
from kgctl_py.diagnose.read_cluster_facts import read_cluster_facts
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.cluster_facts import ClusterFacts
from kgctl_py.kilo.agent_flags import known_flags
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, note
from kgctl_py.value import replace


def simulate(
    cluster: Cluster, options: Options, mesh: Mesh, what_if: WhatIf
) -> tuple[Changes, tuple[Notice, ...]]:
    """Return what would change in `mesh`, and notes about options that change nothing.

    Raise KgctlError if the mesh has no topology, before or after the change.
    """
    facts = read_cluster_facts(cluster, options, mesh).facts
    state, topology = built_state(mesh, options.granularity, cluster.look_up, facts, known_flags(cluster.objects))
    supposed, planned = supposed_state(mesh, topology, what_if, look_up=cluster.look_up)
    supposed_facts = _supposed_facts(facts, what_if, supposed, cluster)
    findings = all_findings(supposed, planned, supposed_facts)
    changes = compare(state, State(mesh=supposed, topology=planned, findings=findings, flags=state.flags))
    return changes, tuple(_already_so(mesh, topology, what_if))


def _already_so(mesh: Mesh, topology: Topology, what_if: WhatIf) -> Iterator[Notice]:
    """Yield a note for each setting and Peer that is already as given."""
    if what_if.granularity == topology.granularity:
        yield note(f"note: the granularity is already {topology.granularity}")
    if what_if.subnet == topology.subnet:
        yield note(f"note: the Kilo subnet is already {topology.subnet}")
    now = {peer.name: replace(peer, created="") for peer in mesh.peers}
    for peer in what_if.peers:
        if now.get(peer.name) == replace(peer, created=""):
            yield note(f'note: peer "{peer.name}" is the same in the file and in the cluster')


def _supposed_facts(facts: ClusterFacts, what_if: WhatIf, supposed: Mesh, cluster: Cluster) -> ClusterFacts:
    """Return the facts after the change: kg has the given flags, and new host names are resolved."""
    endpoints = [node.endpoint for node in supposed.ready_nodes] + [peer.endpoint for peer in supposed.ready_peers]
    hosts = {endpoint.name for endpoint in endpoints if endpoint and endpoint.name}
    addresses = facts.addresses
    if addresses is not None and (unknown := hosts - addresses.keys()):
        addresses = {**addresses, **cluster.look_up(unknown)}
    return replace(
        facts,
        addresses=addresses,
        granularity=what_if.granularity or facts.granularity,
        kg_granularity=None if what_if.granularity else facts.kg_granularity,
        kg_subnet=None if what_if.subnet else facts.kg_subnet,
    )
