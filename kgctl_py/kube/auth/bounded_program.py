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
    """Run a command as `subprocess.run` does, but with a limit on stdout."""
    end = None if seconds is None else time.monotonic() + seconds
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0, **how) as process:  # noqa: S603 - the user's
        try:
            printed = _read_pipe(cast("io.FileIO", process.stdout), end)
            code = process.wait(_left(end))
        except BaseException:  # also for Ctrl-C: leave no plugin running
            process.kill()
            raise
    return subprocess.CompletedProcess(command, code, printed)


def _read_pipe(pipe: io.FileIO, end: float | None) -> bytes:
    printed = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while len(printed) <= MOST_PRINTED:
            if not ready.select(_left(end)):
                raise subprocess.TimeoutExpired("", 0)
            if not (part := pipe.read(_PART)):
                return bytes(printed)
            printed += part
    raise OversizedOutputError


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - time.monotonic(), 0)
