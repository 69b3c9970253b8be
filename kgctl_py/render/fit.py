"""How wide text is on a terminal, and how columns of it are made to fit."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

ELLIPSIS = "…"
_MOST_LINES = 3
_NARROW, _NAME = 12, 40
"""What a column keeps when there is no room: the first, which has names, and the others."""
_CHUNK = re.compile(r"[^, ]*[, ]?")
"""A list may be broken after a comma, and a sentence after a space."""


def display_width(text: str) -> int:
    """Give the cells of a terminal that `text` takes: two for wide East Asian characters, none for accents."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Give `text`, or as much of it as goes before an ellipsis into `width` cells."""
    if display_width(text) <= width:
        return text
    while display_width(text) > width - 1:
        text = text[:-1]
    return text + ELLIPSIS


def wrapped(text: str, width: int) -> list[str]:
    """Give `text` in at most three lines of `width` cells; an ellipsis stands for what does not go in."""
    if display_width(text) <= width:
        return [text]
    lines = list(_lines(text, width))
    if len(lines) > _MOST_LINES:
        last = lines[_MOST_LINES - 1]
        lines = [*lines[: _MOST_LINES - 1], cut(last + ELLIPSIS, width)]
    return lines


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for chunk in _CHUNK.findall(text):
        if line and display_width((line + chunk).rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += chunk if display_width(chunk.rstrip()) <= width else cut(chunk.rstrip(), width)
    if line:
        yield line.rstrip()


def fitted(table: Sequence[Sequence[str]], width: int, gap: int) -> list[int]:
    """Give the widths of the columns of `table`, whose first row is headings, so that a line takes `width` cells.

    Columns are made narrower, the widest first: until their longest word stands in a line of its own, and then
    until words are cut. When all are as narrow as is useful, the table stays too wide.
    """
    room = width - gap * (len(table[0]) - 1)
    cells = list(zip(*table, strict=True))
    headings = [display_width(column[0]) for column in cells]
    natural = [max(map(display_width, column)) for column in cells]
    words = [max(_longest_word(cell) for cell in column) for column in cells]
    whole = [max(pair) for pair in zip(headings, words, strict=True)]
    least = [
        max(heading, min(full, _NARROW if n else _NAME))
        for n, (heading, full) in enumerate(zip(headings, whole, strict=True))
    ]
    widths = _levelled(natural, whole, room)
    return widths if sum(widths) <= room else _levelled(whole, least, room)


def _longest_word(cell: str) -> int:
    return max(display_width(chunk.rstrip()) for chunk in _CHUNK.findall(cell))


def _levelled(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Take from the widest column, as long as one may become narrower, until the sum is `room`."""
    widths = [max(floor, min(width, room)) for width, floor in zip(widths, least, strict=True)]
    while sum(widths) > room:
        spare = [n for n, width in enumerate(widths) if width > least[n]]
        if not spare:
            break
        widths[max(spare, key=widths.__getitem__)] -= 1
    return widths
