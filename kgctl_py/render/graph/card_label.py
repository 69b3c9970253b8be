"""A card as a table in the HTML-like labels of Graphviz, and its size."""

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.render.graph.cards import Card, Row
from kgctl_py.render.graph.placement import Box
from kgctl_py.render.graph.text_width import text_width
from kgctl_py.render.graph.theme import CardShades, Shades

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
_LEADER = "leader"

Widths = list[float]


def card_box(card: Card, width: float = 0) -> Box:
    """Return the size of a card, rather too large; a list fills the given width."""
    width = width or max(narrowest(card), *(sum(_list_widths(names)) + 2 * _EDGE for names in _lists(card)))
    height = _height(_TITLE) + 2 * _EDGE + len(card.facts) * _height(_TEXT) + bool(card.facts) * _APART
    height += _table_height(card) + sum(_list_height(names, width) for names in _lists(card))
    return Box(width=width, height=height)


def narrowest(card: Card) -> float:
    """Return the width that a card needs for everything except its lists."""
    title = text_width(card.title, _TITLE, bold=True) + text_width(card.aside, _TEXT) + 4 * _SIDE
    lists = (_list_width(names) for names in _lists(card))
    return max(title, sum(_fact_widths(card)), sum(_row_widths(card)), *_ghost_widths(card), *lists) + 2 * _EDGE


def _lists(card: Card) -> tuple[Sequence[str], Sequence[str]]:
    return card.listed, card.ghosts


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
        _table(_rows(card, own, shades), inside),
        _table(_listed(card.listed, shades.ink, inside), inside),
        _table(_ghosts(card, shades, inside), inside),
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


def line_label(text: str, width: float, colour: str, size: float, *, bold: bool = False) -> str:
    """Return the label of one line of text, at the left of a box of the width."""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">'
        f'<TR><TD ALIGN="LEFT">{_text(text, colour, size, bold=bold)}</TD></TR></TABLE>>'
    )


def _facts(card: Card, shades: Shades) -> Iterator[str]:
    widths = _fact_widths(card)
    for label, value in card.facts:
        yield _cell(_text(label, shades.quiet, _TEXT), widths[0]) + _cell(
            _text(value, shades.ink if card.takes_part else shades.ghost, _TEXT, bold=label == _LEADER), widths[1]
        )


def _rows(card: Card, own: CardShades, shades: Shades) -> Iterator[str]:
    widths = _row_widths(card)
    if any(card.heads[1:]):
        yield "".join(
            _cell(_text(head, shades.quiet, _SMALL), width) for head, width in zip(card.heads, widths, strict=True)
        )
    for row in card.rows:
        if row.ghost:
            name, why = row.cells
            texts = _text(name, shades.ghost, _TEXT) + _text("   " + why, shades.ghost, _SMALL, italic=True)
            yield _cell(texts, span=max(len(widths), 1))
        else:
            yield "".join(_row_cells(row, widths, own, shades))


def _row_cells(row: Row, widths: Widths, own: CardShades, shades: Shades) -> Iterator[str]:
    ground = own.tint if row.leads else ""
    for n, (text, width) in enumerate(zip(row.cells, widths, strict=True)):
        badge = row.leads and text == _LEADER and n == 1
        colour, size = (own.strong, _SMALL) if badge else (shades.ink, _TEXT)
        yield _cell(_text(text, colour, size, bold=n == 0 or badge), width, ground=ground)


def _listed(names: Sequence[str], colour: str, inside: float) -> Iterator[str]:
    """Return one row whose cells are columns of names, because names are faster to draw than cells."""
    if not names:
        return
    columns, width = _fitting(names, inside), _list_width(names)
    deep = math.ceil(len(names) / columns)
    lines = (names[start : start + deep] for start in range(0, len(names), deep))
    texts = ("".join(f'{_escaped(name)}<BR ALIGN="LEFT"/>' for name in part) for part in lines)
    yield "".join(_cell(_sized(text, colour, _TEXT), width, valign="TOP") for text in texts)


def _ghosts(card: Card, shades: Shades, inside: float) -> Iterator[str]:
    if card.ghosts:
        yield _cell(_text("also not ready", shades.ghost, _SMALL, italic=True), span=_fitting(card.ghosts, inside))
        yield from _listed(card.ghosts, shades.ghost, inside)


def _table(rows: Iterable[str], width: float) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    if not body:
        return ""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" WIDTH="{width:.0f}">{body}</TABLE>'


def _cell(
    text: str, width: float = 0, *, align: str = "LEFT", ground: str = "", span: int = 1, valign: str = "BOTTOM"
) -> str:
    more = (f' WIDTH="{width:.0f}"' if width else "") + (f' BGCOLOR="{ground}"' if ground else "")
    more += f' COLSPAN="{span}"' if span > 1 else ""
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
    return re.sub(r"^ | $|(?<= ) ", "\u00a0", html.escape(text)).replace("\\", "\\\\")


def _height(size: float) -> float:
    return size * _LINE + 2 * _ABOVE


def _table_height(card: Card) -> float:
    heads = _height(_SMALL) * (any(card.heads[1:]) + bool(card.ghosts))
    return heads + len(card.rows) * _height(_TEXT)


def _list_height(names: Sequence[str], width: float) -> float:
    if not names:
        return 0
    return math.ceil(len(names) / _fitting(names, width - 2 * _EDGE)) * _TEXT * _LINE + 2 * _ABOVE


def _fitting(names: Sequence[str], inside: float) -> int:
    """Return the number of columns of a list that fit in the width."""
    return max(1, min(len(names), int(inside / _list_width(names))))


def _fact_widths(card: Card) -> Widths:
    labels = [text_width(label, _TEXT) for label, _ in card.facts]
    values = [text_width(value, _TEXT, bold=label == _LEADER) for label, value in card.facts]
    return [max(labels, default=0) + 2 * _SIDE, max(values, default=0) + 2 * _SIDE]


def _row_widths(card: Card) -> Widths:
    rows = [row.cells for row in card.rows if not row.ghost]
    return [
        max(
            text_width(head, _SMALL),
            *(text_width(cells[n], _TEXT, bold=n == 0) for cells in rows),
        )
        + 2 * _SIDE
        for n, head in enumerate(card.heads)
    ]


def _ghost_widths(card: Card) -> Iterator[float]:
    for row in card.rows:
        if row.ghost:
            name, why = row.cells
            yield text_width(name, _TEXT) + text_width("   " + why, _SMALL) + 2 * _SIDE
    yield 0


def _list_width(names: Sequence[str]) -> float:
    return max((text_width(name, _TEXT) for name in names), default=0) + 2 * _SIDE


def _list_columns(names: Sequence[str]) -> int:
    """Return the number of columns that give a list the shape of a card."""
    deep = math.sqrt(len(names) * _list_width(names) / (_TEXT * _LINE * _LIST_SHAPE))
    return max(1, math.ceil(len(names) / max(deep, 4)))


def _list_widths(names: Sequence[str]) -> Widths:
    return [_list_width(names)] * _list_columns(names) if names else []
