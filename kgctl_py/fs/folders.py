"""Write many files to one folder, all or none."""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.fs.files import check_parent, create
from kgctl_py.fs.links_and_streams import follow_links
from kgctl_py.fs.move import Move, sync_folder, temporary_name
from kgctl_py.os_errors import explained

Part = str | bytes | memoryview

_OWNER_ONLY = 0o700
_MANY = 100
"""The number of files from which on one call syncs all of them."""


def write(folder: Path, contents: Iterable[tuple[str, Iterable[Part]]], *, mode: int, replace: bool) -> int:
    """Write `contents`, names or FOLDER/NAME with content in parts, into `folder`, which is created if needed.

    They are written to a temporary folder, and moved when all are complete; existing files are only replaced with
    `replace`. Return the number of files; raise KgctlError without any change if they cannot be written.
    """
    place, beside = _places(folder)
    try:
        with explained("write", folder):
            beside.mkdir(_OWNER_ONLY)
            written = [_write(beside / name, parts, mode) for name, parts in contents]
            _store(written, beside)
            _move(written, beside, place, folder, replace=replace)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return len(written)


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
        raise KgctlError(f'cannot write "{folder}": it is not a folder')


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


def _move(written: list[Path], beside: Path, place: Path, folder: Path, *, replace: bool) -> None:
    if not place.exists():
        beside.rename(place)
        sync_folder(place.parent)
        return
    names = sorted(path.relative_to(beside) for path in written)
    there = [name for name in names if os.path.lexists(place / name)]
    if there and not replace:
        more = f", and {len(there) - 1} more" if there[1:] else ""
        raise KgctlError(f'"{folder / there[0]}" exists{more}', hint="to replace existing files, add --force")
    _make_folders({(place / name).parent for name in names})
    with _undone_on_failure([Move(beside / name, place / name, replace=replace) for name in names]) as moves:
        for move in moves:
            move.make(sync=False)
    sync_folder(place)


def _make_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        folder.mkdir(_OWNER_ONLY, exist_ok=True)


@contextlib.contextmanager
def _undone_on_failure(moves: list[Move]) -> Iterator[list[Move]]:
    try:
        yield moves
    except BaseException:  # also for Ctrl-C: leave nothing half done
        for move in moves:
            move.undo()
        raise
