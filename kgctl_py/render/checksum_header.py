"""A header with a checksum, which shows whether somebody edited a file of kgctl."""

import hashlib
import re

from kgctl_py.escape_text import visible

_MARK = re.compile(r"\A# Made by: .*\n# SHA-256 of all below: ([0-9a-f]{64})\n")


def marked(text: str, command: str) -> str:
    """Return `text`, such as YAML, below two comments: the `command` that generated it, and its hash."""
    return f"# Made by: {visible(command)}\n# SHA-256 of all below: {_digest(text)}\n{text}"


def is_unchanged(text: str) -> bool:
    """Return whether `text` has a header and is unchanged below it, except for line ends that Git changed."""
    text = text.replace("\r\n", "\n")
    mark = _MARK.match(text)
    return mark is not None and mark[1] == _digest(text[mark.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
