"""A live cluster: reads each list once from its API server, and then follows it with a watch."""

import contextlib
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from kgctl_py.cluster import KeptReads
from kgctl_py.cluster.open import Options
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kilo.resources import NODE_LIST, PEER_LIST
from kgctl_py.kube.auth import Overrides
from kgctl_py.kube.background_thread import Background
from kgctl_py.kube.client import Client
from kgctl_py.kube.read_list import read_list
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh, Node

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Access, PeerStore, PodStore, Waiting
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.cluster.object_informer import ObjectInformer, Place
    from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
    from kgctl_py.kilo.find_networks import Networks
    from kgctl_py.kube.object_store import ObjectStore
    from kgctl_py.kube.objects.kinds import Kind
    from kgctl_py.kube.objects.reader import Objects
    from kgctl_py.notice import Notice


class ApiCluster(KeptReads):
    """The Cluster behind an API server, which is contacted only when a method needs it."""

    notices: "tuple[Notice, ...]" = ()
    is_live = True

    def __init__(self, options: Options, waiting: "Waiting" = contextlib.nullcontext) -> None:
        super().__init__()
        self._options = options
        self._waiting = waiting
        self._exact = False
        self.client = self._open_client(options.request_timeout)

    @property
    def source(self) -> str:
        """The context that the user or the kubeconfig chooses; empty in a pod."""
        return self.client.context or "the cluster"

    @property
    def lookups_off(self) -> str:
        """Why host names are not looked up."""
        return "" if self._options.resolve else "--no-resolve"

    def refresh(self) -> None:
        """Discard what was read; later reads have all changes made before this call."""
        super().refresh()
        self._exact = True

    def follow(self) -> "MeshInformer":
        """Return the mesh kept current by watches."""
        from kgctl_py.cluster.mesh_informer import MeshInformer

        return MeshInformer(self.client, topology_label=self._options.topology_label)

    def objects(self) -> "Objects":
        """Return the reader of other objects."""
        from kgctl_py.kube.api_objects import ApiObjects

        self.client.connect()
        return ApiObjects(self.client)

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> "PeerStore":
        """Return the store that changes Peers."""
        from kgctl_py.cluster.api_peers import ApiPeerStore

        client = self.client if request_timeout is None else self._open_client(request_timeout)
        return ApiPeerStore(client, self.mesh, dry_run=dry_run)

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        """Set annotations of a Node; raise ApiError when the server refuses."""
        from kgctl_py.kube.objects.kinds import path_segment  # most commands do not change Nodes

        path = f"{resources.NODES_PATH}/{path_segment(name)}"
        query = {"dryRun": "All"} if dry_run else {}
        self._exact = True
        self.client.send("PATCH", path, {"metadata": {"annotations": dict(annotations)}}, query)

    def pods(self, namespace: str) -> "PodStore":
        """Return the store that runs pods in a namespace."""
        from kgctl_py.cluster.api_pods import ApiPodStore  # most commands do not run pods

        return ApiPodStore(self.client, namespace)

    def object_store(self, kind: "Kind[Any]", namespace: str, *, dry_run: bool = False) -> "ObjectStore":
        """Return the store that changes objects of a kind in a namespace."""
        from kgctl_py.kube.object_store import ApiObjectStore  # most commands do not change such objects

        return ApiObjectStore(self.client, kind, namespace, dry_run=dry_run)

    def follow_objects(self, places: "Collection[Place]") -> "ObjectInformer":
        """Return objects kept current by watches."""
        from kgctl_py.cluster.object_informer import ObjectInformer

        return ObjectInformer(self.client, places)

    def agents(self, pods: "Collection[KgPod]") -> "Mapping[str, AgentMetrics]":
        """Return the metrics of the agents in these pods."""
        from kgctl_py.cluster.read_agents import read_agents  # only `check` and `gather` ask agents

        with self._waiting("asking the agents of Kilo"):
            return read_agents(self.client, pods)

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:
        """Return the addresses of the host names that resolve in time."""
        if self.lookups_off:
            return {}
        from kgctl_py.net.resolve import look_up

        with self._waiting("resolving the DNS names of endpoints"):
            return look_up(hosts)

    def access(self) -> "Access":
        """Return the connection to the server, and which of the two lists it refuses."""
        from kgctl_py.cluster.api_access import ask_access

        return ask_access(self.client, self.objects())

    def _read_mesh(self) -> Mesh:
        """Read Nodes and Peers at the same time.

        The first list of Nodes is from the server's cache, which can be a moment old.
        """
        self.client.connect()  # before any output: a credential plugin can prompt the user
        with self._waiting(f"reading nodes and peers from {self.source}"):
            peers = Background(lambda _: read_list(self.client, PEER_LIST, translate_peer, exact=True))
            nodes = read_list(self.client, NODE_LIST, self._translate_node, exact=self._exact)
            skew = nodes.time.clock_skew
            return Mesh.of(nodes.values, peers.result().values, time.time() - skew, skew)

    def _find_networks(self) -> "Networks":
        self.client.connect()
        with self._waiting(f"reading network settings from {self.source}"):
            return super()._find_networks()

    def _open_client(self, request_timeout: float) -> Client:
        options = self._options
        return Client(
            kubeconfig=options.kubeconfig,
            context=options.context,
            request_timeout=request_timeout,
            overrides=Overrides(
                cluster=options.cluster,
                user=options.user,
                as_=options.as_user,
                as_groups=options.as_groups,
                as_uid=options.as_uid,
            ),
            attended=options.attended,
            waiting=self._waiting,
            crds=resources.CRD_COMMANDS,
        )

    def _translate_node(self, raw: resources.Node) -> Node:
        return translate_node(raw, self._options.topology_label)
