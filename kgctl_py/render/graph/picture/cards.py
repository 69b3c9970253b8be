"""A card of the picture, which is a box with facts, a table, or a list."""

import re
from collections.abc import Sequence

from kgctl_py.escape_text import visible, without_middle
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value, replace

MOST_IN_FULL = 30
"""The number of nodes or peers up to which all addresses are shown, by default."""
_LONGEST = 44
DISCOVERED = " ~"
"""The marker of a discovered endpoint."""
BEHIND_NAT = "behind NAT"
PRIVATE = "private endpoint"
"""The mark of a leader that others may not reach, but that is not known to be behind NAT."""


class Row(Value, frozen=True):
    """A line of a card's table; the first cell is a name."""

    cells: tuple[str, ...]
    leads: bool = False


class Listing(Value, frozen=True, kw_only=True):
    """Lines in as many columns as fit, with a cell for each head; the lines of a ghost are not ready."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    ghost: bool = False


class Card(Value, frozen=True, kw_only=True):
    """A box of the picture: labeled facts, a table, lists, and `ends`, its number of tunnel ends.

    It is `behind_nat` if all these ends are, so that it opens the tunnels to other cards.
    """

    title: str
    aside: str = ""
    location: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    listings: tuple[Listing, ...] = ()
    ends: int = 0
    behind_nat: bool = False
    is_peers: bool = False

    @property
    def takes_part(self) -> bool:
        """Whether any tunnel ends at this card."""
        return self.ends > 0


def with_table(card: Card, heads: Sequence[str], rows: Sequence[Row]) -> Card:
    """Return the card with a table, without columns that are empty in every row."""
    used = _used(heads, [row.cells for row in rows])
    kept = tuple(replace(row, cells=tuple(row.cells[n] for n in used)) for row in rows)
    return replace(card, heads=tuple(heads[n] for n in used), rows=kept)


def listing(heads: Sequence[str], lines: Sequence[tuple[str, ...]], *, ghost: bool = False) -> tuple[Listing, ...]:
    """Return a list, or nothing if there are no lines."""
    used = _used(heads, lines)
    kept = tuple(tuple(line[n] for n in used) for line in lines)
    return (Listing(heads=tuple(heads[n] for n in used), lines=kept, ghost=ghost),) if lines else ()


def _used(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Sequence[int]:
    """Return the columns that are not empty in every line."""
    return [n for n in range(len(heads)) if any(line[n] for line in lines)]


def plural(number: int, thing: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def count_text(all_of_them: int, thing: str, out: int) -> str:
    """Return a number of things, and how many of them are not ready."""
    return plural(all_of_them, thing) + (f", {out} not ready" if out else "")


def by_number(name: str) -> tuple[tuple[int, str], ...]:
    """Return the key that sorts names as people count: node-2 comes before node-10."""
    return tuple((len(part.lstrip("0")) if part.isdigit() else 0, part) for part in re.split("([0-9]+)", name))


def few(cidrs: Sequence[object], most: int = 3) -> str:
    """Return the first networks, and how many more there are."""
    rest = f", {len(cidrs) - most} more" if len(cidrs) > most else ""
    return ", ".join(map(str, cidrs[:most])) + rest


def endpoint_text(member: Node | Peer, topology: Topology) -> str:
    """Return the endpoint that configurations use: a discovered one takes precedence, and is marked."""
    key = member.key if isinstance(member, Node) else member.public_key
    discovered = topology.discovered_endpoint(key, member.persistent_keepalive)
    if discovered and discovered != member.endpoint:
        return f"{shown_name(str(discovered))}{DISCOVERED}"
    return shown_name(str(member.endpoint or ""))


def shown_name(text: str) -> str:
    """Return a name or another text of the cluster as a cell."""
    return without_middle(visible(text), _LONGEST)
