"""What a use case remarks beside its result: notes and warnings as values, for the command line to print."""

import enum
from collections.abc import Callable

from kgctl_py.value import Value


class Level(enum.Enum):
    """Who is told: everybody, everybody with emphasis, or only those who ask for details with --verbose."""

    DETAIL = "detail"
    NOTE = "note"
    WARNING = "warning"


class Notice(Value, frozen=True):
    """One remark, and in `hint` what to type or do about it; each line of a hint is a hint of its own."""

    level: Level
    text: str
    hint: str = ""


Tell = Callable[[Notice], None]
"""What is called with a remark at once, by a use case that takes time or may be interrupted."""


def detail(text: str) -> Notice:
    """Return a remark that only --verbose shows."""
    return Notice(Level.DETAIL, text)


def note(text: str, hint: str = "") -> Notice:
    """Return a remark about something that is as it should be."""
    return Notice(Level.NOTE, text, hint)


def warning(text: str, hint: str = "") -> Notice:
    """Return a remark about something that may not be what the user wants."""
    return Notice(Level.WARNING, text, hint)
