"""The events that connect handles, in order: a mesh, a change of connectivity, or a tick."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.mesh_updates import Live
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value

_FIRST_QUIET = 0.01
"""Seconds to wait for more changes: short, so that a changed endpoint is used at once."""


class ConnectivityChange(Value, frozen=True):
    """The API server stops or starts responding."""

    now: Connectivity
    before: Connectivity


class Tick(Value, frozen=True):
    """No other event happened for a while."""


Event = Mesh | ConnectivityChange | Tick


class Events:
    """The events of one run until `end` is called, by a signal handler or from another thread.

    `seconds` returns how long to wait for an event before a tick follows.
    """

    def __init__(self, cluster: Cluster, resync: float, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._stop = threading.Event()
        self._live = Live(
            cluster, resync=resync, stop=self._stop, tell=self._on_connectivity, first_quiet=_FIRST_QUIET
        )
        self._queue: queue.SimpleQueue[Event | Exception | None] = queue.SimpleQueue()
        self._handled = threading.Semaphore(1)

    def end(self) -> None:
        """End the events."""
        self._stop.set()
        self._queue.put(None)

    def __iter__(self) -> Iterator[Event]:
        threading.Thread(target=self._follow, name="follow", daemon=True).start()
        while True:
            event: Event | Exception | None = Tick()
            with contextlib.suppress(queue.Empty):
                event = self._queue.get(timeout=self._seconds())
            if event is None:
                return
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, Mesh):
                self._handled.release()

    def _follow(self) -> None:
        """Wait for the next mesh after the last one was handled, so that changes in between are one event."""
        try:
            self._handled.acquire()
            for mesh in self._live:
                self._queue.put(mesh)
                self._handled.acquire()
        except Exception as error:  # the thread that waits for events raises it
            self._queue.put(error)

    def _on_connectivity(self, now: Connectivity, before: Connectivity) -> None:
        self._queue.put(ConnectivityChange(now, before))
