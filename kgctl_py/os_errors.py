"""Errors of the operating system about files of the user, and limits on how much of a file is read."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kgctl_py.errors import KgctlError

LARGEST_FILE = 2**30
"""The maximum bytes of a file; a saved cluster of 5,000 nodes has 55 MB."""
LARGEST_SETTING = 2**24
"""The maximum bytes of a file with settings: a kubeconfig, a configuration, or a Peer."""

_PART = 2**20


def reason(error: BaseException, otherwise: str = "") -> str:
    """Return the reason of the operating system in lower case; `otherwise` for another error."""
    if otherwise and not isinstance(error, OSError):
        return otherwise
    words: str = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return lowered(words)


def lowered(words: str) -> str:
    """Return a sentence with a lower-case first letter, except for acronyms such as JSON."""
    return words[:1].lower() + words[1:] if not words[1:2].isupper() else words


@contextlib.contextmanager
def explained(verb: str, path: object) -> Iterator[None]:
    """Raise KgctlError for an error of the operating system about `path` in the block."""
    try:
        yield
    except BrokenPipeError:
        raise  # a reader that stops early is not an error
    except OSError as error:
        raise KgctlError(f'cannot {verb} "{path}": {reason(error)}') from None


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
