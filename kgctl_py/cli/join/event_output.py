"""How a running command prints its events: as lines, as JSON, or above a live screen."""

import contextlib
import enum
import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.terminal import terminal
from kgctl_py.connect.event_log import EventLog
from kgctl_py.render.live.journal import Level, as_json_line, as_line
from kgctl_py.render.live.screen import Screen


class Output(enum.StrEnum):
    """The forms of events."""

    TEXT = "text"
    JSON = "json"


class LogLevel(enum.StrEnum):
    """`--log-level`: the values of the Go kgctl."""

    ALL = "all"
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    NONE = "none"

    @property
    def level(self) -> Level:
        """The level of the log."""
        return Level.DEBUG if self is LogLevel.ALL else Level[self.name]


LogLevelOption = Annotated[LogLevel, typer.Option(help="Lowest level of events to print", rich_help_panel=OUTPUT)]
OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="Format of the events", rich_help_panel=OUTPUT)
]


@contextlib.contextmanager
def open_event_log(output: Output, level: Level) -> Iterator[tuple[EventLog, Screen | None]]:
    """Open the log: lines on stdout, above a live screen when stdout is a terminal that can show it."""
    if output is Output.TEXT and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        with Screen(colour=terminal.coloured) as screen:
            yield EventLog(level, as_line, screen.line), screen
    else:
        yield lines_on_stdout(output, level), None


def lines_on_stdout(output: Output, level: Level) -> EventLog:
    """Return the log of a command that has no screen."""
    return EventLog(level, as_json_line if output is Output.JSON else as_line, _print)


def _print(line: str) -> None:
    print(line, flush=True)
