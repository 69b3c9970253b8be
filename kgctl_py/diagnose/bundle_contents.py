"""What goes into a bundle: all that kgctl reads of a cluster, and what it makes of it."""

import platform
from collections.abc import Iterator

from kgctl_py import __version__, names
from kgctl_py.cluster import redaction
from kgctl_py.cluster.bundle import Bundle, Manifest, ObjectList, object_list
from kgctl_py.cluster.recorded import RecordedCluster
from kgctl_py.diagnose.examine import examine
from kgctl_py.errors import KgctlError
from kgctl_py.findings.sections import NODES, PEERS, TOPOLOGY
from kgctl_py.kilo.network_sources import KILO_LABELS
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.reader import Objects, UnreadableError
from kgctl_py.mesh.model import Mesh
from kgctl_py.options import Options
from kgctl_py.redacted_text import redacted
from kgctl_py.render.findings.report_text import Style, report_text

_READ_ELSEWHERE = ("Node", names.PEER_KIND)


def gathered(cluster: RecordedCluster, options: Options, *, secrets: bool) -> Bundle:
    """Read the cluster and make a bundle of it; raise KgctlError when its Nodes and Peers cannot be had."""
    mesh = cluster.mesh()
    checked = _checked(cluster, options)
    texts, unread = _logs(cluster, mesh, _kg_pods(cluster.record), secrets=secrets)
    manifest = Manifest(
        format=1,
        kgctl=__version__,
        python=platform.python_version(),
        server=cluster.record.origin().version,
        taken=cluster.lists.now,
        clock_skew=cluster.lists.clock_skew,
        secrets=secrets,
        unreadable=tuple(cluster.record.refused),
        unread_logs=unread,
    )
    lists = tuple(_lists(cluster, options, secrets=secrets))
    return Bundle(manifest=manifest, lists=lists, texts={"check.txt": checked, **texts})


def _checked(cluster: RecordedCluster, options: Options) -> str:
    """Say what `kgctl check` found when the bundle was made, with all that only this machine can know."""
    report = examine(cluster, options, (NODES, TOPOLOGY, PEERS))
    style = Style(plain_marks=False, coloured=False, width=0, everything=True)
    return report_text(report, style)


def _kg_pods(objects: Objects) -> tuple[kinds.Pod, ...]:
    try:
        return objects.of(kinds.POD, labels=KILO_LABELS)
    except UnreadableError:
        return ()  # the recorder remembers why


def _logs(
    cluster: RecordedCluster, mesh: Mesh, pods: tuple[kinds.Pod, ...], *, secrets: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Give the logs of kg by the names of their files, and why others could not be had."""
    public = {str(key) for key in (*(node.key for node in mesh.nodes), *(peer.public_key for peer in mesh.peers))}
    texts, unread = {}, {}
    for pod in pods:
        place = f"{pod.metadata.namespace}/{pod.metadata.name}"
        try:
            text = cluster.log(pod.metadata.namespace, pod.metadata.name, "kilo")
        except KgctlError as error:
            unread[place] = error.message
        else:
            texts[f"logs/{place}.log"] = text if secrets else redacted(text, public)
    return texts, unread


def _lists(cluster: RecordedCluster, options: Options, *, secrets: bool) -> Iterator[ObjectList]:
    networks, lists = cluster.networks(), cluster.lists
    labels = {options.topology_label, *(networks.topology_label.values if networks.topology_label else ())}
    yield object_list("Node", "v1", (redaction.node(raw, labels) for raw in lists.nodes))
    peers = (redaction.peer(raw, secrets=secrets) for raw in lists.peers)
    yield object_list(names.PEER_KIND, names.API_VERSION, peers)
    for (kind, api_version), found in cluster.record.given.items():
        if kind not in _READ_ELSEWHERE:
            yield object_list(kind, api_version, map(redaction.other, found.values()))
