"""A mesh that is followed in a thread, and what came of it."""

import contextlib
import queue
import threading
from collections.abc import Iterator

from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.mesh_informer import MeshInformer
from kgctl_py.cluster.mesh_updates import Live
from kgctl_py.cluster.open import Options
from kgctl_py.errors import KgctlError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.kube.watched import ClockAhead, short_backoff


class _QuickCluster(ApiCluster):
    """A cluster that asks again soon after a failure, and whose clock a test can put ahead."""

    def __init__(self, options: Options, clock: ClockAhead) -> None:
        super().__init__(options)
        self._clock = clock

    def follow(self) -> MeshInformer:
        return MeshInformer(self.client, backoff=short_backoff, clock=self._clock)


class Following:
    """Follows a mesh, with an hour between two resyncs unless it is told otherwise."""

    def __init__(self, kubeconfig: str, *, resync: float = 3600) -> None:
        self.clock = ClockAhead()
        self.stop = threading.Event()
        self.connectivities: list[Connectivity] = []
        self.error: KgctlError | None = None
        self._meshes: queue.SimpleQueue[Mesh] = queue.SimpleQueue()
        cluster = _QuickCluster(Options(kubeconfig=kubeconfig, request_timeout=5), self.clock)
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

    def next(self, within: float = 30) -> Mesh:
        """Return the next mesh; queue.Empty when there is none in time."""
        return self._meshes.get(timeout=within)

    def rest(self, quiet: float = 1) -> list[Mesh]:
        """Return the meshes that still come, until none does for a while."""
        meshes = []
        with contextlib.suppress(queue.Empty):
            while True:
                meshes.append(self.next(quiet))
        return meshes

    def end(self) -> None:
        """Stop, and wait until that is done."""
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


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
