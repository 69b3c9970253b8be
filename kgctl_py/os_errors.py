"""Errors of the operating system in kgctl's words: a missing file, one that may not be read, a full disk."""

import contextlib
from collections.abc import Iterator

from kgctl_py.errors import KgctlError


def reason(error: BaseException, otherwise: str = "") -> str:
    """Return why the system refused, starting in lower case; `otherwise` for an error that is not the system's."""
    if otherwise and not isinstance(error, OSError):
        return otherwise
    words: str = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return lowered(words)


def lowered(words: str) -> str:
    """Return a sentence with a small first letter, but for a word that is written so: JSON, SOCKS."""
    return words[:1].lower() + words[1:] if not words[1:2].isupper() else words


@contextlib.contextmanager
def explained(verb: str, path: object) -> Iterator[None]:
    """Raise KgctlError for what the system says against reading or writing `path` in the block."""
    try:
        yield
    except BrokenPipeError:
        raise  # a reader that has read enough is not an error
    except OSError as error:
        raise KgctlError(f'cannot {verb} "{path}": {reason(error)}') from None
