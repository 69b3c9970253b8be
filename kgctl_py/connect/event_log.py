"""What connect tells while it runs, to whoever is there: a line each, above a live state on a terminal."""

import time
from collections.abc import Callable

from kgctl_py.render.live.journal import Entry, Level


class Journal:
    """Tells what matters at least as much as `level`; when nobody reads any more, the first try says so."""

    def __init__(self, level: Level, line: Callable[[Entry], str], write: Callable[[str], None]) -> None:
        self._level = level
        self._line = line
        self._gone = False
        self.write = write

    def debug(self, event: str, message: str, **facts: object) -> None:
        """Tell what only somebody who looks for a fault wants to know."""
        self._tell(Level.DEBUG, event, message, facts)

    def info(self, event: str, message: str, **facts: object) -> None:
        """Tell what has happened."""
        self._tell(Level.INFO, event, message, facts)

    def warn(self, event: str, message: str, **facts: object) -> None:
        """Tell what somebody should look at."""
        self._tell(Level.WARN, event, message, facts)

    def saying(self, event: str) -> Callable[[str], None]:
        """Give the function that tells of one kind of event."""
        return lambda message: self.info(event, message)

    def _tell(self, level: Level, event: str, message: str, facts: dict[str, object]) -> None:
        if level < self._level or self._gone:
            return
        try:
            self.write(self._line(Entry(time=time.time(), level=level, event=event, message=message, facts=facts)))
        except OSError:
            self._gone = True  # what is done after this must not fail by it again
            raise
