"""Several files changed together, all of them or none, and by one kgctl at a time."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kgctl_py.fs import files
from kgctl_py.os_errors import explained
from kgctl_py.value import Value


class FileChange(Value, frozen=True, kw_only=True):
    """The new content of a file, None to remove it; an existing file is only replaced with `replace`."""

    path: Path
    content: str | None
    mode: int = files.PUBLIC
    replace: bool = False


def apply(changes: Sequence[FileChange]) -> None:
    """Make all changes, and create missing folders; undo them when one fails or is interrupted.

    Raise KgctlError when one fails. What another program wrote meanwhile stays.
    """
    with stage(changes) as commit:
        commit()


@contextlib.contextmanager
def stage(changes: Sequence[FileChange]) -> Iterator[Callable[[], None]]:
    """Write temporary files beside all places, and yield the function that makes all changes.

    When the block fails or is interrupted, also after the changes, everything is as it was before.
    """
    with contextlib.ExitStack() as undo, contextlib.ExitStack() as stages:
        for change in changes:
            _make_folder(change.path.parent, undo)
        committed = False
        commits = [stages.enter_context(_stage(change)) for change in changes]

        def commit_all() -> None:
            nonlocal committed
            for change, commit in zip(changes, commits, strict=True):
                if change.content is None:
                    undo.callback(_restore, change.path, _bytes(change.path), _mode(change.path))
                commit()
            committed = True

        yield commit_all
        if committed:
            undo.pop_all()


def _make_folder(folder: Path, undo: contextlib.ExitStack) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, undo)
    with explained("make the folder", folder):
        folder.mkdir()
    undo.callback(_remove_folder, folder)


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # another program has put something into it
        folder.rmdir()


@contextlib.contextmanager
def _stage(change: FileChange) -> Iterator[Callable[[], None]]:
    if change.content is None:
        yield lambda: _remove(change.path)
        return
    with files.stage(change.path, change.content, mode=change.mode, replace=change.replace) as commit:
        yield commit


def _remove(path: Path) -> None:
    with explained("remove", path):
        path.unlink()


def _restore(path: Path, before: bytes | None, mode: int) -> None:
    """Restore a file that was removed, unless another program has written a new one."""
    if before is not None and not path.exists():
        files.write(path, before, mode=mode)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else files.PUBLIC


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Wait until no other kgctl changes the folder, and keep others from it; where the system has such locks."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):  # Windows, and some network file systems
            import fcntl

            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
