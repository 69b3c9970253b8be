"""A reflector: lists the objects of one kind and then watches them, in its own thread."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from kgctl_py.kube.decoding import Source
from kgctl_py.kube.http_connection import ResponseTime
from kgctl_py.kube.listwatch.silence import Silence
from kgctl_py.kube.listwatch.watch import SILENCE_SECONDS, Event, events, open_watch
from kgctl_py.kube.paging import EXPIRED
from kgctl_py.kube.read_list import read_list
from kgctl_py.kube.transport import Reply

LONGEST_PAUSE = 15
"""The longest pause in seconds before the next attempt to reach a server."""

_SHORT = 1.0
"""A watch that ends within this number of seconds counts as failed, and the next attempt waits."""

W = TypeVar("W", bound=decoding.Watched)
V = TypeVar("V")


class Sink(Protocol[W, V]):
    """Receives what a reflector reads, one call at a time."""

    def translate(self, raw: W) -> tuple[str, V]:
        """Return the name and the value of an object of a new list, which may not arrive completely."""
        ...

    def replace(self, objects: Sequence[tuple[str, V]], response_time: ResponseTime) -> None:
        """Replace all objects with those of a new list."""

    def apply(self, event: Event[W]) -> None:
        """Apply an event of the watch."""

    def disconnected(self, error: KgctlError) -> None:
        """Record that the server is unreachable; called after each failed attempt."""

    def reconnected(self) -> None:
        """Record that a watch started."""

    def failed(self, error: Exception) -> bool:
        """Record an unexpected error; return whether to continue."""


def exponential_backoff(failures: int) -> float:
    """Return the seconds before the next attempt after so many failures: exponential, with jitter."""
    return random.uniform(0.5, 1) * min(LONGEST_PAUSE, 2 ** (failures - 1)) if failures > 1 else 0  # noqa: S311


class Reflector(Generic[W, V]):
    """Keeps `sink` up to date with the list at `source` until it is closed.

    The first list may be from the server's cache. A later one is exact, so that nothing goes back in time.
    """

    def __init__(
        self,
        client: Client,
        source: Source[W],
        sink: Sink[W, V],
        backoff: Callable[[int], float] = exponential_backoff,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._client, self._source, self._sink, self._backoff = client, source, sink, backoff
        self._silence = silence
        self._version = ""  # the resource version to watch from; empty if a new list is needed
        self._listed = self._stale = self._closed = False
        self._reply: Reply | None = None
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"reflector of {source.path}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def refresh(self) -> None:
        """Read a new list at once."""
        with self._lock:
            self._stale = True
        self._interrupt()

    def close(self) -> None:
        """End the watch and the thread without waiting for a list that is being read."""
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
        failures = 0
        while not self._closed:
            self._woken.clear()
            try:
                failures = 0 if self._list_and_watch() else failures + 1
            except Exception as error:  # no response of a server must end a long-running command
                if not self._sink.failed(error):
                    return
                self._version, failures = "", failures + 1
            self._woken.wait(self._backoff(failures))

    def _list_and_watch(self) -> bool:
        """List if necessary, and watch until the stream ends; return whether the watch lasted."""
        with self._lock:
            if self._stale:
                self._stale, self._version = False, ""
        try:
            reply = self._open()
        except KgctlError as error:
            is_expired = bool(self._version) and isinstance(error, ApiError) and error.status == EXPIRED
            self._version = ""
            if not is_expired:  # a new list is enough after the version of a watch expired
                self._sink.disconnected(error)
            return False
        self._sink.reconnected()
        began = time.monotonic()
        self._follow(reply)
        return time.monotonic() - began >= _SHORT

    def _open(self) -> Reply:
        path = self._source.path
        if not self._version:
            exact, self._listed = self._listed, True
            objects = read_list(self._client, self._source, self._sink.translate, exact=exact)
            self._sink.replace(objects.values, objects.time)
            self._version = objects.version
        reply = open_watch(self._client, path, self._version)
        with self._lock:
            self._reply = reply
            if self._stale or self._closed:
                reply.close()
        return reply

    def _follow(self, reply: Reply) -> None:
        """Pass on the events; after a broken or silent stream, a new list shows the missed changes."""
        source, silence = self._source, Silence(reply, self._silence)
        try:
            with contextlib.closing(reply), silence.watched() as lines:
                for event in events(lines, source.item, path=source.path, server=self._client.server):
                    self._sink.apply(event)
                    self._version = event.object.metadata.resource_version
            if silence.is_over:
                self._version = ""
        except (KgctlError, TimeoutError):
            self._version = ""
        except Exception:  # a response that another thread closes can fail in any way
            if not (self._stale or self._closed):
                raise
        finally:
            self._reply = None
