"""Notices, which are notes and warnings that a use case returns and the command prints."""

import enum
from collections.abc import Callable

from kgctl_py.value import Value


class Level(enum.Enum):
    """The level of a remark: always shown, shown as a warning, or shown only with --verbose."""

    DETAIL = "detail"
    NOTE = "note"
    WARNING = "warning"


class Notice(Value, frozen=True):
    """A remark, and a `hint` that says what to do; each line of a hint is a separate hint."""

    level: Level
    text: str
    hint: str = ""


Tell = Callable[[Notice], None]
"""A function for remarks during a use case that takes time or can be interrupted."""


def detail(text: str) -> Notice:
    """Return a remark that only --verbose shows."""
    return Notice(Level.DETAIL, text)


def note(text: str, hint: str = "") -> Notice:
    """Return a remark about an expected result."""
    return Notice(Level.NOTE, text, hint)


def warning(text: str, hint: str = "") -> Notice:
    """Return a remark about something that the user may not want."""
    return Notice(Level.WARNING, text, hint)
