"""A stream of meshes: one at the start, one after each change that matters to Kilo, and one at each resync."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kgctl_py.cluster.interface import Cluster
from kgctl_py.mesh.nodes_and_peers import Mesh

if TYPE_CHECKING:
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.kube.listwatch.connectivity import Connectivity

_QUIET = 0.1
"""Seconds without a change after which a burst is over."""
_BURST = 0.5
"""Maximum seconds of a burst, so that a change arrives within a second."""
_LOOK = 0.2
"""Seconds between two checks of what has no event: `stop` and the time."""


class Live:
    """The meshes of a cluster, one after the other, until `stop` is set; a caller that leaves the loop closes it.

    The first mesh comes at once; if it cannot be read, KgctlError is raised. The next one comes after a change
    that matters to Kilo (a heartbeat of a node does not), or after `resync` seconds. While the API server is
    unreachable, the mesh does not change. `tell` gets the new and the old connectivity when it is lost and when it
    is back. A change after a quiet time is passed on after `first_quiet` seconds without another change.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        resync: float,
        stop: threading.Event,
        tell: "Callable[[Connectivity, Connectivity], None]",
        first_quiet: float = _QUIET,
    ) -> None:
        self._cluster, self._resync, self._stop, self._tell = cluster, resync, stop, tell
        self._first_quiet = first_quiet
        self._calm_after = 0.0  # the time of the monotonic clock after which a change starts a new burst
        self.connectivity: Connectivity | None = None

    def __iter__(self) -> Iterator[Mesh]:
        with contextlib.closing(self._cluster.follow()) as informer:
            self.connectivity = informer.connectivity
            while not (informer.is_answered or self._stop.is_set()):
                informer.changed.wait(_LOOK)
            last: Mesh | None = None
            due = 0.0
            while not self._stop.is_set():
                before, last = last, informer.mesh()
                if before is None or time.monotonic() >= due or _differ(before, last):
                    self._calm_after = time.monotonic() + _BURST if before else 0.0
                    due = time.monotonic() + self._resync
                    yield last
                self._wait(informer, due)

    def _wait(self, informer: "MeshInformer", due: float) -> None:
        """Wait for a change, for the time `due` of the monotonic clock, or for `stop`."""
        while not self._stop.is_set() and time.monotonic() < due:
            if informer.changed.wait(max(0, min(_LOOK, due - time.monotonic()))):
                first_quiet = self._first_quiet if time.monotonic() >= self._calm_after else _QUIET
                let_settle(informer.changed, self._stop, first_quiet)
                self._tell_connectivity(informer.connectivity)
                return
            informer.mind_the_time()

    def _tell_connectivity(self, connectivity: "Connectivity") -> None:
        before, self.connectivity = self.connectivity, connectivity
        if before and bool(before.error) != bool(connectivity.error):
            self._tell(connectivity, before)


def let_settle(changed: threading.Event, stop: threading.Event, first_quiet: float = _QUIET) -> None:
    """Clear `changed`, and return when a burst of changes is over: `first_quiet` seconds after a single one."""
    end, quiet = time.monotonic() + _BURST, first_quiet
    while changed.is_set() and not stop.is_set() and time.monotonic() < end:
        changed.clear()
        changed.wait(quiet)
        quiet = _QUIET


def _differ(before: Mesh, now: Mesh) -> bool:
    """Return whether anything differs; a last-seen time counts only if it changes whether a node is ready."""
    if before.peers != now.peers or len(before.nodes) != len(now.nodes):
        return True
    pairs = zip(before.nodes, now.nodes, strict=True)
    changed = [(old, new) for old, new in pairs if old is not new]  # nearly all are the same object
    if any(old.ageless() != new.ageless() for old, new in changed):
        return True
    return [node.name for node in before.ready_nodes] != [node.name for node in now.ready_nodes]
