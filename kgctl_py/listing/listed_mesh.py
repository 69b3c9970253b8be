"""Compute the view for `kgctl get`, which can also list a mesh without a topology."""

from collections.abc import Iterable, Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Finding, Kind, Severity
from kgctl_py.findings.all_findings import all_findings, by_subject
from kgctl_py.findings.cluster_facts import ClusterFacts
from kgctl_py.listing.resource import View
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice, warning


def view(cluster: Cluster, options: Options, mesh: Mesh) -> View:
    """Return the view of a mesh, with notices about a missing topology and problems of the whole mesh."""
    topology: Topology | None = None
    notices: list[Notice] = []
    try:
        topology = build_topology(mesh, granularity=options.granularity, look_up=cluster.look_up)
    except KgctlError as error:
        notices.append(warning(error.message, error.hint))
    facts = ClusterFacts(topology_label=options.topology_label, granularity=options.granularity)
    findings = all_findings(mesh, topology, facts)
    notices += _notices(findings, (Kind.NODES, Kind.MACHINE) if topology else (Kind.MACHINE,))
    return View(mesh=mesh, topology=topology, findings=by_subject(findings), notices=tuple(notices))


def _notices(findings: Iterable[Finding], kinds: tuple[Kind, ...]) -> Iterator[Notice]:
    """Return the findings that do not belong to a row of a table."""
    for finding in findings:
        if finding.subject.kind in kinds and finding.severity > Severity.NOTE:
            yield warning(str(finding), finding.own_advice)
