"""Files, written whole or not at all; an existing file is only replaced on request."""

import contextlib
import os
import secrets
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from kgctl_py.errors import KgctlError
from kgctl_py.os_errors import explained
from kgctl_py.system import BINARY

Content = str | bytes | Iterable[str] | Iterable[bytes]

PUBLIC = 0o666
"""The mode of a file that anyone may read, as far as the umask allows."""
SECRET = 0o600
"""The mode of a file that holds a private or preshared key."""

_STDOUT = ("-", "/dev/stdout", "/dev/fd/1")  # stdout may be a file, which must be written, not replaced


def write(path: Path, content: Content, *, mode: int = PUBLIC, replace: bool = False) -> None:
    """Write `content` to `path` whole; an existing file is only replaced with `replace`."""
    with stage(path, content, mode=mode, replace=replace) as commit:
        commit()


def check_writable(path: Path, *, replace: bool = False) -> None:
    """Raise the KgctlError that `write` would raise now, before the content is made."""
    if not is_stream(path):
        with explained("write", path):
            _free_place(path, replace=replace)


@contextlib.contextmanager
def stage(
    path: Path, content: Content, *, mode: int = PUBLIC, replace: bool = False
) -> Iterator[Callable[[], None]]:
    """Write `content` to a temporary file beside `path`, and yield the function that moves it to `path`.

    At the end of the block a temporary file that was not moved is removed. A pipe or a device is written to when
    the function is called. A link is followed when its target may be replaced.
    """
    if is_stream(path):
        yield lambda: _pour(path, content)
        return
    with explained("write", path):
        place = _free_place(path, replace=replace)
    beside = place.with_name(f".kgctl-{secrets.token_hex(8)}")
    try:
        with explained("write", path):
            if place.exists():
                mode &= place.stat().st_mode  # never more open than what it replaces
            _fill(beside, content, mode)
        yield lambda: _move(beside, place, replace=replace)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def is_stream(path: Path) -> bool:
    """Return whether `path` is stdout, a pipe or a device, which pass on what is written."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return str(path) in _STDOUT
    return str(path) in _STDOUT or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def _free_place(path: Path, *, replace: bool) -> Path:
    """Return the path to write to; raise KgctlError when no file can be written there."""
    place = Path(os.path.realpath(path)) if replace else path
    check_parent(place, path)
    if place.is_dir():
        raise KgctlError(f'cannot write "{path}": it is a folder')
    if replace and place.exists() and not place.is_file():
        raise KgctlError(f'cannot write "{path}": it is neither a file nor a pipe')
    if not replace and os.path.lexists(place):
        raise _exists(path)
    return place


def check_parent(place: Path, path: Path) -> None:
    """Raise KgctlError, which names `path`, when the folder of `place` does not exist."""
    if not place.parent.is_dir():
        hint = f"mkdir -p {shlex.quote(str(place.parent))}"
        raise KgctlError(f'cannot write "{path}": there is no folder "{place.parent}"', hint=hint)


def _fill(path: Path, content: Content, mode: int) -> None:
    with create(path, mode) as file:
        file.writelines(_chunks(content))
        file.flush()
        os.fsync(file.fileno())


def create(path: Path, mode: int) -> BinaryIO:
    """Create a file with that mode, and return it open for writing; raise FileExistsError when it exists."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode), "wb")


def _move(beside: Path, place: Path, *, replace: bool) -> None:
    with explained("write", place):
        if replace:
            beside.replace(place)
            return
        try:
            _move_unless_there(beside, place)
        except FileExistsError:
            raise _exists(place) from None


def _move_unless_there(beside: Path, place: Path) -> None:
    """Rename `beside` to `place`; unlike a plain rename, this fails when another process has created `place`."""
    try:
        place.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: an empty file claims the name
        place.touch(SECRET, exist_ok=False)
        beside.replace(place)


def _pour(path: Path, content: Content) -> None:
    if str(path) in _STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(_chunks(content))
        sys.stdout.buffer.flush()
        return
    with explained("write", path), path.open("wb") as file:
        file.writelines(_chunks(content))


def _chunks(content: Content) -> Iterator[bytes]:
    for chunk in (content,) if isinstance(content, str | bytes) else content:
        yield chunk.encode() if isinstance(chunk, str) else chunk


def _exists(path: Path) -> KgctlError:
    return KgctlError(f'"{path}" exists', hint="--force writes over it")
