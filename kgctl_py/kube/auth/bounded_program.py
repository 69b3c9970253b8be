"""Run a program of the user with limits on its time and its output."""

import errno
import io
import os
import selectors
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, cast

MOST_PRINTED = 2**20
"""The maximum bytes of an ExecCredential: a token or a certificate has a few thousand."""

_PART = 2**16
_POLL = 0.5
"""The seconds after which kgctl looks whether a program that prints nothing has ended."""


class OversizedOutputError(Exception):
    """A program prints more than MOST_PRINTED bytes."""


def program_path(command: str) -> str:
    """Return the path of a command as Go finds it: in the PATH of kgctl, and never in the current folder."""
    if Path(command).name != command:
        return command
    path = shutil.which(command)
    if path is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not Path(path).is_absolute():
        raise PermissionError(errno.EACCES, "PATH leads to the current folder")
    return path


def run_bounded(command: list[str], *, seconds: float | None, **how: Any) -> "subprocess.CompletedProcess[bytes]":
    """Run a command as `subprocess.run` does, but with a limit on stdout.

    It does not wait for a program that the command leaves behind, such as a helper that caches credentials.
    """
    end = None if seconds is None else time.monotonic() + seconds
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0, **how) as process:  # noqa: S603 - the user's
        try:
            printed = _read_stdout(process, end)
            code = process.wait(_left(end))
        except BaseException:  # also for Ctrl-C: leave no plugin running
            process.kill()
            raise
    return subprocess.CompletedProcess(command, code, printed)


def _read_stdout(process: "subprocess.Popen[bytes]", end: float | None) -> bytes:
    pipe, printed = cast("io.FileIO", process.stdout), bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while len(printed) <= MOST_PRINTED:
            has_ended = process.poll() is not None
            left = _left(end)
            if ready.select(0 if has_ended else _POLL if left is None else min(_POLL, left)):
                part = pipe.read(_PART)
                if not part:
                    return bytes(printed)
                printed += part
            elif has_ended:
                return bytes(printed)
            elif left == 0:
                raise subprocess.TimeoutExpired("", 0)
    raise OversizedOutputError


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - time.monotonic(), 0)
