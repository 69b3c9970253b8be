"""A mesh that is followed in a thread, and what came of it."""

import contextlib
import queue
import threading
import time
from collections.abc import Iterator

from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.mesh_updates import Live
from kgctl_py.errors import KgctlError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.options import Options


class Following:
    """Follows a mesh, with an hour between two resyncs unless it is told otherwise."""

    def __init__(self, kubeconfig: str, *, resync: float = 3600) -> None:
        self.stop = threading.Event()
        self.connectivities: list[Connectivity] = []
        self.error: KgctlError | None = None
        self._meshes: queue.SimpleQueue[Mesh] = queue.SimpleQueue()
        cluster = ApiCluster(Options(kubeconfig=kubeconfig, request_timeout=5))
        self.live = Live(
            cluster, resync=resync, stop=self.stop, tell=lambda now, _: self.connectivities.append(now)
        )
        self.thread = threading.Thread(target=self._follow)

    def _follow(self) -> None:
        try:
            for mesh in self.live:
                self._meshes.put(mesh)
        except KgctlError as error:
            self.error = error

    def next(self, within: float = 5) -> Mesh:
        """Return the next mesh; queue.Empty when there is none in time."""
        return self._meshes.get(timeout=within)

    def rest(self, quiet: float = 1) -> list[Mesh]:
        """Return the meshes that still come, until none does for a while."""
        meshes = []
        with contextlib.suppress(queue.Empty):
            while True:
                meshes.append(self.next(quiet))
        return meshes

    def ends_within(self, seconds: float) -> bool:
        """Stop, and tell whether that was done in time."""
        started = time.monotonic()
        self.stop.set()
        self.thread.join()
        return time.monotonic() - started < seconds


@contextlib.contextmanager
def following(kubeconfig: str, *, resync: float = 3600) -> Iterator[Following]:
    """Follow the mesh of a cluster until the block is left."""
    follower = Following(kubeconfig, resync=resync)
    follower.thread.start()
    try:
        yield follower
    finally:
        follower.stop.set()
        follower.thread.join()
