"""The time by the clock of an API server, also between its responses."""

import time

from kgctl_py.value import Value

CLOCK_TOLERANCE = 5
"""The seconds by which clocks can differ and still agree; the header `Date` has whole seconds."""


class ResponseTime(Value, frozen=True):
    """The Unix time of a response, by the server's clock if it has a `Date`, and by the local clock."""

    date: float | None
    received: float


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


def clock_skew(response_time: ResponseTime) -> float:
    """Return the seconds by which the local clock is ahead of the server's; 0 if they agree."""
    if response_time.date is None:
        return 0.0
    skew = response_time.received - response_time.date
    return skew if abs(skew) > CLOCK_TOLERANCE else 0.0
