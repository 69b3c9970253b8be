"""The current time of the clock of an API server, computed from its responses."""

import time

from kgctl_py.kube.http_connection import CLOCK_TOLERANCE


class ServerClock:
    """A clock that starts with the time of a response and ignores later changes of the local clock."""

    def __init__(self, skew: float = 0) -> None:
        self.skew = skew
        self._wall, self._monotonic = time.time(), time.monotonic()

    def now(self) -> float:
        """Return the Unix time."""
        return self._wall - self.skew + time.monotonic() - self._monotonic

    @property
    def is_doubtful(self) -> bool:
        """Whether the machine slept or its clock changed since then, so that only a new response has the time."""
        return abs(time.time() - self.skew - self.now()) > CLOCK_TOLERANCE
