"""Gather the bundle of `kgctl gather`: everything that kgctl reads from a cluster, and the report of `check`."""

import contextlib
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote

from kgctl_py import __version__, names
from kgctl_py.cluster.open import Options
from kgctl_py.cluster.recorded_cluster import RecordedCluster
from kgctl_py.cluster.saved import redaction
from kgctl_py.cluster.saved.bundle import Bundle, Manifest, ObjectList, object_list
from kgctl_py.diagnose.run_checks import run_checks
from kgctl_py.errors import KgctlError
from kgctl_py.findings.check_sections import NODES, PEERS, TOPOLOGY
from kgctl_py.kilo import kg_workloads_and_flags
from kgctl_py.kilo.network_sources import SYSTEM
from kgctl_py.kube.decoding import Refused
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import Objects, UnreadableError
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import Notice, warning
from kgctl_py.redacted_text.redact import redacted
from kgctl_py.render.findings.report_text import Style, report_text

_READ_ELSEWHERE = ("Node", names.PEER_KIND)


def gather_bundle(
    cluster: RecordedCluster, options: Options, *, secrets: bool
) -> tuple[Bundle, tuple[Notice, ...]]:
    """Return a bundle of the cluster, and remarks about it.

    Raise KgctlError if Nodes and Peers cannot be read; other unreadable objects are left out.
    """
    mesh = cluster.mesh()
    _record_identity(cluster.record, mesh)
    public = frozenset(_public(mesh))
    report = _report_text(cluster, options)
    _record_services(cluster.record)
    logs, unread_logs = _logs(cluster, public, _kg_pods(cluster.record), secrets=secrets)
    manifest = Manifest(
        format=1,
        kgctl=__version__,
        python=platform.python_version(),
        server=cluster.record.origin().version,
        taken=cluster.lists.now,
        clock_skew=cluster.lists.clock_skew,
        secrets=secrets,
        unreadable=tuple(cluster.record.refused if secrets else map(_redacted, cluster.record.refused)),
        unread_logs=unread_logs,
        agents=cluster.read_agents,
    )
    lists = tuple(_lists(cluster, options, secrets=secrets))
    bundle = Bundle(
        manifest=manifest,
        lists=lists,
        texts={"check.txt": report if secrets else redacted(report, public), **logs},
    )
    return bundle, tuple(_notices(manifest))


def contents(bundle: Bundle) -> str:
    """Return the numbers of objects and logs in a bundle, as text."""
    objects = ", ".join(f"{len(one.items)} {one.of}{'' if len(one.items) == 1 else 's'}" for one in bundle.lists)
    logs = sum(name.startswith("logs/") for name in bundle.texts)
    return f"{objects}, {logs} log{'' if logs == 1 else 's'}"


def _notices(manifest: Manifest) -> Iterator[Notice]:
    for why in dict.fromkeys(refused.why for refused in manifest.unreadable):  # a kind is read with several labels
        yield warning(why)
    for pod, reason in manifest.unread_logs.items():
        yield warning(f'cannot read the log of pod "{pod}": {reason}')
    if manifest.secrets:
        yield warning("the file contains secrets: treat it like a private key")


def _report_text(cluster: RecordedCluster, options: Options) -> str:
    """Return the report of `kgctl check`, with the addresses of DNS names, which other machines may not know."""
    report = run_checks(cluster, options, (NODES, TOPOLOGY, PEERS))
    style = Style(plain_marks=False, coloured=False, width=0, everything=True)
    return report_text(report, style)


def _kg_pods(objects: Objects) -> tuple[kinds.Pod, ...]:
    try:
        return kg_workloads_and_flags.pods(objects.of)
    except UnreadableError:
        return ()  # the recorder stores the reason


def _logs(
    cluster: RecordedCluster, public: Collection[str], pods: tuple[kinds.Pod, ...], *, secrets: bool
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the logs of kg by file name, and the errors of unreadable logs by pod."""
    logs, unread = {}, {}
    for pod in pods:
        place = f"{pod.metadata.namespace}/{pod.metadata.name}"
        try:
            text = cluster.log(pod.metadata.namespace, pod.metadata.name, kg_workloads_and_flags.CONTAINER)
        except KgctlError as error:
            unread[place] = error.message if secrets else redacted(error.message)
        else:
            logs[f"logs/{_member(place)}.log"] = text if secrets else redacted(text, public)
    return logs, unread


def _record_identity(objects: Objects, mesh: Mesh) -> None:
    """Record the Namespace whose UID identifies the cluster, if the cluster has Peers of other clusters."""
    if any(names.PEERING in peer.labels for peer in mesh.peers):
        with contextlib.suppress(UnreadableError):  # the recorder stores the reason
            objects.of(kinds.NAMESPACE, name=SYSTEM)


def _record_services(objects: Objects) -> None:
    """Record the Services and EndpointSlices, which `trace` needs."""
    with contextlib.suppress(UnreadableError):  # the recorder stores the reason
        objects.of(kinds.PORTED_SERVICE)
    with contextlib.suppress(UnreadableError):
        objects.of(kinds.ENDPOINT_SLICE)


def _public(mesh: Mesh) -> Iterator[str]:
    """Yield what looks like a secret but is not: public keys, and names as long as keys."""
    yield from (str(node.key) for node in mesh.nodes)
    yield from (str(peer.public_key) for peer in mesh.peers)
    named = (*(node.name for node in mesh.nodes), *(peer.name for peer in mesh.peers))
    yield from (part for name in named for part in name.split("."))


def _redacted(refused: Refused) -> Refused:
    return refused.with_reason(redacted(refused.why))


def _member(place: str) -> str:
    """Return NAMESPACE/NAME as the path of a member of the bundle, which cannot leave the bundle."""
    return "/".join(quote(part, safe="").replace("..", "%2E%2E") for part in place.split("/", 1))


def _lists(cluster: RecordedCluster, options: Options, *, secrets: bool) -> Iterator[ObjectList]:
    networks, lists = cluster.networks(), cluster.lists
    labels = {options.topology_label, *(networks.topology_label.values if networks.topology_label else ())}
    yield object_list("Node", "v1", (redaction.node(raw, labels) for raw in lists.nodes))
    peers = (redaction.peer(raw, secrets=secrets) for raw in lists.peers)
    yield object_list(names.PEER_KIND, names.API_VERSION, peers)
    for (kind, api_version), objects in cluster.record.given.items():
        if kind not in _READ_ELSEWHERE:
            yield object_list(kind, api_version, map(redaction.other, _needed(kind, objects.values())))


def _needed(kind: str, objects: Iterable[kinds.Object]) -> Iterable[kinds.Object]:
    """Return the objects without DaemonSets of other programs, and without Services that have no address."""
    if kind == kinds.SERVICE.name:
        return (one for one in objects if not isinstance(one, kinds.PortedService) or one.every_address)
    if kind != kinds.DAEMON_SET.name:
        return objects
    return kg_workloads_and_flags.running_kg(one for one in objects if isinstance(one, kinds.DaemonSet))
