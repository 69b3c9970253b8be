"""Many files in one folder, all of them written or none."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from kgctl_py.errors import KgctlError
from kgctl_py.fs.files import check_parent, create
from kgctl_py.os_errors import explained

Part = str | bytes | memoryview

_OWNER_ONLY = 0o700


def write(folder: Path, contents: Iterable[tuple[str, Iterable[Part]]], *, mode: int, replace: bool) -> int:
    """Write `contents`, names with their content in parts, into `folder`, which is created if needed.

    They are written to a temporary folder, and moved when all are complete; existing files are only replaced
    with `replace`. Return the number of files; raise KgctlError when they cannot be written, with no change made.
    """
    _check(folder)
    place = folder if folder.is_dir() else folder.absolute().parent
    beside = place / f".kgctl-{secrets.token_hex(8)}"
    try:
        with explained("write", folder):
            beside.mkdir(_OWNER_ONLY)
            count = sum(_write(beside / name, parts, mode) for name, parts in contents)
            _move(beside, folder, replace=replace)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return count


def _check(folder: Path) -> None:
    check_parent(folder.absolute(), folder)
    if folder.exists() and not folder.is_dir():
        raise KgctlError(f'cannot write "{folder}": it is no folder')


def _write(path: Path, parts: Iterable[Part], mode: int) -> int:
    with create(path, mode) as file:
        for part in parts:
            file.write(part.encode() if isinstance(part, str) else part)
    return 1


def _move(beside: Path, folder: Path, *, replace: bool) -> None:
    if not folder.exists():
        beside.rename(folder)
        return
    written = sorted(beside.iterdir())
    there = [path.name for path in written if os.path.lexists(folder / path.name)]
    if there and not replace:
        more = f", and {len(there) - 1} more" if there[1:] else ""
        raise KgctlError(f'"{folder / there[0]}" exists{more}', hint="--force writes over what is there")
    for path in written:
        path.replace(folder / path.name)
