"""The state of a tunnel, as a terminal shows it."""

import io

import pytest
from rich.console import Console

from kgctl_py.render.live.screen import Health, Row, State, Status, amount, drawn

CONNECTED = State(text="connected", health=Health.GOOD)
ROWS = (
    Row(name="location:a", leader="a1", endpoint="203.0.113.1:51820", handshake=12, received=1240, sent=3482),
    Row(name="peer office", leader="", endpoint="", handshake=None, received=0, sent=148),
)


def shown(status: Status, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(drawn(status))
    text: str = console.file.getvalue()  # type: ignore[attr-defined] # the StringIO
    return [line.rstrip() for line in text.splitlines()]


def test_each_location_and_peer_is_a_row() -> None:
    status = Status(
        state=CONNECTED,
        title="kilo0",
        rows=ROWS,
        notes=("press Ctrl-C to disconnect",),
        warnings=("a network is not routed",),
    )
    assert shown(status) == [
        "connected",
        "kilo0",
        "              LEADER   ENDPOINT            HANDSHAKE   RECEIVED   SENT",
        "location:a    a1       203.0.113.1:51820   12s ago     1.21 KiB   3.40 KiB",
        "peer office            -                   none yet    0 B        148 B",
        "press Ctrl-C to disconnect",
        "warning: a network is not routed",
    ]


def test_names_from_the_cluster_neither_move_the_cursor_nor_mean_anything() -> None:
    evil = Row(name="[red]\x1b[2J", leader=":smile:\n", endpoint="", handshake=None, received=0, sent=0)
    text = "\n".join(shown(Status(state=CONNECTED, title="[b]\x1b]0;x\x07", rows=(evil,))))
    assert "\x1b" not in text
    assert r"[red]\x1b[2J" in text
    assert r":smile:\n" in text


def test_a_narrow_terminal_cuts_and_does_not_wrap() -> None:
    lines = shown(Status(state=CONNECTED, title="kilo0", rows=ROWS), width=50)
    assert len(lines) == 5
    assert max(map(len, lines)) <= 50


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (5 << 40, "5.00 TiB")]
)
def test_amounts_are_written_as_wg_writes_them(count: int, text: str) -> None:
    assert amount(count) == text
