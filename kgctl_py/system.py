"""The differences between Linux, macOS, and Windows, as functions."""

import errno
import os
from collections.abc import Mapping

BINARY: int = getattr(os, "O_BINARY", 0)
"""The flag of os.open without which Windows writes two bytes for each line feed."""

_SHOW_COLOURS = ("WT_SESSION", "TERM", "ANSICON", "ConEmuANSI")


def has_file_modes() -> bool:
    """Return whether the mode of a file controls who can read it; on Windows it does not."""
    return os.name == "posix"


def shows_colours(environment: Mapping[str, str]) -> bool:
    """Return whether terminals show colors; the old console of Windows prints the codes instead."""
    return os.name != "nt" or any(name in environment for name in _SHOW_COLOURS)


def is_closed_pipe(error: OSError) -> bool:
    """Return whether the reader of stdout closed it, which Windows reports as an invalid argument."""
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)
