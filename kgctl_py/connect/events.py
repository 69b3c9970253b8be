"""What connect waits for, one after the other: another mesh, news of the API server, a second gone by, the end."""

import contextlib
import queue
import threading
from collections.abc import Iterator

from kgctl_py.cluster.follow import Live
from kgctl_py.cluster.interface import Cluster
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.model import Mesh
from kgctl_py.value import Value

_TICK = 1.0


class ContactChange(Value, frozen=True):
    """The API server is gone, or is back."""

    now: Connectivity
    before: Connectivity


class Tick(Value, frozen=True):
    """A second has gone by without anything else."""


Event = Mesh | ContactChange | Tick


class Events:
    """The events of one run, until `end` is called, which may be done by a signal handler or another thread."""

    def __init__(self, cluster: Cluster, resync: float) -> None:
        self._stop = threading.Event()
        self._live = Live(cluster, resync=resync, stop=self._stop, tell=self._tell)
        self._queue: queue.SimpleQueue[Event | Exception | None] = queue.SimpleQueue()
        self._wanted = threading.Semaphore(1)

    def end(self) -> None:
        """Have the events end."""
        self._stop.set()
        self._queue.put(None)

    def __iter__(self) -> Iterator[Event]:
        threading.Thread(target=self._follow, name="follow", daemon=True).start()
        while True:
            event: Event | Exception | None = Tick()
            with contextlib.suppress(queue.Empty):
                event = self._queue.get(timeout=_TICK)
            if event is None:
                return
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, Mesh):
                self._wanted.release()

    def _follow(self) -> None:
        """Ask for the next mesh when the last one has been dealt with: what changes meanwhile comes as one."""
        try:
            self._wanted.acquire()
            for mesh in self._live:
                self._queue.put(mesh)
                self._wanted.acquire()
        except Exception as error:  # it is raised where the events are waited for
            self._queue.put(error)

    def _tell(self, now: Connectivity, before: Connectivity) -> None:
        self._queue.put(ContactChange(now, before))
