"""Run the user's command for each event, one after the other, while kgctl follows the mesh."""

import contextlib
import queue
import threading
from collections.abc import Callable
from types import TracebackType

from kgctl_py.cli.shell_command import GRACE, LIMIT, ShellCommand
from kgctl_py.value import Value

MOST = 1000
"""How many events can wait for the command."""

_LAST = 30.0
"""Seconds for which the end of the command is waited for."""


class CommandLimits(Value, frozen=True, kw_only=True):
    """The seconds that a command can run, and then clean up, and the number of events that can wait for it."""

    seconds: float = LIMIT
    grace: float = GRACE
    waiting: int = MOST


class EventCommand:
    """Runs a shell command for each event; text from the cluster goes to its stdin, not to its arguments.

    At the end of the `with` block, the waiting events still run the command for `LIMIT` seconds, but not after
    an interrupt. `warn` gets a text for each command that fails, and for events for which it did not run; if it
    cannot print the text, the command still runs for later events.
    """

    def __init__(self, command: str, warn: Callable[[str], None], limits: CommandLimits) -> None:
        self._command = ShellCommand(command, limits.seconds, limits.grace)
        self._warn, self._limits = warn, limits
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(limits.waiting)
        self._dropped = 0
        self._thread = threading.Thread(target=self._run_all, daemon=True)

    def __enter__(self) -> "EventCommand":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not isinstance(error, KeyboardInterrupt):
                self._wait_for_all()
        finally:
            self._stop()

    @property
    def waiting(self) -> int:
        """The number of events that wait."""
        return self._waiting.qsize()

    def run(self, kind: str, line: str) -> None:
        """Run the command for an event after the waiting ones; drop the event if too many wait."""
        try:
            self._waiting.put_nowait((kind, line))
        except queue.Full:
            if not self._dropped:
                self._tell(f"{self._limits.waiting} events wait for the --on-event command, so it misses new ones")
            self._dropped += 1
            return
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        if self._dropped:
            count = f"{self._dropped} event{'s' if self._dropped != 1 else ''}"
            self._tell(f"the --on-event command did not run for {count}")
        self._dropped = 0

    def _run_all(self) -> None:
        while (event := self._waiting.get()) is not None:
            kind, line = event
            wrong = self._command.run(_encoded(line), KGCTL_EVENT=kind)
            if wrong is None:
                self._dropped += 1
                return
            if wrong:
                self._tell(f"the --on-event command {wrong}")

    def _tell(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # stderr is closed
            self._warn(text)

    def _wait_for_all(self) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=self._limits.seconds)
            self._thread.join(self._limits.seconds)

    def _stop(self) -> None:
        """End the command if it runs, and report the number of events without a run."""
        self._command.stop()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(_LAST)
        with contextlib.suppress(queue.Empty):
            while True:
                self._dropped += self._waiting.get_nowait() is not None
        self._tell_dropped()


def _encoded(line: str) -> bytes:
    """Return a line of JSON as bytes; half a surrogate pair, which UTF-8 does not have, stays an escape."""
    return line.encode(errors="backslashreplace") + b"\n"
