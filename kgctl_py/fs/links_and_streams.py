"""Paths that are not regular files: symbolic links, pipes, devices, and stdout."""

import os
import shlex
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.os_errors import explained

_STDOUT = ("-", "/dev/stdout", "/dev/fd/1")  # stdout may be a file, which must be written, not replaced
_MOST_LINKS = 40
"""The number of links after which Linux gives up."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def is_stream(path: Path) -> bool:
    """Return whether `path` is stdout, a pipe, or a device."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return str(path) in _STDOUT
    return str(path) in _STDOUT or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def check_stream(path: Path, *, secret: bool) -> None:
    """Raise KgctlError if another user can read a `secret` from the pipe or device at `path`."""
    if secret and str(path) not in _STDOUT:
        with explained("write", path):
            _check_private(path, path.stat())


def pour(path: Path, chunks: Iterable[bytes], *, secret: bool) -> None:
    """Write to stdout, a pipe, or a device; raise KgctlError as `check_stream` does."""
    if str(path) in _STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(chunks)
        sys.stdout.buffer.flush()
        return
    with explained("write", path), path.open("wb") as file:
        if secret:
            _check_private(path, os.fstat(file.fileno()))
        file.writelines(chunks)


def _check_private(path: Path, status: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):
        return
    if stat.S_ISFIFO(status.st_mode):
        owned, exposed = status.st_uid == os.geteuid(), bool(status.st_mode & _OTHERS)
    else:
        owned, exposed = status.st_uid in (os.geteuid(), 0), False
    if not owned:
        raise KgctlError(f'cannot write "{path}": it belongs to another user, who could read the key')
    if exposed:
        hint = f"to restrict it: chmod 600 {shlex.quote(str(path))}"
        raise KgctlError(f'cannot write "{path}": other users can read the key from it', hint=hint)


def follow_links(path: Path) -> Path:
    """Return the absolute target of `path`, which need not exist.

    Raise KgctlError for a link that neither this user nor root owns: if root runs kgctl in /tmp, the link of
    another user must not choose the file that is written.
    """
    place, parts, links = Path.cwd(), list(reversed(path.parts)), 0
    while parts:
        part = parts.pop()
        if part == "..":
            place = place.parent
            continue
        here = place / part  # an absolute part replaces the place
        status = _status(here)
        if status is None or not stat.S_ISLNK(status.st_mode):
            place = here
            continue
        links += 1
        if links > _MOST_LINKS:
            raise KgctlError(f'cannot write "{path}": too many levels of symbolic links')
        if not _is_trusted(status):
            raise KgctlError(
                f'cannot write "{path}": "{here}" is a symbolic link of another user',
                hint=f"the link leads to {shlex.quote(os.path.realpath(path))}; use another name",
            )
        parts += reversed(here.readlink().parts)
    return place


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:  # writing reports the error
        return None


def _is_trusted(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid in (os.geteuid(), 0)
