"""Run a shell command of the user with a time limit."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

LIMIT = 60.0
"""Seconds after which a command is ended."""

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""


class ShellCommand:
    """A shell command with a time limit, which `stop` also ends.

    It runs in a process group of its own, and is ended with all processes in it. But on Windows, or with `asks`
    and a terminal, where it can ask for a password, only the shell is ended. When the command exits on its own,
    the processes that it put in the background keep running.
    """

    def __init__(
        self,
        command: str,
        seconds: float = LIMIT,
        grace: float = GRACE,
        *,
        asks: bool = False,
        executor: Callable[[int], Executor] = ThreadPoolExecutor,
    ) -> None:
        self._command, self._seconds, self._grace = command, seconds, grace
        self._executor = executor
        self._has_group = hasattr(os, "killpg") and not (asks and _has_terminal())  # Windows has no groups
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = self._is_interrupted = False

    def run(self, stdin: bytes = b"", **variables: str) -> str | None:
        """Run the command, and return its error; empty without one, None if it was stopped."""
        try:
            with self._executor(1) as starter:  # a signal interrupts the main thread, but not a start
                process = starter.submit(self._started, variables).result()
        except OSError as error:
            return f"cannot run: {error.strerror}"
        except RuntimeError as error:  # the system has no room for a thread
            return f"cannot run: {error}"
        except (KeyboardInterrupt, SystemExit):
            self.stop()
            raise
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
        if self._is_interrupted and process.returncode:
            return None
        return f"failed: {_status(process.returncode)}" if process.returncode else ""

    def stop(self) -> None:
        """End the command if it runs, and do not run it again."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process and process.poll() is None:
            self._is_interrupted = True
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
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._has_group:
                _end_group(process, self._grace)
            else:
                _end_process(process, self._grace)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def _end_group(process: subprocess.Popen[bytes], grace: float) -> None:
    """End a process and its group. Raise ProcessLookupError as soon as none of its processes remains."""
    os.killpg(process.pid, signal.SIGTERM)
    end = time.monotonic() + grace
    while time.monotonic() < end:
        time.sleep(0.05)
        process.poll()  # otherwise, it stays in the group as a zombie
        os.killpg(process.pid, 0)
    os.killpg(process.pid, signal.SIGKILL)


def _end_process(process: subprocess.Popen[bytes], grace: float) -> None:
    process.terminate()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()


def _has_terminal() -> bool:
    """Return whether the process has a controlling terminal; a background group cannot read from it."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _status(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"
