"""The schedule for reading the device, which takes long with thousands of peers."""

import contextlib
import time
from collections.abc import Callable, Iterator

SECONDS = 1.0
"""The time between two reads, so that the screen shows the current status."""
_SHARE, _HURRIED_SHARE = 20, 4
"""Reads take at most 1/20 of a core, or 1/4 while sessions are watched."""
_SHORT = 0.02
"""Seconds. A longer read could delay the next change, so it waits until no event happens for a while."""
_OVERDUE = 5.0
"""Seconds after which such a read stops waiting."""


class Pace:
    """The time between two reads of the device: `wanted` seconds, or more if a read takes long."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, cpu: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock, self._cpu = clock, cpu
        self._took = 0.0
        self._looked = 0.0
        self.wanted = SECONDS

    def seconds(self) -> float:
        """Return how many seconds to wait for the next read if no event happens."""
        return max(self.wanted, self._earliest - self._clock())

    def is_due(self, *, is_quiet: bool) -> bool:
        """Return whether a read is due; `is_quiet` means that no event happened for a while."""
        since = self._clock() - self._earliest
        return since >= 0 and (is_quiet or self._took < _SHORT or since >= _OVERDUE)

    @contextlib.contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the processor time of a read."""
        start = self._cpu()
        yield
        self._took = self._cpu() - start
        self._looked = self._clock()

    @property
    def _earliest(self) -> float:
        share = _SHARE if self.wanted >= SECONDS else _HURRIED_SHARE
        return self._looked + self._took * (share - 1)
