"""All that `kgctl get` lists from, computed; a mesh without a topology can be listed, too."""

from collections.abc import Iterable, Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Finding, Kind, Severity
from kgctl_py.findings.all_findings import all_findings, by_subject
from kgctl_py.findings.cluster_facts import ClusterFacts
from kgctl_py.listing.resource import View
from kgctl_py.mesh.build import build_topology
from kgctl_py.mesh.model import Mesh
from kgctl_py.options import Options


def view(cluster: Cluster, options: Options, mesh: Mesh) -> View:
    """Compute what is listed; its words tell why there is no topology, and what is odd about it all."""
    topology, words = None, []
    try:
        topology = build_topology(mesh, granularity=options.granularity, look_up=cluster.look_up)
    except KgctlError as error:
        words.append((error.message, error.hint))
    facts = ClusterFacts(topology_label=options.topology_label, granularity=options.granularity)
    found = all_findings(mesh, topology, facts)
    words += _words(found, (Kind.NODES, Kind.MACHINE) if topology else (Kind.MACHINE,))
    return View(mesh=mesh, topology=topology, findings=by_subject(found), words=tuple(words))


def _words(found: Iterable[Finding], kinds: tuple[Kind, ...]) -> Iterator[tuple[str, str]]:
    """Give what no row of a table could tell."""
    for finding in found:
        if finding.subject.kind in kinds and finding.severity > Severity.NOTE:
            yield str(finding), finding.hint
