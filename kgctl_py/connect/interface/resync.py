"""The schedule for reading the whole interface, which takes long with thousands of peers."""

import time
from collections.abc import Callable


class Resync:
    """The time of the next complete comparison: at the start, on request, and `seconds` after the last one."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._last: float | None = None

    @property
    def is_due(self) -> bool:
        """Whether to compare everything now."""
        return self._last is None or self._clock() - self._last >= self._seconds

    def request(self) -> None:
        """Make a complete comparison due, because another program changed the interface."""
        self._last = None

    def done(self) -> None:
        """Record that everything was compared."""
        self._last = self._clock()
