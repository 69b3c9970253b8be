"""All that `kgctl get` lists from, computed; a mesh without a topology can be listed, too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgctl_py.commands.get.resource import View
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Finding, Kind, Subject
from kgctl_py.findings import nodes as node_findings
from kgctl_py.findings import peers as peer_findings
from kgctl_py.findings import topology as topology_findings
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.session import Session


def view(session: Session, mesh: Mesh) -> View:
    """Compute what is listed; its words tell why there is no topology, and what is odd about it all."""
    topology, words = None, []
    try:
        topology = session.topology(mesh)
    except KgctlError as error:
        words.append((error.message, error.hint))
    found = list(_findings(session, mesh, topology))
    words += [(str(one), one.hint) for one in found if one.subject.kind in (Kind.NODES, Kind.MACHINE)]
    return View(mesh=mesh, topology=topology, findings=_by_subject(found), words=tuple(words))


def _findings(session: Session, mesh: Mesh, topology: Topology | None) -> Iterator[Finding]:
    if topology:
        yield from session.findings(mesh, topology)
        yield from topology_findings.lost_allowed_ips(topology)
    for node in mesh.nodes:
        yield from node_findings.keepalive_out_of_range(node)
    for peer in mesh.peers:
        yield from peer_findings.of_peer(peer)


def _by_subject(found: Iterable[Finding]) -> Mapping[Subject, Sequence[Finding]]:
    by_subject: dict[Subject, list[Finding]] = {}
    for finding in found:
        by_subject.setdefault(finding.subject, []).append(finding)
    return by_subject
