"""The protocol of a cluster; an API server, saved files, and a Git folder implement it."""

import http
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Notice
from kgctl_py.value import Value, field

if TYPE_CHECKING:
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.cluster.object_informer import ObjectInformer, Place
    from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
    from kgctl_py.kilo.find_networks import Networks
    from kgctl_py.kube.object_store import ObjectStore
    from kgctl_py.kube.objects.kinds import Kind
    from kgctl_py.kube.objects.reader import Objects

Manifest = dict[str, Any]

NODES, PEERS = "nodes", "peers"
"""The lists that a mesh is read from, by the plural names of their resources."""

Waiting = Callable[[str], AbstractContextManager[object]]
"""Returns a context that shows a text while an operation runs."""


class MissingPeerError(KgctlError):
    """The Peer does not exist."""

    status = http.HTTPStatus.NOT_FOUND


class Access(Value, frozen=True, kw_only=True):
    """The connection to a cluster, and which of `NODES` and `PEERS` the user cannot list."""

    summary: str
    refusals: Mapping[str, KgctlError] = field(default_factory=dict)
    peers_are_namespaced: bool = False


class PeerStore(Protocol):
    """A store that changes Peers. Every method raises KgctlError; with `status` 404, a Peer does not exist."""

    def title(self, name: str) -> str:
        """Return the name of a Peer for messages, with its file if it is not in the cluster."""
        ...

    def check_new(self, name: str) -> None:
        """Raise KgctlError if a Peer with this name exists. Costs `mesh`."""
        ...

    def check_existing(self, *names: str) -> None:
        """Raise KgctlError unless the Peers exist; without names, if nothing can be changed. Costs `mesh`."""
        ...

    def get(self, name: str) -> Manifest:
        """Return a Peer with all its fields, also unknown ones. Costs one request, or none for files."""
        ...

    def create(self, manifest: Manifest) -> Manifest:
        """Create a Peer, and return it as it is stored. Costs one request, or writes two files."""
        ...

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace a Peer that was read before. Costs one request, or writes one file."""
        ...

    def known_peers(self) -> tuple[Peer, ...]:
        """Return the Peers that can be changed in this store. Costs `mesh`."""
        ...

    def touch(self, name: str) -> None:
        """Change an annotation of a Peer, so that every agent reads the Peer again. Costs two requests.

        Raise KgctlError for files, because agents do not see them.
        """
        ...

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete a Peer; with `version`, only if it still has this version. Costs one request."""
        ...


class PodStore(Protocol):
    """A store that runs pods in one namespace. Every method costs one request, and raises KgctlError."""

    def create(self, manifest: Manifest) -> None:
        """Create a pod."""
        ...

    def get(self, name: str) -> Manifest:
        """Return a pod with all its fields."""
        ...

    def delete(self, name: str) -> None:
        """Delete a pod, which ends at once."""
        ...


class Cluster(Protocol):
    """Nodes, Peers, and other objects of a cluster, which are read once and kept until `refresh`."""

    @property
    def source(self) -> str:
        """The context or the files, for messages. Costs nothing."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether the cluster can change. Costs nothing."""
        ...

    @property
    def lookups_off(self) -> str:
        """Why host names are not resolved; empty if they are. Costs nothing."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Notices about how the mesh was read, available after `mesh`. Costs nothing."""
        ...

    def mesh(self) -> Mesh:
        """Return all Nodes and Peers; raise KgctlError if they cannot be read completely.

        Costs the pages of two lists, or one read of each file; the second call costs nothing.
        """
        ...

    def refresh(self) -> None:
        """Discard what was read, but not the credentials: the next call reads again. Costs nothing."""
        ...

    def follow(self) -> "MeshInformer":
        """Return the mesh, which watches keep current until it is closed.

        Raise UsageError if the cluster cannot change. Costs two lists, then two watches.
        """
        ...

    def objects(self) -> "Objects":
        """Return the reader of other objects, which raises UnreadableError without permission.

        Costs one list for each kind that is read.
        """
        ...

    def networks(self) -> "Networks":
        """Return the network settings of the cluster. Costs about ten requests once, then nothing."""
        ...

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        """Return the store that changes Peers; for files, each change raises UsageError. Costs nothing.

        With `dry_run`, the server validates each change and does not store it. The timeout is in seconds.
        """
        ...

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        """Set annotations of a Node, and remove those that are None; UsageError for files. Costs one request."""
        ...

    def pods(self, namespace: str) -> PodStore:
        """Return the store that runs pods in a namespace; raise UsageError for files. Costs nothing."""
        ...

    def object_store(self, kind: "Kind[Any]", namespace: str, *, dry_run: bool = False) -> "ObjectStore":
        """Return the store that changes objects of a kind in a namespace; raise UsageError for files.

        Costs nothing. With `dry_run`, the server validates each change and does not store it.
        """
        ...

    def follow_objects(self, places: "Collection[Place]") -> "ObjectInformer":
        """Return the objects of kinds and namespaces, which watches keep current until it is closed.

        Raise UsageError if the cluster cannot change. Costs a list and a watch for each place.
        """
        ...

    def agents(self, pods: "Collection[KgPod]") -> "Mapping[str, AgentMetrics]":
        """Return the metrics of the Kilo agents in these pods, by the names of their nodes.

        Raise KgctlError if none can be read. Costs one request an agent, eight at once, and at most five seconds.
        """
        ...

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:
        """Return the addresses of the host names that resolve within two seconds. Costs one query per name."""
        ...

    def access(self) -> Access:
        """Return the connection to the cluster; raise KgctlError if it does not respond. Costs four requests."""
        ...
