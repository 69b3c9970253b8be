"""Follow symbolic links in a path, except those of other users."""

import os
import shlex
import stat
from pathlib import Path

from kgctl_py.errors import KgctlError

_MOST_LINKS = 40
"""The number of links after which Linux gives up."""


def follow_links(path: Path) -> Path:
    """Return the absolute path after following links; the file need not exist.

    Raise KgctlError for a link of another user than root: as root in /tmp, kgctl must not write to a target that
    another user chose.
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
                hint=f"-O {shlex.quote(os.path.realpath(path))}",
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
