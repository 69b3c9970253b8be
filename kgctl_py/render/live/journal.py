"""The events of a running command, one line each: text for people, or JSON for programs."""

import datetime
import enum
from collections.abc import Mapping

from kgctl_py.escape_text import visible
from kgctl_py.render import json_yaml
from kgctl_py.value import Value, field


class Level(enum.IntEnum):
    """The level of an entry; a journal shows entries of its level and above."""

    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    NONE = 5


class Entry(Value, frozen=True, kw_only=True):
    """An event: its Unix time, its kind for programs, its text, and its facts."""

    time: float
    level: Level
    event: str
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)


def as_line(entry: Entry) -> str:
    """Return the entry for people in one line."""
    return f"{_time(entry)} {entry.level.name.lower():5} {visible(entry.message)}"


def as_json_line(entry: Entry) -> str:
    """Return the entry as JSON in one line."""
    level = entry.level.name.lower()
    head = {"time": _time(entry), "level": level, "event": entry.event, "message": entry.message}
    return json_yaml.as_json_line({**head, **entry.facts})


def _time(entry: Entry) -> str:
    moment = datetime.datetime.fromtimestamp(entry.time, tz=datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
