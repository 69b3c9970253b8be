"""Change several files together: all or none, and only one kgctl at a time."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files
from kgctl_py.fs.move import Undoable, undone_on_failure
from kgctl_py.os_errors import explained
from kgctl_py.value import Value


class FileChange(Value, frozen=True, kw_only=True):
    """The new content of a file, or None to remove it; an existing file is only replaced with `replace`."""

    path: Path
    content: str | None
    mode: int = files.PUBLIC
    replace: bool = False


def apply(changes: Sequence[FileChange]) -> None:
    """Make all changes, and create missing folders; undo them if one fails or is interrupted.

    Raise KgctlError if one fails. Changes of other programs since then stay.
    """
    with stage(changes) as commit:
        commit()


@contextlib.contextmanager
def stage(changes: Sequence[FileChange]) -> Iterator[Callable[[], None]]:
    """Write temporary files beside the targets, and yield the function that makes all changes.

    If the block fails or is interrupted, also after the changes, all changes are undone.
    """
    made: list[Undoable] = []
    with contextlib.ExitStack() as undo, undone_on_failure(made):
        for change in changes:
            _make_folder(change.path.parent, undo)
        committed = False
        commits = [_prepare(change, made) for change in changes]

        def commit_all() -> None:
            nonlocal committed
            for commit in commits:
                commit()
            committed = True

        yield commit_all
        if committed:
            undo.pop_all()


def _make_folder(folder: Path, undo: contextlib.ExitStack) -> None:
    if folder.is_dir():
        return
    if folder.is_file():
        raise KgctlError(f'"{folder}" is a file, not a folder')
    _make_folder(folder.parent, undo)
    with explained("create the folder", folder):
        folder.mkdir()
    undo.callback(_remove_folder, folder)


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # another program wrote to it
        folder.rmdir()


def _prepare(change: FileChange, made: list[Undoable]) -> Callable[[], None]:
    if change.content is not None:
        return files.prepare(change.path, change.content, made, mode=change.mode, replace=change.replace)
    removal = _Removal(change.path)
    made.append(removal)
    return removal.make


class _Removal:
    """Removes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: bytes | None = None
        self._mode = files.PUBLIC

    def make(self) -> None:
        """Remove the file; raise KgctlError."""
        self._before, self._mode = _bytes(self._path), _mode(self._path)
        _remove(self._path)

    def undo(self) -> None:
        """Restore the file, unless another program wrote a new one."""
        if self._before is not None and not self._path.exists():
            files.write(self._path, self._before, mode=self._mode)

    def clean_up(self) -> None:
        """Do nothing: a removal has no temporary files."""


def _remove(path: Path) -> None:
    with explained("remove", path):
        path.unlink()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else files.PUBLIC


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Lock the folder for the block, so that no other kgctl changes it, if the system supports such locks."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):  # Windows, and some network file systems
            import fcntl

            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
