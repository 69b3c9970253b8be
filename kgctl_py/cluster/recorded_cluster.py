"""A live cluster that records all requests and responses, from which `kgctl gather` builds a bundle."""

import functools
import time
from collections.abc import Collection, Mapping
from typing import Any

from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.interface import PeerStore
from kgctl_py.cluster.overlay import Overlay
from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
from kgctl_py.kilo import resources
from kgctl_py.kilo.find_networks import Networks, find_networks
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube.client import Client
from kgctl_py.kube.decoding import Page, Refused, Source, check_name
from kgctl_py.kube.http_connection import ResponseTime
from kgctl_py.kube.objects.kinds import Kind, Object, T
from kgctl_py.kube.objects.reader import NO_LABELS, Objects, Origin, UnreadableError
from kgctl_py.kube.paging import list_pages, retry_expired
from kgctl_py.kube.pods import read_log
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value


class Lists(Value, frozen=True, kw_only=True):
    """Both lists as the server sent them, and the time in Unix seconds by its clock."""

    nodes: tuple[resources.Node, ...]
    peers: tuple[resources.Peer, ...]
    now: float
    clock_skew: float


class RecordedObjects:
    """Delegates to another reader, and records the objects and the refused requests."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.given: dict[tuple[str, str], dict[str, Object]] = {}
        """Every returned object by its place, for each requested kind and API version."""
        self.refused: dict[Refused, None] = {}

    def of(
        self,
        kind: Kind[T],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[T, ...]:
        """Return the objects of the other reader."""
        try:
            objects = self._objects.of(kind, namespace=namespace, name=name, labels=labels, fields=fields)
        except UnreadableError as error:
            question = Refused(
                kind=kind.name, namespace=namespace, name=name, labels=tuple(labels.items()), why=error.message
            )
            self.refused[question] = None
            raise
        given = self.given.setdefault((kind.name, kind.api_version), {})
        given |= {item.place: item for item in objects}
        return objects

    def has_all(self, kind: Kind[Any]) -> bool:
        """Return whether the other reader knows all objects of a kind."""
        return self._objects.has_all(kind)

    def origin(self) -> Origin:
        """Return the origin of the other reader."""
        return self._objects.origin()


class RecordedCluster(Overlay):
    """The Cluster that records everything that it reads."""

    def __init__(self, live: ApiCluster, topology_label: str) -> None:
        super().__init__(live)
        self._client = live.client
        self._peers = live.peers
        self._topology_label = topology_label
        self.read_agents: Mapping[str, AgentMetrics] = {}
        """The metrics of the agents, after they are read."""

    @functools.cached_property
    def lists(self) -> Lists:
        """Nodes and Peers as the API server sent them."""
        return _read_lists(self._client)

    @functools.cached_property
    def record(self) -> RecordedObjects:
        """The other objects that were read."""
        return RecordedObjects(self._below.objects())

    def mesh(self) -> Mesh:
        """Return the mesh of both lists, read once."""
        lists = self.lists
        nodes = (translate_node(raw, self._topology_label) for raw in lists.nodes)
        return Mesh.of(nodes, map(translate_peer, lists.peers), lists.now, lists.clock_skew)

    def objects(self) -> RecordedObjects:
        """Return the reader of other objects, which records them."""
        return self.record

    def agents(self, pods: Collection[KgPod]) -> Mapping[str, AgentMetrics]:
        """Return the metrics of the agents, and record them."""
        self.read_agents = self._below.agents(pods)
        return self.read_agents

    def networks(self) -> Networks:
        """Return the network settings of the cluster, which are detected once."""
        return self._networks

    @functools.cached_property
    def _networks(self) -> Networks:
        return find_networks(self.record, self.mesh)

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        """Return the store that changes Peers."""
        return self._peers(dry_run=dry_run, request_timeout=request_timeout)

    def log(self, namespace: str, pod: str, container: str) -> str:
        """Return the newest lines of a container's log; raise KgctlError if they cannot be read."""
        return read_log(self._client, namespace, pod, container)


def _read_lists(client: Client) -> Lists:
    peers, _ = retry_expired(lambda: read_whole_list(client, resources.PEER_LIST))
    nodes, response_time = retry_expired(lambda: read_whole_list(client, resources.NODE_LIST))
    skew = response_time.clock_skew
    return Lists(nodes=tuple(nodes), peers=tuple(peers), now=time.time() - skew, clock_skew=skew)


def read_whole_list(client: Client, source: Source[Any]) -> tuple[list[Any], ResponseTime]:
    """Return the objects of a list as sent, and the time of the last response; raise KgctlError."""
    items: list[Any] = []
    response_time = ResponseTime(None, 0)
    pages = Page[source.item]  # type: ignore[name-defined]
    for page, response_time in list_pages(client, source.path, source.kind, pages, {}):  # noqa: B007 # the last one counts
        items.extend(page.items or ())
    for item in items:
        check_name(item, f"{client.server}{source.path}")
    return items, response_time
