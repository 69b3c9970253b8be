"""A header with a checksum, by which kgctl knows whether somebody has changed a file that it wrote."""

import hashlib
import re

from kgctl_py.escape_text import visible

_MARK = re.compile(r"\A# Made by: .*\n# SHA-256 of all below: ([0-9a-f]{64})\n")


def marked(text: str, command: str) -> str:
    """Return `text`, YAML or the like, below two comments: the `command` that made it, and its hash."""
    return f"# Made by: {visible(command)}\n# SHA-256 of all below: {_digest(text)}\n{text}"


def is_unchanged(text: str) -> bool:
    """Return whether `text` is marked and below the mark as it was made, whatever Git made of its line ends."""
    text = text.replace("\r\n", "\n")
    mark = _MARK.match(text)
    return mark is not None and mark[1] == _digest(text[mark.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
