"""`kgctl peer`: add, change, rotate, and remove Peers; one file per command."""

from typing import Any

from kgctl_py.cli import HelpfulGroup, group
from kgctl_py.cli.command_list import Commands, Row

_ROWS = tuple(
    Row("", name, f"peer.{place}", "")
    for name, place in (
        ("add", "add:add"),
        ("apply", "apply:apply_"),
        ("set", "set_peer:set_peer"),
        ("rotate", "rotate:rotate"),
        ("disable", "disable:disable"),
        ("enable", "disable:enable"),
        ("expire", "expire:expire"),
        ("prune", "prune:prune"),
        ("rm", "remove:remove"),
    )
)


class PeerGroup(HelpfulGroup):
    """The commands that change Peers, each imported when it is named."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = Commands(_ROWS)  # type: ignore[assignment] # read, never written


app = group("Add, change, rotate, and remove peers", PeerGroup)
