"""Move a finished file to its target, and undo the move if a later step fails."""

import contextlib
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from kgctl_py.system import delayed_interrupts

_NO_REPLACE = 1  # RENAME_NOREPLACE of linux/fs.h
_HERE = -100  # AT_FDCWD of linux/fcntl.h


def temporary_name() -> str:
    """Return a name that matches `.kgctl-*.tmp` in the .gitignore of `kgctl init`."""
    return f".kgctl-{secrets.token_hex(8)}.tmp"


class Undoable(Protocol):
    """A change of a file that leaves temporary files until `clean_up`."""

    def undo(self) -> None:
        """Restore the previous state, if the change was made."""

    def clean_up(self) -> None:
        """Remove the temporary files."""


@contextlib.contextmanager
def undone_on_failure(changes: Sequence[Undoable]) -> Iterator[None]:
    """Undo all changes if the block fails or is interrupted, and remove the temporary files in any case.

    A signal during this waits until all changes are undone or complete.
    """
    failed, interrupted, ended = True, False, False
    try:
        yield
        failed = False
    finally:
        while not ended:
            try:
                _end(changes, failed=failed)
                ended = True
            except KeyboardInterrupt:  # it can arrive before signals wait, and each step can be repeated
                interrupted = True
            except BaseException:  # an error of undoing does not replace Ctrl-C
                if interrupted:
                    raise KeyboardInterrupt from None
                raise
        if interrupted:
            raise KeyboardInterrupt


def _end(changes: Sequence[Undoable], *, failed: bool) -> None:
    """Undo the changes, last first, if they failed, and clean up; an error in one step does not stop the rest."""
    with delayed_interrupts(), contextlib.ExitStack() as steps:
        for change in changes:
            steps.callback(change.clean_up)
        for change in changes if failed else ():
            steps.callback(change.undo)


class Move:
    """Moves the file `beside` to `place`; without `replace`, only if `place` does not exist."""

    def __init__(self, beside: Path, place: Path, *, replace: bool) -> None:
        self.beside = beside
        self._place, self._replace = place, replace
        self._before = beside.with_name(temporary_name())
        self._moved: tuple[int, ...] | None = None
        self._can_undo = True
        self._has_before = False

    def make(self, *, sync: bool = True) -> None:
        """Move the file; raise FileExistsError if the target exists, or another OSError."""
        self._moved = _identity(self.beside)
        if self._replace:
            self._can_undo = _keep(self._place, self._before)
            self._has_before = os.path.lexists(self._before)
            self.beside.replace(self._place)
        else:
            _move_unless_there(self.beside, self._place)
        if sync:
            sync_folder(self._place.parent)

    def undo(self) -> None:
        """Restore the previous file, unless another program changed it since then."""
        if self._moved is None or not self._can_undo or _identity(self._place) != self._moved:
            return
        with contextlib.suppress(OSError):
            if self._has_before:
                self._before.replace(self._place)
            else:
                self._place.unlink()
            sync_folder(self._place.parent)

    def clean_up(self) -> None:
        """Remove the temporary files."""
        for path in (self.beside, self._before):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync the entries of a folder to the disk, if the system supports that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _identity(path: Path) -> tuple[int, ...] | None:
    """Return the identity of a file and its content."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _keep(place: Path, before: Path) -> bool:
    """Link the file at `place` to the name `before`; return whether the move can be undone."""
    try:
        before.hardlink_to(place)
    except FileNotFoundError:
        return True
    except OSError:  # a file system without hard links, or a file of another user
        try:
            before.touch(0o600, exist_ok=False)
            shutil.copyfile(place, before)
            shutil.copystat(place, before)
        except OSError:
            return False
    return True


def _move_unless_there(beside: Path, place: Path) -> None:
    """Rename `beside` to `place`; unlike a plain rename, this fails if another process created `place`."""
    try:
        place.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if not _renamed_unless_there(beside, place):
            _claim_and_rename(beside, place)


def _renamed_unless_there(beside: Path, place: Path) -> bool:
    """Rename with renameat2(2); return whether the system supports it. Raise FileExistsError."""
    if sys.platform != "linux":
        return False
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    failed = rename(_HERE, os.fsencode(beside), _HERE, os.fsencode(place), _NO_REPLACE)
    if failed and ctypes.get_errno() == errno.EEXIST:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
    return not failed


def _claim_and_rename(beside: Path, place: Path) -> None:
    """Rename `beside` to `place`, after an empty file claimed the name."""
    place.touch(0o600, exist_ok=False)
    try:
        beside.replace(place)
    except BaseException:  # also for Ctrl-C: leave no empty file
        with contextlib.suppress(OSError):
            if place.stat().st_size == 0:
                place.unlink()
        raise
