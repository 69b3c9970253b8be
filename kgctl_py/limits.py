"""Limits: the maximum size of files and of responses, and the default of `--request-timeout`."""

import errno
from pathlib import Path
from typing import BinaryIO

from kgctl_py.errors import KgctlError

REQUEST_TIMEOUT = 15.0
"""The default of `--request-timeout` in seconds."""
LARGEST_FILE = 2**30
"""The maximum bytes of a file; a saved cluster of 5,000 nodes has 55 MB."""
LARGEST_SETTING = 2**24
"""The maximum bytes of a file with settings: a kubeconfig, a configuration, or a Peer."""
LARGEST_BODY = 2**30
"""The maximum bytes of a decompressed body, and of all pages of a list; a list of 5,000 nodes has 55 MB."""
LONGEST_LINE = 2**24
"""The maximum bytes of a line of a watch; an object has at most 3 MB."""
MOST_OBJECTS = 500_000
"""The maximum number of objects in a list: in memory, the smallest are much larger than in a body."""

_PART = 2**20


def read_bytes(path: str | Path, *, most: int = LARGEST_FILE) -> bytes:
    """Return the content of a file or a pipe; raise OSError, or KgctlError for more than `most` bytes."""
    with open_file(path) as file:
        return read_stream(file, f'"{path}"', most=most)


def open_file(path: str | Path) -> BinaryIO:
    """Open a file for reading; raise OSError, also for an invalid name."""
    try:
        return Path(path).open("rb")
    except ValueError:  # a NUL, or a character that the file system cannot write
        raise FileNotFoundError(errno.ENOENT, "no file can have that name", str(path)) from None


def read_stream(stream: BinaryIO, name: str, *, most: int = LARGEST_FILE) -> bytes:
    """Return the rest of a stream; raise KgctlError with its `name` for more than `most` bytes."""
    parts, size = [], 0
    while part := stream.read(_PART):
        parts.append(part)
        size += len(part)
        if size > most:
            raise KgctlError(f"{name} is larger than {most >> 20} MiB")
    return b"".join(parts)
