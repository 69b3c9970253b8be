"""A list of a cluster as it is now: read once, then kept up to date by a watch, in a thread of its own."""

import contextlib
import random
import threading
import time
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client, Moment
from kgctl_py.kube.listwatch.watch import Event, events, open_watch
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.paging import GONE, pages, whole
from kgctl_py.kube.transport.connection import Reply
from kgctl_py.value import Value

LONGEST_PAUSE = 15
"""Seconds between two tries to reach a server, at most."""

_SHORT = 1.0
"""Seconds; a watch that ends sooner counts as a failure, lest a server that ends each at once be hammered."""

W = TypeVar("W", bound=decoding.Watched)


class Source(Value, Generic[W], frozen=True):
    """Where a list is, and what it holds."""

    path: str
    page: type[decoding.Page[W]]
    object: type[W]


class Sink(Protocol[W]):
    """Who is told of the list, always by the mirror's own thread."""

    def listed(self, objects: Sequence[W], moment: Moment) -> None:
        """Take all objects, in the place of those known before."""

    def happened(self, event: Event[W]) -> None:
        """Take what has happened since."""

    def lost(self, trouble: KgctlError) -> None:
        """Learn that the server cannot be asked at the moment, perhaps again and again."""

    def regained(self) -> None:
        """Learn that the watch goes on."""

    def failed(self, error: Exception) -> None:
        """Learn that the mirror itself has ended, by a fault."""


class Mirror(Generic[W]):
    """Tells `sink` of the list at `source`, until it is closed."""

    def __init__(self, client: Client, source: Source[W], sink: Sink[W]) -> None:
        self._client, self._source, self._sink = client, source, sink
        self._version = ""  # to watch from; none when the list has to be read anew
        self._stale = self._closed = False
        self._reply: Reply | None = None
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mirror of {source.path}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def refresh(self) -> None:
        """Read the list anew, at once."""
        with self._lock:
            self._stale = True
        self._interrupt()

    def close(self) -> None:
        """End; what is being asked of the server is not waited for."""
        with self._lock:
            self._closed = True
        self._interrupt()
        self._thread.join(timeout=1)

    def _interrupt(self) -> None:
        self._woken.set()
        with self._lock:
            reply = self._reply
        if reply:
            reply.close()

    def _run(self) -> None:
        try:
            failures = 0
            while not self._closed:
                self._woken.clear()
                failures = 0 if self._once() else failures + 1
                self._woken.wait(_pause(failures))
        except Exception as error:  # it is raised again where the mesh is asked for
            self._sink.failed(error)

    def _once(self) -> bool:
        """List if need be, and watch until that ends; tell whether it went well for a while."""
        with self._lock:
            if self._stale:
                self._stale, self._version = False, ""
        try:
            reply = self._opened()
        except KgctlError as error:
            self._version = ""
            if not (isinstance(error, ApiError) and error.status == GONE):
                self._sink.lost(error)
            return False
        self._sink.regained()
        began = time.monotonic()
        self._follow(reply)
        return time.monotonic() - began >= _SHORT

    def _opened(self) -> Reply:
        path = self._source.path
        if not self._version:
            listed = whole(lambda: list(pages(self._client, path, self._source.page, {})))
            self._sink.listed([raw for page, _ in listed for raw in page.items or ()], listed[-1][1])
            self._version = listed[-1][0].metadata.resource_version
        reply = open_watch(self._client, path, self._version)
        with self._lock:
            self._reply = reply
            if self._stale or self._closed:
                reply.close()
        return reply

    def _follow(self, reply: Reply) -> None:
        """Pass on what happens; when the stream breaks, what was missed is found by a new list."""
        source = self._source
        try:
            with contextlib.closing(reply):
                for event in events(reply.lines(), source.object, path=source.path, server=self._client.server):
                    self._sink.happened(event)
                    self._version = event.object.metadata.resource_version
        except (KgctlError, TimeoutError):
            self._version = ""
        except Exception:  # a reply that was closed meanwhile may break in any way; others are faults
            if not (self._stale or self._closed):
                raise
        finally:
            self._reply = None


def _pause(failures: int) -> float:
    """Give the seconds before another try: none at first, then more and more, not the same for all clients."""
    return random.uniform(0.5, 1) * min(LONGEST_PAUSE, 2 ** (failures - 1)) if failures > 1 else 0  # noqa: S311
