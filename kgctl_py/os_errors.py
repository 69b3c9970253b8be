"""Errors of the operating system about files of the user."""

import contextlib
from collections.abc import Iterator

from kgctl_py.errors import KgctlError


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
