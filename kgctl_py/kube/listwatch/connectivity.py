"""The connectivity to an API server, shared by all its reflectors."""

import threading
import time

from kgctl_py.errors import KgctlError
from kgctl_py.value import Value


class Connectivity(Value, frozen=True):
    """The `error` while the server is unreachable, and the Unix time at which it started."""

    since: float
    error: KgctlError | None = None


class ConnectivityTracker:
    """Tracks the connectivity to a server, which is lost while any user is disconnected. Sets `changed`."""

    def __init__(self, changed: threading.Event) -> None:
        self.connectivity = Connectivity(time.time())
        self._changed = changed
        self._disconnected: set[object] = set()
        self._lock = threading.Lock()

    def disconnected(self, user: object, error: KgctlError) -> None:
        """Record that `user` cannot reach the server; the first error is kept."""
        with self._lock:
            self._disconnected.add(user)
            if not self.connectivity.error:
                self._set(Connectivity(time.time(), error))

    def reconnected(self, user: object) -> None:
        """Record that `user` reaches the server."""
        with self._lock:
            self._disconnected.discard(user)
            if self.connectivity.error and not self._disconnected:
                self._set(Connectivity(time.time()))

    def _set(self, connectivity: Connectivity) -> None:
        self.connectivity = connectivity
        self._changed.set()
