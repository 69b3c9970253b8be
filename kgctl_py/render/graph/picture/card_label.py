"""A card as a table in the HTML-like labels of Graphviz."""

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.render.graph.picture.box_geometry import Box
from kgctl_py.render.graph.picture.card_size import (
    ABOVE,
    APART,
    EDGE,
    LEADER,
    SMALL,
    TEXT,
    TITLE,
    Widths,
    columns_that_fit,
    fact_widths,
    list_widths,
    row_widths,
)
from kgctl_py.render.graph.picture.cards import BEHIND_NAT, Card, Listing, Row
from kgctl_py.render.graph.picture.theme import CardShades, Shades

_NO_BREAK_SPACE = "\u00a0"


def card_label(card: Card, box: Box, own: CardShades, shades: Shades) -> str:
    """Return the label that fills a box."""
    inside = box.width - 2 * EDGE
    title = _cell(_text(card.title, own.strong, TITLE, bold=True)) + _cell(
        _text(card.aside, shades.quiet, TEXT), align="RIGHT", valign="MIDDLE"
    )
    parts = [
        _table([title], inside),
        _table(_facts(card, shades), inside),
        _table([f'<TD HEIGHT="{APART}"></TD>'] if card.facts else [], inside),
        _table(_rows(card, own, shades, inside), inside),
        *(_table(_listed(listing, card, shades, inside), inside) for listing in card.listings),
    ]
    ground = own.ground if card.takes_part else shades.frame
    style = "ROUNDED" if card.takes_part else "ROUNDED,DASHED"
    body = "".join(f'<TR><TD ALIGN="LEFT" VALIGN="TOP">{part}</TD></TR>' for part in parts if part)
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="{style}" '
        f'COLOR="{own.strong}" BGCOLOR="{ground}" WIDTH="{box.width:.0f}" HEIGHT="{box.height:.0f}">'
        f'<TR><TD CELLPADDING="{EDGE}" VALIGN="TOP"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" '
        f'CELLPADDING="0">{body}</TABLE></TD></TR></TABLE>>'
    )


def dot_label(name: str, count: str, own: CardShades, shades: Shades) -> str:
    """Return the label of a location on a map: its name, and below it the number of its nodes."""
    return f"<{_text(name, own.strong, TEXT, bold=True)}<BR/>{_text(count, shades.quiet, SMALL)}>"


def line_label(text: str, width: float, colour: str, size: float, *, bold: bool = False) -> str:
    """Return the label of one line of text, left-aligned in a box of the given width."""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">'
        f'<TR><TD ALIGN="LEFT">{_text(text, colour, size, bold=bold)}</TD></TR></TABLE>>'
    )


def _facts(card: Card, shades: Shades) -> Iterator[str]:
    widths = fact_widths(card)
    for label, value in card.facts:
        is_nat = label == BEHIND_NAT
        ink = shades.ink if is_nat else shades.quiet
        yield _cell(_text(label, ink, TEXT, bold=is_nat), widths[0]) + _cell(
            _text(value, shades.ink if card.takes_part else shades.ghost, TEXT, bold=label == LEADER), widths[1]
        )


def _rows(card: Card, own: CardShades, shades: Shades, inside: float) -> Iterator[str]:
    widths = row_widths(card)
    if widths:
        widths[-1] += max(0, inside - sum(widths))  # so that the row of a leader is as wide as the card
    if any(card.heads[1:]):
        yield "".join(
            _cell(_text(head, shades.quiet, SMALL), width) for head, width in zip(card.heads, widths, strict=True)
        )
    for row in card.rows:
        yield "".join(_row_cells(row, widths, own, shades))


def _row_cells(row: Row, widths: Widths, own: CardShades, shades: Shades) -> Iterator[str]:
    ground = own.tint if row.leads else ""
    for n, (text, width) in enumerate(zip(row.cells, widths, strict=True)):
        badge = row.leads and text == LEADER and n == 1
        size = SMALL if badge else TEXT
        yield _cell(_text(text, shades.ink, size, bold=n == 0 or badge), width, ground=ground)


def _listed(listing: Listing, card: Card, shades: Shades, inside: float) -> Iterator[str]:
    """Return a row of heads, and one with a cell for each column, because one long text is drawn faster."""
    columns, widths = columns_that_fit(listing, card, inside), list_widths(listing, card)
    deep = math.ceil(len(listing.lines) / columns)
    parts = [listing.lines[start : start + deep] for start in range(0, len(listing.lines), deep)]
    ink, quiet = (shades.ghost, shades.ghost) if listing.ghost else (shades.ink, shades.quiet)
    heads = [_text(head, quiet, SMALL) for head in listing.heads]
    yield "".join(_cell(head, width) for _ in parts for head, width in zip(heads, widths, strict=True))
    yield "".join(
        _cell(_lines([line[n] for line in part], ink), width, valign="TOP")
        for part in parts
        for n, width in enumerate(widths)
    )


def _lines(texts: Sequence[str], ink: str) -> str:
    """Return lines of one font only, because a bold line has another height than the one beside it."""
    return _sized("".join(f'{_escaped(text) or _NO_BREAK_SPACE}<BR ALIGN="LEFT"/>' for text in texts), ink, TEXT)


def _table(rows: Iterable[str], width: float) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    if not body:
        return ""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">{body}</TABLE>'


def _cell(text: str, width: float = 0, *, align: str = "LEFT", ground: str = "", valign: str = "BOTTOM") -> str:
    more = (f' WIDTH="{width:.0f}"' if width else "") + (f' BGCOLOR="{ground}"' if ground else "")
    return f'<TD ALIGN="{align}" VALIGN="{valign}" BALIGN="LEFT" CELLPADDING="{ABOVE}"{more}>{text}</TD>'


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
