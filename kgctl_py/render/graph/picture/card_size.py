"""The size of a card, of its table, and of its lists, from the widths of their texts."""

import math
from collections.abc import Sequence

from kgctl_py.render.graph.picture.box_geometry import Box
from kgctl_py.render.graph.picture.cards import BEHIND_NAT, Card, Listing
from kgctl_py.render.graph.picture.text_width import text_width

TITLE, TEXT, SMALL = 15, 11, 9
_LINE = 1.15
"""The height of a line, by the size of its font."""
_SIDE, ABOVE = 6, 3
"""The room of a cell left and right of its text, and above and below it."""
EDGE = 7
"""The room between the border of a card and its tables."""
APART = 5
"""The room between the facts of a card and its table."""
_LIST_SHAPE = 1.9
_BETWEEN = 18
"""The room between the columns of a list."""
LEADER = "leader"
Widths = list[float]


def card_box(card: Card, width: float = 0) -> Box:
    """Return the size of a card, rounded up; a list fills the given width."""
    width = width or max(
        narrowest(card), *(_usual_width(listing, card) + 2 * EDGE for listing in card.listings), 0
    )
    height = _height(TITLE) + 2 * EDGE + len(card.facts) * _height(TEXT) + bool(card.facts) * APART
    height += _table_height(card) + sum(_list_height(listing, card, width - 2 * EDGE) for listing in card.listings)
    return Box(width=width, height=height)


def narrowest(card: Card) -> float:
    """Return the width that a card needs for everything except its lists."""
    title = text_width(card.title, TITLE, bold=True) + text_width(card.aside, TEXT) + 4 * _SIDE
    lists = (_list_width(listing, card) for listing in card.listings)
    return max(title, sum(fact_widths(card)), sum(row_widths(card)), *lists) + 2 * EDGE


def _height(size: float) -> float:
    return size * _LINE + 2 * ABOVE


def _table_height(card: Card) -> float:
    return _height(SMALL) * any(card.heads[1:]) + len(card.rows) * _height(TEXT)


def _list_height(listing: Listing, card: Card, inside: float) -> float:
    deep = math.ceil(len(listing.lines) / columns_that_fit(listing, card, inside))
    return _height(SMALL) + deep * TEXT * _LINE + 2 * ABOVE


def columns_that_fit(listing: Listing, card: Card, inside: float) -> int:
    """Return the number of columns of a list that fit in the width."""
    return max(1, min(len(listing.lines), int(inside / _list_width(listing, card))))


def fact_widths(card: Card) -> Widths:
    """Return the widths of the labels and of the values of the facts of a card."""
    labels = [text_width(label, TEXT, bold=label == BEHIND_NAT) for label, _ in card.facts]
    values = [text_width(value, TEXT, bold=label == LEADER) for label, value in card.facts]
    return [max(labels, default=0) + 2 * _SIDE, max(values, default=0) + 2 * _SIDE]


def row_widths(card: Card) -> Widths:
    """Return the widths of the columns of the table of a card."""
    rows = [row.cells for row in card.rows]
    return [_widest(head, [cells[n] for cells in rows], bold=n == 0) for n, head in enumerate(card.heads)]


def _widest(head: str, texts: Sequence[str], *, bold: bool) -> float:
    """Return the width of the column with this head and these texts."""
    return max(text_width(head, SMALL), *(text_width(text, TEXT, bold=bold) for text in texts)) + 2 * _SIDE


def list_widths(listing: Listing, card: Card) -> Widths:
    """Return the widths of the cells of one column; the last one has the room to the next column.

    Below a table, the second cell is below the column with the same head.
    """
    cells = zip(listing.heads, zip(*listing.lines, strict=True), strict=True)
    first, *others = (_widest(head, texts, bold=False) for head, texts in cells)
    if card.rows and others and listing.heads[1] in card.heads:
        first = max(first, sum(row_widths(card)[: card.heads.index(listing.heads[1])]))
    widths = [first, *others]
    return [*widths[:-1], widths[-1] + _BETWEEN]


def _list_width(listing: Listing, card: Card) -> float:
    return sum(list_widths(listing, card))


def _usual_width(listing: Listing, card: Card) -> float:
    """Return the width that gives a list the shape of a card."""
    width = _list_width(listing, card)
    deep = math.sqrt(len(listing.lines) * width / (TEXT * _LINE * _LIST_SHAPE))
    return width * max(1, math.ceil(len(listing.lines) / max(deep, 4)))
