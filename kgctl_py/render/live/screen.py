"""The state of a tunnel on a terminal, which is updated in place below scrolling lines."""

import enum
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kgctl_py.duration_text import elapsed
from kgctl_py.escape_text import visible
from kgctl_py.value import Value
from kgctl_py.wireguard.device import REJECT_AFTER_SECONDS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_HEADINGS = ("", "LEADER", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT")
_KIBI = 1024


class Row(Value, frozen=True, kw_only=True):
    """A location or a peer: the seconds since its handshake, None before the first, and its traffic in bytes."""

    name: str
    leader: str
    endpoint: str
    handshake: int | None
    received: int
    sent: int


class Health(enum.Enum):
    """The health of a state, by its color."""

    GOOD = "green"
    DOUBTFUL = "yellow"
    BAD = "red"


class State(Value, frozen=True, kw_only=True):
    """The state of a tunnel in a word, and the reason, if any."""

    text: str
    health: Health = Health.DOUBTFUL


class Status(Value, frozen=True, kw_only=True):
    """The status of a tunnel: its state, its title, its rows, and lines with notes and warnings."""

    state: State
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Screen:
    """A terminal, open in a `with` block, which restores the terminal except for the printed lines."""

    def __init__(self, *, colour: bool) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False, no_color=not colour)
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stderr=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def line(self, text: str) -> None:
        """Print a line above the state."""
        self._console.print(text, soft_wrap=True)

    def show(self, status: Status) -> None:
        """Show the status."""
        self._live.update(drawn(status), refresh=True)


def drawn(status: Status) -> "RenderableType":
    """Return the status in the layout of rich."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        Text(visible(status.state.text), style=f"bold {status.state.health.value}"),
        Text(visible(status.title), style="bold", overflow="ellipsis", no_wrap=True),
        _table(status.rows),
        *(Text(visible(note), style="dim") for note in status.notes),
        *(Text(f"warning: {visible(warning)}", style="yellow") for warning in status.warnings),
    )


def _table(rows: tuple[Row, ...]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(
            visible(row.name),
            visible(row.leader),
            row.endpoint or "-",
            Text(_age(row.handshake), style=_style(row.handshake)),
            amount(row.received),
            amount(row.sent),
        )
    return table


def _age(handshake: int | None) -> str:
    return "none yet" if handshake is None else f"{elapsed(max(0, handshake))} ago"


def _style(handshake: int | None) -> str:
    if handshake is None:
        return "dim"
    return "green" if handshake < REJECT_AFTER_SECONDS else "yellow"


def amount(count: int) -> str:
    """Return a number of bytes as in `wg show`: `148 B`, `1.21 KiB`."""
    size, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < _KIBI:
            break
        size, unit = size / _KIBI, larger
    return f"{count} B" if unit == "B" else f"{size:.2f} {unit}"
