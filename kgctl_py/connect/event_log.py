"""The log of connect: one line per event, above the live status on a terminal."""

import time
from collections.abc import Callable

from kgctl_py.render.live.journal import Entry, Level


class EventLog:
    """Writes the events of `level` and above; after the reader closed the pipe, the first write raises OSError."""

    def __init__(self, level: Level, line: Callable[[Entry], str], write: Callable[[str], None]) -> None:
        self._level = level
        self._line = line
        self._closed = False
        self.write = write

    def debug(self, event: str, message: str, **facts: object) -> None:
        """Write an event that only helps to find a bug."""
        self._log(Level.DEBUG, event, message, facts)

    def info(self, event: str, message: str, **facts: object) -> None:
        """Write an event."""
        self._log(Level.INFO, event, message, facts)

    def warn(self, event: str, message: str, **facts: object) -> None:
        """Write an event that needs attention."""
        self._log(Level.WARN, event, message, facts)

    def _log(self, level: Level, event: str, message: str, facts: dict[str, object]) -> None:
        if level < self._level or self._closed:
            return
        try:
            self.write(self._line(Entry(time=time.time(), level=level, event=event, message=message, facts=facts)))
        except OSError:
            self._closed = True  # the clean-up must not fail for the same reason
            raise
