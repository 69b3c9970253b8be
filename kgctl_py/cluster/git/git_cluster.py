"""A cluster whose Peers are files in a folder kept in Git, and whose Nodes are those of another cluster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from kgctl_py.cluster.delegating_cluster import Overlay
from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.cluster.git.git_peers import FolderPeerStore
from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.read_only_peers import ReadOnlyPeers
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.mesh.model import Mesh
from kgctl_py.notice import Notice, warning
from kgctl_py.value import replace

if TYPE_CHECKING:
    from kgctl_py.kilo.networks import Networks

_EMPTY = Mesh((), (), 0)


class FolderCluster(Overlay):
    """The Cluster as it is once folders are applied: their Peers, and no others (`--from-file DIR`)."""

    def __init__(self, folders: Sequence[str], nodes: Cluster) -> None:
        super().__init__(nodes)
        self._folders = tuple(folders)
        self._mesh: Mesh | None = None
        self._notices: tuple[Notice, ...] = ()

    @property
    def source(self) -> str:
        """The folders."""
        return ", ".join(self._folders)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the folders were read without, and what is remarkable about the cluster below."""
        return (*self._notices, *self._below.notices)

    def mesh(self) -> Mesh:
        """Return the Peers of the folders, and the Nodes of the cluster below, read once."""
        if self._mesh is None:
            folders = [Folder(folder) for folder in self._folders]
            peers = [listed.peer for folder in folders for listed in folder.peers()]
            self._notices = tuple(notice for folder in folders for notice in folder.notices)
            below = self._below.mesh()
            self._mesh = Mesh.of(below.nodes, peers, below.now, below.clock_skew)
        return self._mesh

    def refresh(self) -> None:
        """Forget what was read of the folders, and of the cluster below."""
        self._mesh = None
        super().refresh()

    def follow(self) -> NoReturn:
        """Raise UsageError: folders are not followed."""
        raise UsageError("cannot watch a cluster in a file: it does not change", hint="leave out --from-file")

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> ReadOnlyPeers:  # noqa: ARG002
        """Return the Peers, to look at."""
        return ReadOnlyPeers(self.mesh, "to change the folder, use --git")


class GitCluster(Overlay):
    """The Cluster whose Peers are changed in a locked folder; those of the cluster below count, too (`--git DIR`).

    Where Nodes are not needed, a cluster below that cannot be read is only a notice. Each file of the folder is
    read once: while it is locked, only this program changes it.
    """

    def __init__(self, folder: Folder, below: Cluster, *, needs_nodes: bool) -> None:
        super().__init__(below)
        self._folder = folder
        self._store = FolderPeerStore(folder, self.mesh)
        self._needs_nodes = needs_nodes
        self._mesh_below: Mesh | None = None
        self._unreadable: KgctlError | None = None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the folder was read without, and that no cluster was looked at, where none can be read."""
        if self._unreadable is None:
            return (*self._folder.notices, *(() if self._mesh_below is None else self._below.notices))
        error = self._unreadable
        return (
            *self._folder.notices,
            warning(f"cannot read the cluster, so kgctl uses only the files: {error.message}", error.hint),
        )

    def mesh(self) -> Mesh:
        """Return the cluster below, with each Peer that the folder has as it is in the folder."""
        below = self._read_below()
        peers = {peer.name: peer for peer in (*below.peers, *self._store.known_peers())}
        return replace(below, peers=tuple(peers[name] for name in sorted(peers)))

    def refresh(self) -> None:
        """Forget nothing: nobody else changes a locked folder."""

    def networks(self) -> "Networks":
        """Return the networks of the cluster below, if it can be read."""
        from kgctl_py.kilo.networks import Networks

        self._read_below()
        return Networks() if self._unreadable else self._below.networks()

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> FolderPeerStore:  # noqa: ARG002
        """Return the folder."""
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
