"""Run a shell command of the user, which cannot hold kgctl up, and leaves no process behind."""

import contextlib
import os
import signal
import subprocess
import threading
import time

LIMIT = 60.0
"""Seconds after which a command is ended."""

_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""


class ShellCommand:
    """A shell command, which is ended after some seconds, or by `stop`.

    With `asks`, it can ask for a password on the terminal, if there is one. Otherwise it runs in a process group
    of its own, and is ended with all that it started.
    """

    def __init__(self, command: str, seconds: float = LIMIT, *, asks: bool = False) -> None:
        self._command, self._seconds = command, seconds
        self._has_group = not (asks and _has_terminal())
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def run(self, stdin: bytes = b"", **variables: str) -> str | None:
        """Run the command, and return what went wrong; empty if nothing did, None if it was stopped."""
        try:
            process = self._started(variables)
        except OSError as error:
            return f"cannot run: {error.strerror}"
        if process is None:
            return None
        try:
            process.communicate(stdin, timeout=self._seconds)
        except subprocess.TimeoutExpired:
            self._end(process)
            return f"was ended after {self._seconds:g} seconds"
        except BaseException:  # Ctrl-C
            self._end(process)
            raise
        if self._is_stopped:
            return None
        return f"failed: {_status(process.returncode)}" if process.returncode else ""

    def stop(self) -> None:
        """End the command if it runs, and do not run it again."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process and process.poll() is None:
            self._end(process)

    def _started(self, variables: dict[str, str]) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._is_stopped:
                return None
            self._process = subprocess.Popen(  # noqa: S602 # it is the user's own command
                self._command,
                shell=True,
                stdin=subprocess.PIPE,
                env={**os.environ, **variables},
                process_group=0 if self._has_group else None,
            )
            return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """End the command, and its process group if it has one."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self._has_group:
                    os.killpg(process.pid, number)
                else:
                    process.send_signal(number)
            end = time.monotonic() + _GRACE
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)


def _has_terminal() -> bool:
    """Return whether the process has a controlling terminal; a background group cannot read from it."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _status(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"
