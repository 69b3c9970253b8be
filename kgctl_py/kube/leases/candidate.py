"""A candidate for a Lease that runs in its own thread until it is closed."""

import contextlib
import random
import threading
import time

from kgctl_py.errors import KgctlError
from kgctl_py.kube.leases.election import Election, ElectionTimes
from kgctl_py.kube.object_store import ObjectStore

_JITTER = 1.2
"""The longest additional wait of a candidate, in periods, so that not all of them ask at the same time."""


class Candidate:
    """Acquires and renews a Lease; each method can be called from another thread."""

    def __init__(self, leases: ObjectStore, name: str, identity: str, times: ElectionTimes) -> None:
        self._election = Election(leases, name, identity, times)
        self._times = times
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"candidate for {name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def leads(self) -> bool:
        """Whether this candidate leads now."""
        return self._election.leads(time.monotonic())

    @property
    def holder(self) -> str:
        """The holder of the Lease when it was last read."""
        return self._election.holder

    @property
    def error(self) -> KgctlError | None:
        """Why the last attempt failed."""
        return self._election.error

    def close(self) -> None:
        """End the thread, and release the Lease if it is held; wait for at most a renewal."""
        self._stop.set()
        self._thread.join(self._times.renew)
        if not self._thread.is_alive():
            with contextlib.suppress(KgctlError):  # others take it over when it has expired
                self._election.release()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._election.attempt(time.monotonic())
            more = 0.0 if self.leads else random.uniform(0, _JITTER)  # noqa: S311
            self._stop.wait(self._times.retry * (1 + more))
