"""The schedule for reading the device, which takes long with thousands of peers."""

import contextlib
import time
from collections.abc import Callable, Iterator

SECONDS = 1.0
"""The time between two looks, so that the screen shows how the tunnel stands."""
_SHARE, _HURRIED_SHARE = 20, 4
"""Looking takes at most one part of so many of a core; a larger part while more looks a second are wanted."""
_SHORT = 0.02
"""Seconds. A longer look could delay the next change, so it waits until nothing has happened for a while."""
_OVERDUE = 5.0
"""Seconds after which it waits no longer."""


class Pace:
    """The time between two looks at the device; `wanted` is kept to as far as looking does not take too long."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, cpu: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock, self._cpu = clock, cpu
        self._took = 0.0
        self._looked = 0.0
        self.wanted = SECONDS

    def seconds(self) -> float:
        """Return how long to wait for the next look when nothing else happens."""
        return max(self.wanted, self._earliest - self._clock())

    def is_due(self, *, is_quiet: bool) -> bool:
        """Return whether to look now, where nothing has happened for a while if `is_quiet`."""
        since = self._clock() - self._earliest
        return since >= 0 and (is_quiet or self._took < _SHORT or since >= _OVERDUE)

    @contextlib.contextmanager
    def measured(self) -> Iterator[None]:
        """Measure how much of a core a look takes."""
        start = self._cpu()
        yield
        self._took = self._cpu() - start
        self._looked = self._clock()

    @property
    def _earliest(self) -> float:
        share = _SHARE if self.wanted >= SECONDS else _HURRIED_SHARE
        return self._looked + self._took * (share - 1)
