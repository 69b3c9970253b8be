"""The time by an API server's clock, kept between its responses."""

import time

from kgctl_py.value import Value

CLOCK_TOLERANCE = 5
"""Seconds by which two clocks may differ and still agree; the header `Date` is in whole seconds."""


class ResponseTime(Value, frozen=True):
    """When a response came, in Unix time, by the server's clock if it has a `Date`, and by the local clock."""

    date: float | None
    received: float


class ServerClock:
    """A clock that is set once, from the local clock, and does not follow when that is set anew."""

    def __init__(self, skew: float = 0) -> None:
        self.skew = skew
        self._wall, self._monotonic = time.time(), time.monotonic()

    def now(self) -> float:
        """Return the Unix time."""
        return self._wall - self.skew + time.monotonic() - self._monotonic

    @property
    def is_doubtful(self) -> bool:
        """Whether the machine has slept, or its clock was set, since then: only a new response tells the time."""
        return abs(time.time() - self.skew - self.now()) > CLOCK_TOLERANCE


def clock_skew(response_time: ResponseTime) -> float:
    """Return the seconds by which the local clock is ahead of the server's; 0 when they agree."""
    if response_time.date is None:
        return 0.0
    skew = response_time.received - response_time.date
    return skew if abs(skew) > CLOCK_TOLERANCE else 0.0
