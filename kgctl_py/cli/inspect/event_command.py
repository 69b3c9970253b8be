"""Run the user's command for each event, one after the other, while kgctl follows the mesh."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from types import TracebackType

from kgctl_py.value import Value

LIMIT = 60.0
"""Seconds after which a command is ended."""
MOST = 1000
"""How many events can wait for the command."""

_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""


class CommandLimits(Value, frozen=True, kw_only=True):
    """How long a command can run, in seconds, and how many events can wait for it."""

    seconds: float = LIMIT
    waiting: int = MOST


class EventCommand:
    """Runs a shell command for each event; text of the cluster is on stdin, not in arguments.

    At the end of the `with` block, the waiting events still run the command for `LIMIT` seconds, but not after
    an interrupt. `warn` gets a text for each command that fails, and for events for which it did not run.
    """

    def __init__(self, command: str, warn: Callable[[str], None], limits: CommandLimits) -> None:
        self._command, self._warn, self._limits = command, warn, limits
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(limits.waiting)
        self._dropped = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run_all, daemon=True)

    def __enter__(self) -> "EventCommand":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_interrupted = isinstance(error, KeyboardInterrupt)
        try:
            if not is_interrupted:
                self._wait_for_all()
        finally:
            self._stop()

    @property
    def waiting(self) -> int:
        """The number of events that wait."""
        return self._waiting.qsize()

    def run(self, kind: str, line: str) -> None:
        """Run the command for an event after those that wait; drop the event if too many wait."""
        try:
            self._waiting.put_nowait((kind, line))
        except queue.Full:
            if not self._dropped:
                self._warn(f"{self._limits.waiting} events wait for the --on-event command, so it misses new ones")
            self._dropped += 1
            return
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        if self._dropped:
            self._warn(f"the --on-event command did not run for {_events(self._dropped)}")
        self._dropped = 0

    def _run_all(self) -> None:
        while (event := self._waiting.get()) is not None:
            if not self._run_one(*event):
                self._dropped += 1
                return

    def _run_one(self, kind: str, line: str) -> bool:
        """Run the command, and wait for it; return whether it was run to its end."""
        try:
            process = self._started(kind)
        except OSError as error:
            self._warn(f"cannot run the --on-event command: {error.strerror}")
            return True
        if process is None:
            return False
        try:
            process.communicate(line.encode() + b"\n", timeout=self._limits.seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            self._warn(f"the --on-event command was ended after {self._limits.seconds:g} seconds")
        else:
            if process.returncode and not self._is_stopped:
                self._warn(f"the --on-event command failed: {_status(process.returncode)}")
        return not self._is_stopped

    def _started(self, kind: str) -> subprocess.Popen[bytes] | None:
        """Start the command in a process group of its own; return None after the end."""
        with self._lock:
            if self._is_stopped:
                return None
            self._process = subprocess.Popen(  # noqa: S602 # it is the user's own command
                self._command,
                shell=True,
                stdin=subprocess.PIPE,
                env={**os.environ, "KGCTL_EVENT": kind},
                process_group=0,
            )
            return self._process

    def _wait_for_all(self) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=self._limits.seconds)
            self._thread.join(self._limits.seconds)

    def _stop(self) -> None:
        """End the command that runs, and tell how many events it did not get."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process and self._thread.is_alive():
            _end(process)
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(_GRACE)
        with contextlib.suppress(queue.Empty):
            while True:
                self._dropped += self._waiting.get_nowait() is not None
        self._tell_dropped()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command with all processes that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        end = time.monotonic() + _GRACE
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)


def _status(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"


def _events(count: int) -> str:
    return f"{count} event{'s' if count != 1 else ''}"
