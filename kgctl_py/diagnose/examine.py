"""One look at everything: the cluster is read once, and what is found is sorted into the sections asked for."""

from collections.abc import Collection, Iterator, Mapping

from kgctl_py.cluster.interface import Cluster
from kgctl_py.diagnose import cluster_check
from kgctl_py.diagnose.known import Known, known
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.report import Report, Section, SectionResult, section_result
from kgctl_py.findings.sections import KUBERNETES, LOCAL, NODES, PEERS, TOPOLOGY
from kgctl_py.kilo.networks import Networks
from kgctl_py.mesh.build import build_topology
from kgctl_py.mesh.model import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.options import Options

_NOT_READ = "the cluster could not be read"


def examine(cluster: Cluster, options: Options, wanted: Collection[Section], interface: str = "") -> Report:
    """Give the chapters of the sections that are wanted, in the usual order.

    The first is always there when it has something to tell, since without a cluster there is nothing else.
    """
    done = cluster_check.read(cluster)
    mesh = done.mesh
    topology, reason = _topology(cluster, options, mesh) if mesh else (None, _NOT_READ)
    about = known(cluster, options, mesh) if mesh and _more_is_asked(wanted) else Known()
    found = all_findings(mesh, topology, about.facts) if mesh else ()
    unjudged = {**about.unjudged, **_without(mesh, topology, reason)}
    results: list[SectionResult] = []
    if KUBERNETES in wanted or done.mesh is None:
        results.append(cluster_check.kubernetes(cluster, done, found))
    results += [
        section_result(section, found, unjudged, _remark(section, mesh, topology))
        for section in (NODES, TOPOLOGY, PEERS)
        if section in wanted
    ]
    if LOCAL in wanted:
        results.append(_local(interface, mesh, topology, about.networks))
    return Report(tuple(results))


def _local(interface: str, mesh: Mesh | None, topology: Topology | None, networks: Networks) -> SectionResult:
    from kgctl_py.diagnose.local_tunnel import look  # the other sections need no netlink
    from kgctl_py.findings.rules.local import about_local, peer_of, unjudged_locally

    local = look(interface, mesh, topology, networks)
    peer = peer_of(local, mesh) if mesh else None
    remark = f'{local.interface}, peer "{peer.name}"' if peer else local.interface
    return section_result(LOCAL, about_local(local, mesh, topology), unjudged_locally(local, topology), remark)


def _more_is_asked(wanted: Collection[Section]) -> bool:
    return any(section is not KUBERNETES for section in wanted)


def _topology(cluster: Cluster, options: Options, mesh: Mesh) -> tuple[Topology | None, str]:
    try:
        return build_topology(mesh, granularity=options.granularity, look_up=cluster.look_up), ""
    except KgctlError as error:
        return None, error.message


def _without(mesh: Mesh | None, topology: Topology | None, reason: str) -> Mapping[Code, str]:
    """Give what cannot be judged without a mesh, or without a topology."""
    if mesh is None:
        sections: tuple[Section, ...] = (NODES, TOPOLOGY, PEERS)
        return {code: reason for section in sections for code in _codes(section)}
    if topology is None:
        return dict.fromkeys((*_codes(TOPOLOGY), Code.PEER_UNSEEN, Code.NAME_TWICE, Code.KEEPALIVE_OWN), reason)
    return {}


def _codes(section: Section) -> Iterator[Code]:
    for check in section.checks:
        yield from check.codes


def _remark(section: Section, mesh: Mesh | None, topology: Topology | None) -> str:
    if mesh and section is NODES:
        return f"{len(mesh.nodes)}, {len(mesh.ready_nodes)} ready"
    if mesh and section is PEERS:
        return f"{len(mesh.peers)}"
    if topology and section is TOPOLOGY:
        return f"{len(topology.segments)} segments, granularity {topology.granularity}"
    return ""
