"""The time by an API server's clock, kept between its answers."""

import time

from kgctl_py.kube.client import Moment

CLOCK_TOLERANCE = 5
"""Seconds by which two clocks may differ without it mattering; `Date` itself is a whole second."""


class ServerClock:
    """A clock that is set once, from the local one: it goes on evenly, whatever is done to that one."""

    def __init__(self, skew: float = 0) -> None:
        self.skew = skew
        self._wall, self._monotonic = time.time(), time.monotonic()

    def now(self) -> float:
        """Give the Unix time."""
        return self._wall - self.skew + time.monotonic() - self._monotonic

    @property
    def is_doubtful(self) -> bool:
        """Whether the machine has slept, or its clock was set, since: only a new answer tells the time then."""
        return abs(time.time() - self.skew - self.now()) > CLOCK_TOLERANCE


def clock_skew(moment: Moment) -> float:
    """Give the seconds by which the local clock is ahead of the server's, 0 when they agree."""
    if moment.date is None:
        return 0.0
    skew = moment.received - moment.date
    return skew if abs(skew) > CLOCK_TOLERANCE else 0.0
