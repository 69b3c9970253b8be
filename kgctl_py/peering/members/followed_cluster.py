"""A cluster whose mesh watches keep current."""

from typing import TYPE_CHECKING

from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.cluster.overlay import Overlay
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh

if TYPE_CHECKING:
    from kgctl_py.cluster.mesh_informer import MeshInformer


class FollowedCluster(Overlay):
    """A cluster on top of another one, with the latest mesh from the API server."""

    def __init__(self, below: Cluster) -> None:
        super().__init__(below)
        self.informer: MeshInformer = below.follow()

    def mesh(self) -> Mesh:
        """Return the current mesh; raise KgctlError if it was never read."""
        return self.informer.mesh()

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        """Return the Peers of the underlying cluster."""
        return self._below.peers(dry_run=dry_run, request_timeout=request_timeout)

    @property
    def is_ready(self) -> bool:
        """Whether the mesh was read, or reading it failed."""
        return self.informer.is_answered

    @property
    def error(self) -> KgctlError | None:
        """The reason why the API server is unreachable, if it is."""
        return self.informer.connectivity.error

    def take_change(self) -> bool:
        """Return whether anything changed since the last call."""
        changed = self.informer.changed.is_set()
        self.informer.changed.clear()
        return changed

    def mind_the_time(self) -> None:
        """Read again if a node may have become stale."""
        self.informer.mind_the_time()

    def read_anew(self) -> None:
        """Read the mesh and the networks again, without a cache."""
        self._below.refresh()
        self.informer.refresh()

    def close(self) -> None:
        """End the watches."""
        self.informer.close()
