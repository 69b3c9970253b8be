"""The one seam to a cluster: what every command asks, whether an API server, saved files or a folder answers."""

import http
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.notice import Notice
from kgctl_py.value import Value, field

if TYPE_CHECKING:
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.kilo.networks import Networks
    from kgctl_py.kube.objects.reader import Objects

Manifest = dict[str, Any]

NODES, PEERS = "nodes", "peers"
"""The lists that a mesh is read from, by the plural names of their resources."""

Waiting = Callable[[str], AbstractContextManager[object]]
"""Entered with a few words while something takes time, so that they can be shown."""


class MissingPeerError(KgctlError):
    """There is no Peer of that name to read, change or delete."""

    status = http.HTTPStatus.NOT_FOUND


class Access(Value, frozen=True, kw_only=True):
    """How a cluster is reached, and which of `NODES` and `PEERS` it refuses to list."""

    summary: str
    refusals: Mapping[str, KgctlError] = field(default_factory=dict)
    peers_are_namespaced: bool = False


class PeerStore(Protocol):
    """A place to change Peers. Every method raises KgctlError; `status` 404 says that a Peer does not exist."""

    def title(self, name: str) -> str:
        """Return the words for a Peer in messages, with its place when that is not the cluster."""
        ...

    def check_new(self, name: str) -> None:
        """Raise KgctlError when a Peer of that name cannot be created because one exists. Costs `mesh`."""
        ...

    def check_existing(self, *names: str) -> None:
        """Raise KgctlError when one of these names has no Peer that can be changed. Costs `mesh`."""
        ...

    def get(self, name: str) -> Manifest:
        """Return a whole Peer, with the fields that kgctl does not know. Costs one request, or none for files."""
        ...

    def create(self, manifest: Manifest) -> Manifest:
        """Create a Peer, and return it as it is stored. Costs one request, or writes two files."""
        ...

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace a Peer that was read before. Costs one request, or writes one file."""
        ...

    def known_peers(self) -> tuple[Peer, ...]:
        """Return the Peers that can be changed here, as they were read. Costs `mesh`."""
        ...

    def touch(self, name: str) -> None:
        """Change an annotation of a Peer, so that every agent reads it anew. Costs two requests.

        Raise KgctlError where no agent would notice, as in files.
        """
        ...

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete a Peer; with `version`, only as it was read then, where versions exist. Costs one request."""
        ...


class Cluster(Protocol):
    """Nodes, Peers, and what else a cluster tells. What is read is read once and kept until `refresh`."""

    @property
    def source(self) -> str:
        """The context or the files that it is read from, for messages. Costs nothing."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether a second look may show something else. Costs nothing."""
        ...

    @property
    def lookups_off(self) -> str:
        """Why host names are not looked up; empty when they are. Costs nothing."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the user should know of the mesh as it was read. Costs nothing; of use after `mesh`."""
        ...

    def mesh(self) -> Mesh:
        """Return all Nodes and Peers; raise KgctlError when they cannot be read whole.

        Costs the pages of two lists, or one read of each file; the second call costs nothing.
        """
        ...

    def refresh(self) -> None:
        """Forget what was read, but not the credentials: the next call reads anew. Costs nothing."""
        ...

    def follow(self) -> "MeshInformer":
        """Return the mesh kept current by watches, until it is closed.

        Raise UsageError when the cluster cannot change. Costs two lists, then two watches.
        """
        ...

    def objects(self) -> "Objects":
        """Return the reader of other objects; it raises UnreadableError for what it may not read.

        Costs one list for each kind that is asked for.
        """
        ...

    def networks(self) -> "Networks":
        """Return what is known of the cluster's networks: about ten requests once, then nothing."""
        ...

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        """Return where Peers are changed; in files, a change is a UsageError. Costs nothing.

        With `dry_run`, the server judges each change and then forgets it. The timeout is in seconds.
        """
        ...

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        """Set annotations of a Node, and remove those that are None; in files, a UsageError. Costs one request."""
        ...

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:
        """Return the addresses of host names, as many as answer within two seconds. Costs a query a name."""
        ...

    def access(self) -> Access:
        """Return how the cluster is reached; raise KgctlError when it does not answer. Costs four requests."""
        ...
