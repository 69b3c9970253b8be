"""Text from the cluster without control characters, safe for a terminal, a comment, or a label."""

import re

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""Marks and letters of Unicode that terminals do not show: Default_Ignorable_Code_Point, and blanks."""


_LONGEST, _LONGEST_COMMENT = 20_000, 1_000

_OBJECT_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")  # DNS subdomain names of Kubernetes


def typed(name: str) -> str:
    """Return a name as a word of a shell command; NAME for a name that a shell could interpret."""
    return name if _OBJECT_NAME.fullmatch(name) else "NAME"


def hint_lines(hint: str) -> list[str]:
    """Return the lines of a hint; other line breaks are part of a name, and do not start a new hint."""
    return hint.split("\n") if hint else []


def visible(text: str) -> str:
    r"""Return `text` on one line with every control or invisible character escaped, such as `\n` or `\x1b`.

    Names, locations, and annotations of the cluster are untrusted: escapes in them must not move the cursor, and
    line breaks must not start a new line.
    """
    if is_visible(text):
        return text
    return "".join(c if is_visible(c) else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str, most: int = _LONGEST) -> str:
    """Return the start of a very long text, and its length: a name in a file can have millions of characters."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def visible_comment(text: str) -> str:
    """Return a text as a comment: on one line, and not longer than programs read."""
    return visible(shortened(text, _LONGEST_COMMENT))


def without_middle(text: str, most: int) -> str:
    """Return a long text without its middle, because names often differ at the end."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-(most // 2) :]}"


def is_visible(text: str) -> bool:
    """Return whether every character of `text` is visible or a space."""
    return text.isprintable() and (text.isascii() or not _BLANK.search(text))
