"""Several files changed together: all of them, or none."""

import contextlib
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kgctl_py.fs import files
from kgctl_py.os_errors import explained
from kgctl_py.value import Value


class Change(Value, frozen=True, kw_only=True):
    """What a file is to hold, None for no file; one that is there is only written over with `replace`."""

    path: Path
    content: str | None
    mode: int = files.PUBLIC
    replace: bool = False


def make(changes: Sequence[Change]) -> None:
    """Make all changes, or none when one fails or is interrupted; folders that are missing are made, too.

    Raises KgctlError; what somebody else wrote meanwhile stays.
    """
    with contextlib.ExitStack() as undo, contextlib.ExitStack() as stages:
        for change in changes:
            _make_folder(change.path.parent, undo)
        commits = [stages.enter_context(_staged(change)) for change in changes]
        for change, commit in zip(changes, commits, strict=True):
            undo.callback(_put_back, change, _bytes(change.path), _mode(change.path))
            commit()
        undo.pop_all()


def _make_folder(folder: Path, undo: contextlib.ExitStack) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, undo)
    with explained("make the folder", folder):
        folder.mkdir()
    undo.callback(_remove_folder, folder)


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # somebody has put something into it
        folder.rmdir()


@contextlib.contextmanager
def _staged(change: Change) -> Iterator[Callable[[], None]]:
    if change.content is None:
        yield lambda: _remove(change.path)
        return
    with files.staged(change.path, change.content, mode=change.mode, replace=change.replace) as commit:
        yield commit


def _remove(path: Path) -> None:
    with explained("remove", path):
        path.unlink()


def _put_back(change: Change, before: bytes | None, mode: int) -> None:
    """Give the file what it held `before`, if it holds what the change has put there."""
    made = None if change.content is None else change.content.encode()
    if before == made or _bytes(change.path) != made:
        return
    if before is None:
        change.path.unlink()
    else:
        files.write(change.path, before, mode=mode, replace=True)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else files.PUBLIC
