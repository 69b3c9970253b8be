"""Write files atomically; an existing file is replaced only on request."""

import contextlib
import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kgctl_py.errors import KgctlError
from kgctl_py.fs.links_and_streams import check_stream, follow_links, is_stream, pour
from kgctl_py.os_errors import explained
from kgctl_py.system import BINARY

if TYPE_CHECKING:
    from kgctl_py.fs.move import Move, Undoable

Content = str | bytes | Iterable[str] | Iterable[bytes]

PUBLIC = 0o666
"""The mode of a file that everyone can read, if the umask allows."""
SECRET = 0o600
"""The mode of a file with a private or preshared key."""


def write(path: Path, content: Content, *, mode: int = PUBLIC, replace: bool = False) -> None:
    """Write `content` to `path` atomically; an existing file is only replaced with `replace`."""
    with stage(path, content, mode=mode, replace=replace) as commit:
        commit()


def check_writable(path: Path, *, replace: bool = False) -> None:
    """Raise the KgctlError that `write` would raise now, before the content exists."""
    if not is_stream(path):
        with explained("write", path):
            _free_place(path, replace=replace)


@contextlib.contextmanager
def stage(
    path: Path, content: Content, *, mode: int = PUBLIC, replace: bool = False
) -> Iterator[Callable[[], None]]:
    """Write `content` to a temporary file beside `path`, and yield the function that moves it to `path`.

    If the block fails or is interrupted, also after the move, the change is undone. A pipe or a device is written
    when the function is called. A link of the user is followed if its target can be replaced.
    """
    changes: list[Undoable] = []
    if is_stream(path):
        yield prepare(path, content, changes, mode=mode)
        return
    from kgctl_py.fs.move import undone_on_failure  # most commands write to stdout

    with undone_on_failure(changes):
        yield prepare(path, content, changes, mode=mode, replace=replace)


def prepare(
    path: Path, content: Content, changes: "list[Undoable]", *, mode: int = PUBLIC, replace: bool = False
) -> Callable[[], None]:
    """Write `content` to a temporary file, add the change to `changes`, and return the function that makes it."""
    secret = mode == SECRET
    if is_stream(path):
        check_stream(path, secret=secret)
        return lambda: pour(path, _chunks(content), secret=secret)
    from kgctl_py.fs.move import Move, temporary_name

    with explained("write", path):
        place = _free_place(path, replace=replace)
        move = Move(place.with_name(temporary_name()), place, replace=replace)
        changes.append(move)
        if place.exists():
            mode &= place.stat().st_mode  # never with more permissions than the replaced file
        _fill(move.beside, content, mode)
    return lambda: _move(move, path)


def create(path: Path, mode: int) -> BinaryIO:
    """Create a file with this mode, and return it open for writing; raise FileExistsError if it exists."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode), "wb")


def _fill(path: Path, content: Content, mode: int) -> None:
    with create(path, mode) as file:
        file.writelines(_chunks(content))
        file.flush()
        os.fsync(file.fileno())


def _free_place(path: Path, *, replace: bool) -> Path:
    """Return the path to write to; raise KgctlError if no file can be written there."""
    place = follow_links(path) if replace else follow_links(path.parent) / path.name
    check_parent(place, path)
    if place.is_dir():
        raise KgctlError(f'cannot write "{path}": it is a folder')
    if replace and place.exists() and not place.is_file():
        raise KgctlError(f'cannot write "{path}": it is neither a file nor a pipe')
    if not replace and os.path.lexists(place):
        raise _exists(path)
    return place


def check_parent(place: Path, path: Path) -> None:
    """Raise KgctlError with `path` if the folder of `place` does not exist."""
    if not place.parent.is_dir():
        hint = f"to create the folder: mkdir -p {shlex.quote(str(path.parent))}"
        raise KgctlError(f'cannot write "{path}": folder "{path.parent}" does not exist', hint=hint)


def _move(move: "Move", path: Path) -> None:
    with explained("write", path):
        try:
            move.make()
        except FileExistsError:
            raise _exists(path) from None


def _chunks(content: Content) -> Iterator[bytes]:
    for chunk in (content,) if isinstance(content, str | bytes) else content:
        yield chunk.encode() if isinstance(chunk, str) else chunk


def _exists(path: Path) -> KgctlError:
    return KgctlError(f'"{path}" already exists', hint="to replace it, add --force")
