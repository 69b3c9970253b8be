"""Write many files to one folder, all or none."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.fs.files import check_parent, create
from kgctl_py.fs.links_and_streams import follow_links
from kgctl_py.fs.move import Move, Undoable, sync_folder, temporary_name, undone_on_failure
from kgctl_py.os_errors import explained

Part = str | bytes | memoryview

_OWNER_ONLY = 0o700
_MANY = 100
"""The number of files from which on one call syncs all of them."""


def write(folder: Path, contents: Iterable[tuple[str, Iterable[Part]]], *, mode: int, replace: bool) -> int:
    """Write `contents` into `folder` as `stage` does, and return the number of files."""
    with stage(folder, contents, mode=mode, replace=replace) as commit:
        return commit()


@contextlib.contextmanager
def stage(
    folder: Path, contents: Iterable[tuple[str, Iterable[Part]]], *, mode: int, replace: bool
) -> Iterator[Callable[[], int]]:
    """Write `contents`, names or FOLDER/NAME with content in parts, to a temporary folder.

    Yield the function that moves them into `folder`, which is created if needed, and returns their number.
    Existing files are only replaced with `replace`. If the block fails or is interrupted, the folder stays as it
    was; raise KgctlError if the files cannot be written.
    """
    place, beside = _places(folder)
    moves: list[Undoable] = [_TemporaryFolder(beside)]
    with undone_on_failure(moves):
        with explained("write", folder):
            beside.mkdir(_OWNER_ONLY)
            written = [_write(beside / name, parts, mode) for name, parts in contents]
            _store(written, beside)

        def commit() -> int:
            with explained("write", folder):
                _move(written, beside, place, folder, moves, replace=replace)
            return len(written)

        yield commit


class _TemporaryFolder:
    """Removes a temporary folder at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def undo(self) -> None:
        """Do nothing: nothing else changed."""

    def clean_up(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._path, ignore_errors=True)


class _NewFolder:
    """Gives a temporary folder its name."""

    def __init__(self, beside: Path, place: Path) -> None:
        self._beside, self._place = beside, place
        self._inode = beside.stat().st_ino

    def make(self) -> None:
        """Rename the folder; raise OSError."""
        self._beside.rename(self._place)
        sync_folder(self._place.parent)

    def undo(self) -> None:
        """Rename it back, unless another program replaced it."""
        with contextlib.suppress(OSError):
            if self._place.stat().st_ino == self._inode:
                self._place.rename(self._beside)

    def clean_up(self) -> None:
        """Do nothing: another change removes the temporary folder."""


class _Subfolder:
    """A folder in the target that did not exist before."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def undo(self) -> None:
        """Remove the folder, unless another program wrote to it."""
        with contextlib.suppress(OSError):
            self._path.rmdir()

    def clean_up(self) -> None:
        """Do nothing: it has no temporary files."""


def check_writable(folder: Path) -> None:
    """Raise KgctlError if `write` cannot write to `folder`, which stays as it is."""
    _, beside = _places(folder)
    with explained("write", folder):
        beside.mkdir(_OWNER_ONLY)
        beside.rmdir()


def _places(folder: Path) -> tuple[Path, Path]:
    """Return the folder behind links, and the temporary folder from which files are moved there."""
    with explained("write", folder):
        place = follow_links(folder)
    _check(place, folder)
    return place, (place if place.is_dir() else place.parent) / temporary_name()


def _check(place: Path, folder: Path) -> None:
    check_parent(place, folder)
    if place.exists() and not place.is_dir():
        raise KgctlError(f'"{folder}" is a file, not a folder')


def _write(path: Path, parts: Iterable[Part], mode: int) -> Path:
    path.parent.mkdir(_OWNER_ONLY, exist_ok=True)
    with create(path, mode) as file:
        for part in parts:
            file.write(part.encode() if isinstance(part, str) else part)
    return path


def _store(written: list[Path], beside: Path) -> None:
    """Sync the files to the disk before they get their names."""
    if len(written) >= _MANY and hasattr(os, "sync"):
        os.sync()
        return
    for path in written:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    sync_folder(beside)


def _move(
    written: list[Path], beside: Path, place: Path, folder: Path, undoable: list[Undoable], *, replace: bool
) -> None:
    if not place.exists():
        new = _NewFolder(beside, place)
        undoable.append(new)
        new.make()
        return
    names = sorted(path.relative_to(beside) for path in written)
    there = [name for name in names if os.path.lexists(place / name)]
    if there and not replace:
        more = f", and {len(there) - 1} more" if there[1:] else ""
        raise KgctlError(
            f'"{folder / there[0]}" already exists{more}', hint="to replace existing files, add --force"
        )
    _make_folders({(place / name).parent for name in names}, undoable)
    moves = [Move(beside / name, place / name, replace=replace) for name in names]
    undoable += moves
    for move in moves:
        move.make(sync=False)
    sync_folder(place)


def _make_folders(folders: Iterable[Path], undoable: list[Undoable]) -> None:
    for folder in folders:
        if not folder.is_dir():
            undoable.append(_Subfolder(folder))
            folder.mkdir(_OWNER_ONLY, exist_ok=True)
