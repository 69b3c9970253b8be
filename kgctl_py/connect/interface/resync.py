"""When the interface is read and compared as a whole, which takes long if it has thousands of peers."""

import time
from collections.abc import Callable


class Resync:
    """The time of the next comparison as a whole: at first, and when `seconds` have passed since the last one."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._last: float | None = None

    def is_due(self, *, has_changed: bool) -> bool:
        """Return whether to compare everything now; a mesh without a change comes at the end of the period."""
        if self._last is None:
            return True
        return self._clock() - self._last >= (self._seconds if has_changed else self._seconds / 2)

    def done(self) -> None:
        """Note that everything was compared."""
        self._last = self._clock()
