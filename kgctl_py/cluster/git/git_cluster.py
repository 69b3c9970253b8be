"""A cluster whose Peers are files in a Git folder, and whose Nodes come from another cluster."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.cluster.git.git_peers import FolderPeerStore
from kgctl_py.cluster.overlay import Overlay
from kgctl_py.errors import KgctlError, NoKubeconfigError, UnusableFolderError, UsageError
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Notice, warning
from kgctl_py.value import replace

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Access, Cluster
    from kgctl_py.cluster.peer_stores import ReadOnlyPeers
    from kgctl_py.kilo.find_networks import Networks

_EMPTY = Mesh((), (), 0)


class FolderCluster(Overlay):
    """The Cluster after the folders are applied: it has only their Peers (`--from-file DIR`)."""

    def __init__(self, folders: Sequence[str], nodes: "Cluster") -> None:
        super().__init__(nodes)
        self._folders = tuple(folders)
        self._mesh: Mesh | None = None
        self._peers: tuple[Peer, ...] | None = None
        self._notices: tuple[Notice, ...] = ()

    @property
    def source(self) -> str:
        """The folders."""
        return ", ".join(self._folders)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What kgctl did not read in the folders, and the notices of the cluster below."""
        return (*self._notices, *self._below.notices)

    def mesh(self) -> Mesh:
        """Return the Peers of the folders, and the Nodes of the cluster below, read once."""
        if self._mesh is None:
            peers = self._read_peers()
            with self._explained():
                below = self._below.mesh()
            self._mesh = Mesh.of(below.nodes, peers, below.now, below.clock_skew)
        return self._mesh

    def access(self) -> "Access":
        """Return the connection to the cluster below; raise UnusableFolderError if a folder cannot be read."""
        try:
            self._read_peers()
        except KgctlError as error:
            raise UnusableFolderError(error.message, hint=error.hint) from None
        with self._explained():
            return super().access()

    def refresh(self) -> None:
        """Discard what was read from the folders and from the cluster below."""
        self._mesh = self._peers = None
        super().refresh()

    def follow(self) -> NoReturn:
        """Raise UsageError, because kgctl does not watch folders."""
        raise UsageError("cannot watch a folder", hint="leave out --from-file")

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> "ReadOnlyPeers":  # noqa: ARG002
        """Return the Peers, which cannot be changed."""
        from kgctl_py.cluster.peer_stores import ReadOnlyPeers  # --git changes the folder

        return ReadOnlyPeers(self.mesh, "to change the folder, use --git")

    def _read_peers(self) -> tuple[Peer, ...]:
        """Return the Peers of the folders, read once."""
        if self._peers is None:
            folders = [Folder(folder) for folder in self._folders]
            self._peers = tuple(listed.peer for folder in folders for listed in folder.peers())
            self._notices = tuple(notice for folder in folders for notice in folder.notices)
        return self._peers

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise UnusableFolderError if the block finds no cluster for the Nodes: a folder contains only Peers."""
        try:
            yield
        except NoKubeconfigError as error:
            message = f'"{self.source}" contains only Peers, and the cluster with the Nodes is unknown: '
            raise UnusableFolderError(
                message + error.message, hint=f"{error.hint}, or add a file with the Nodes: --from-file FILE"
            ) from None


class GitCluster(Overlay):
    """The Cluster that changes Peers in a locked folder; it also has those of the cluster below (`--git DIR`).

    If no Nodes are needed, a cluster below that cannot be read is only a notice. Each file of the folder is
    read once: while it is locked, only this program changes it.
    """

    def __init__(self, folder: Folder, below: "Cluster", *, needs_nodes: bool) -> None:
        super().__init__(below)
        self._folder = folder
        self._store = FolderPeerStore(folder, self.mesh)
        self._needs_nodes = needs_nodes
        self._mesh_below: Mesh | None = None
        self._unreadable: KgctlError | None = None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What kgctl did not read in the folder, and whether it could not read the cluster below."""
        if self._unreadable is None:
            return (*self._folder.notices, *(() if self._mesh_below is None else self._below.notices))
        error = self._unreadable
        return (
            *self._folder.notices,
            warning(f"cannot read the cluster, so kgctl uses only the files: {error.message}", error.hint),
        )

    def mesh(self) -> Mesh:
        """Return the mesh of the cluster below; Peers of the folder replace those with the same names."""
        below = self._read_below()
        peers = {peer.name: peer for peer in (*below.peers, *self._store.known_peers())}
        return replace(below, peers=tuple(peers[name] for name in sorted(peers)))

    def refresh(self) -> None:
        """Do nothing, because no other program changes a locked folder."""

    def networks(self) -> "Networks":
        """Return the networks of the cluster below, or none if it cannot be read."""
        from kgctl_py.kilo.find_networks import Networks

        self._read_below()
        return Networks() if self._unreadable else self._below.networks()

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> FolderPeerStore:  # noqa: ARG002
        """Return the store that changes the folder."""
        return self._store

    def _read_below(self) -> Mesh:
        if self._mesh_below is None:
            try:
                self._mesh_below = self._below.mesh()
            except KgctlError as error:
                if self._needs_nodes:
                    raise
                self._mesh_below, self._unreadable = _EMPTY, error
        return self._mesh_below
