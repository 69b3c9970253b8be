"""A card as a table in the HTML-like labels of Graphviz, and its size."""

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.render.graph.picture.box_geometry import Box
from kgctl_py.render.graph.picture.cards import BEHIND_NAT, Card, Listing, Row
from kgctl_py.render.graph.picture.text_width import text_width
from kgctl_py.render.graph.picture.theme import CardShades, Shades

_TITLE, _TEXT, _SMALL = 15, 11, 9
_LINE = 1.15
"""The height of a line, by the size of its font."""
_SIDE, _ABOVE = 6, 3
"""The room of a cell left and right of its text, and above and below it."""
_EDGE = 7
"""The room between the border of a card and its tables."""
_APART = 5
"""The room between the facts of a card and its table."""
_LIST_SHAPE = 1.9
_BETWEEN = 18
"""The room between the columns of a list."""
_LEADER = "leader"
_NO_BREAK_SPACE = "\u00a0"

Widths = list[float]


def card_box(card: Card, width: float = 0) -> Box:
    """Return the size of a card, rounded up; a list fills the given width."""
    width = width or max(
        narrowest(card), *(_usual_width(listing, card) + 2 * _EDGE for listing in card.listings), 0
    )
    height = _height(_TITLE) + 2 * _EDGE + len(card.facts) * _height(_TEXT) + bool(card.facts) * _APART
    height += _table_height(card) + sum(
        _list_height(listing, card, width - 2 * _EDGE) for listing in card.listings
    )
    return Box(width=width, height=height)


def narrowest(card: Card) -> float:
    """Return the width that a card needs for everything except its lists."""
    title = text_width(card.title, _TITLE, bold=True) + text_width(card.aside, _TEXT) + 4 * _SIDE
    lists = (_list_width(listing, card) for listing in card.listings)
    return max(title, sum(_fact_widths(card)), sum(_row_widths(card)), *lists) + 2 * _EDGE


def card_label(card: Card, box: Box, own: CardShades, shades: Shades) -> str:
    """Return the label that fills a box."""
    inside = box.width - 2 * _EDGE
    title = _cell(_text(card.title, own.strong, _TITLE, bold=True)) + _cell(
        _text(card.aside, shades.quiet, _TEXT), align="RIGHT", valign="MIDDLE"
    )
    parts = [
        _table([title], inside),
        _table(_facts(card, shades), inside),
        _table([f'<TD HEIGHT="{_APART}"></TD>'] if card.facts else [], inside),
        _table(_rows(card, own, shades, inside), inside),
        *(_table(_listed(listing, card, shades, inside), inside) for listing in card.listings),
    ]
    ground = own.ground if card.takes_part else shades.frame
    style = "ROUNDED" if card.takes_part else "ROUNDED,DASHED"
    body = "".join(f'<TR><TD ALIGN="LEFT" VALIGN="TOP">{part}</TD></TR>' for part in parts if part)
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="{style}" '
        f'COLOR="{own.strong}" BGCOLOR="{ground}" WIDTH="{box.width:.0f}" HEIGHT="{box.height:.0f}">'
        f'<TR><TD CELLPADDING="{_EDGE}" VALIGN="TOP"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" '
        f'CELLPADDING="0">{body}</TABLE></TD></TR></TABLE>>'
    )


def dot_label(name: str, count: str, own: CardShades, shades: Shades) -> str:
    """Return the label of a location on a map: its name, and below it the number of its nodes."""
    return f"<{_text(name, own.strong, _TEXT, bold=True)}<BR/>{_text(count, shades.quiet, _SMALL)}>"


def line_label(text: str, width: float, colour: str, size: float, *, bold: bool = False) -> str:
    """Return the label of one line of text, left-aligned in a box of the given width."""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">'
        f'<TR><TD ALIGN="LEFT">{_text(text, colour, size, bold=bold)}</TD></TR></TABLE>>'
    )


def _facts(card: Card, shades: Shades) -> Iterator[str]:
    widths = _fact_widths(card)
    for label, value in card.facts:
        is_nat = label == BEHIND_NAT
        ink = shades.ink if is_nat else shades.quiet
        yield _cell(_text(label, ink, _TEXT, bold=is_nat), widths[0]) + _cell(
            _text(value, shades.ink if card.takes_part else shades.ghost, _TEXT, bold=label == _LEADER), widths[1]
        )


def _rows(card: Card, own: CardShades, shades: Shades, inside: float) -> Iterator[str]:
    widths = _row_widths(card)
    if widths:
        widths[-1] += max(0, inside - sum(widths))  # so that the row of a leader is as wide as the card
    if any(card.heads[1:]):
        yield "".join(
            _cell(_text(head, shades.quiet, _SMALL), width) for head, width in zip(card.heads, widths, strict=True)
        )
    for row in card.rows:
        yield "".join(_row_cells(row, widths, own, shades))


def _row_cells(row: Row, widths: Widths, own: CardShades, shades: Shades) -> Iterator[str]:
    ground = own.tint if row.leads else ""
    for n, (text, width) in enumerate(zip(row.cells, widths, strict=True)):
        badge = row.leads and text == _LEADER and n == 1
        size = _SMALL if badge else _TEXT
        yield _cell(_text(text, shades.ink, size, bold=n == 0 or badge), width, ground=ground)


def _listed(listing: Listing, card: Card, shades: Shades, inside: float) -> Iterator[str]:
    """Return a row of heads, and one with a cell for each column, because one long text is drawn faster."""
    columns, widths = _fitting(listing, card, inside), _list_widths(listing, card)
    deep = math.ceil(len(listing.lines) / columns)
    parts = [listing.lines[start : start + deep] for start in range(0, len(listing.lines), deep)]
    ink, quiet = (shades.ghost, shades.ghost) if listing.ghost else (shades.ink, shades.quiet)
    heads = [_text(head, quiet, _SMALL) for head in listing.heads]
    yield "".join(_cell(head, width) for _ in parts for head, width in zip(heads, widths, strict=True))
    yield "".join(
        _cell(_lines([line[n] for line in part], ink), width, valign="TOP")
        for part in parts
        for n, width in enumerate(widths)
    )


def _lines(texts: Sequence[str], ink: str) -> str:
    """Return lines of one font only, because a bold line has another height than the one beside it."""
    return _sized("".join(f'{_escaped(text) or _NO_BREAK_SPACE}<BR ALIGN="LEFT"/>' for text in texts), ink, _TEXT)


def _table(rows: Iterable[str], width: float) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    if not body:
        return ""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">{body}</TABLE>'


def _cell(text: str, width: float = 0, *, align: str = "LEFT", ground: str = "", valign: str = "BOTTOM") -> str:
    more = (f' WIDTH="{width:.0f}"' if width else "") + (f' BGCOLOR="{ground}"' if ground else "")
    return f'<TD ALIGN="{align}" VALIGN="{valign}" BALIGN="LEFT" CELLPADDING="{_ABOVE}"{more}>{text}</TD>'


def _text(text: str, colour: str, size: float, *, bold: bool = False, italic: bool = False) -> str:
    if not text:
        return ""
    shown = _escaped(text)
    shown = f"<B>{shown}</B>" if bold else shown
    return _sized(f"<I>{shown}</I>" if italic else shown, colour, size)


def _sized(markup: str, colour: str, size: float) -> str:
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{markup}</FONT>'


def _escaped(text: str) -> str:
    r"""Escape markup and backslashes, because Graphviz replaces `\N`; keep spaces that it would remove."""
    return re.sub(r"^ | $|(?<= ) ", _NO_BREAK_SPACE, html.escape(text)).replace("\\", "\\\\")


def _height(size: float) -> float:
    return size * _LINE + 2 * _ABOVE


def _table_height(card: Card) -> float:
    return _height(_SMALL) * any(card.heads[1:]) + len(card.rows) * _height(_TEXT)


def _list_height(listing: Listing, card: Card, inside: float) -> float:
    deep = math.ceil(len(listing.lines) / _fitting(listing, card, inside))
    return _height(_SMALL) + deep * _TEXT * _LINE + 2 * _ABOVE


def _fitting(listing: Listing, card: Card, inside: float) -> int:
    """Return the number of columns of a list that fit in the width."""
    return max(1, min(len(listing.lines), int(inside / _list_width(listing, card))))


def _fact_widths(card: Card) -> Widths:
    labels = [text_width(label, _TEXT, bold=label == BEHIND_NAT) for label, _ in card.facts]
    values = [text_width(value, _TEXT, bold=label == _LEADER) for label, value in card.facts]
    return [max(labels, default=0) + 2 * _SIDE, max(values, default=0) + 2 * _SIDE]


def _row_widths(card: Card) -> Widths:
    rows = [row.cells for row in card.rows]
    return [_widest(head, [cells[n] for cells in rows], bold=n == 0) for n, head in enumerate(card.heads)]


def _widest(head: str, texts: Sequence[str], *, bold: bool) -> float:
    """Return the width of the column with this head and these texts."""
    return max(text_width(head, _SMALL), *(text_width(text, _TEXT, bold=bold) for text in texts)) + 2 * _SIDE


def _list_widths(listing: Listing, card: Card) -> Widths:
    """Return the widths of the cells of one column; the last one has the room to the next column.

    Below a table, the second cell is below the column with the same head.
    """
    cells = zip(listing.heads, zip(*listing.lines, strict=True), strict=True)
    first, *others = (_widest(head, texts, bold=False) for head, texts in cells)
    if card.rows and others and listing.heads[1] in card.heads:
        first = max(first, sum(_row_widths(card)[: card.heads.index(listing.heads[1])]))
    widths = [first, *others]
    return [*widths[:-1], widths[-1] + _BETWEEN]


def _list_width(listing: Listing, card: Card) -> float:
    return sum(_list_widths(listing, card))


def _usual_width(listing: Listing, card: Card) -> float:
    """Return the width that gives a list the shape of a card."""
    width = _list_width(listing, card)
    deep = math.sqrt(len(listing.lines) * width / (_TEXT * _LINE * _LIST_SHAPE))
    return width * max(1, math.ceil(len(listing.lines) / max(deep, 4)))
