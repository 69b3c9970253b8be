"""A cluster during whose calls something else happens: other users act, or kgctl is interrupted."""

from collections.abc import Callable
from typing import Any, cast

from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.cluster.overlay import Overlay
from kgctl_py.mesh.nodes_and_peers import Mesh

Deed = Callable[[], object]


class Meanwhile:
    """What happens before or after the first call of a method of the cluster, or of its Peers."""

    def __init__(self, *, before: dict[str, Deed] | None = None, after: dict[str, Deed] | None = None) -> None:
        self._before, self._after = before or {}, after or {}

    def __call__(self, options: Options) -> Cluster:
        """Return the cluster that the options mean, as kgctl opens it."""
        return _Cluster(open_cluster(options), self)

    def call(self, name: str, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Call a method, and do what there is to do before and after."""
        self._before.pop(name, _nothing)()
        result = method(*args, **more)
        self._after.pop(name, _nothing)()
        return result


def _nothing() -> None:
    pass


class _Cluster(Overlay):
    def __init__(self, below: Cluster, meanwhile: Meanwhile) -> None:
        super().__init__(below)
        self._meanwhile = meanwhile

    def mesh(self) -> Mesh:
        return self._below.mesh()

    def refresh(self) -> None:
        self._meanwhile.call("refresh", self._below.refresh)

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        store = self._below.peers(dry_run=dry_run, request_timeout=request_timeout)
        return cast("PeerStore", _Store(store, self._meanwhile))


class _Store:
    def __init__(self, below: PeerStore, meanwhile: Meanwhile) -> None:
        self._below, self._meanwhile = below, meanwhile

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._below, name)
        return lambda *args, **more: self._meanwhile.call(name, method, *args, **more)
