"""How many cells of a terminal text takes, and how columns of text are made to fit."""

import re
from collections.abc import Iterable, Iterator, Sequence

ELLIPSIS = "…"
_MOST_LINES = 4
_NAME, _NARROW = 40, 8
"""The least cells of a column: of the first, which has names, and of the others."""
_WORDS = re.compile(r"[^, ]+[, ]?|[, ]")
_PARTS = re.compile(r"[^-.:/@(]+[-.:/@(]?|[-.:/@(]")
"""Where a cell may be broken: lists and sentences between words, and if it must be names and addresses, too."""


def display_width(text: str) -> int:
    """Return the cells of a terminal that `text` takes: two for wide East Asian characters, none for accents."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` in at most four lines of `width` cells; an ellipsis ends what does not fit."""
    if display_width(text) <= width:
        return [text]
    lines = list(_lines(text, width))
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [_piece(lines[_MOST_LINES - 1], width - 1).rstrip() + ELLIPSIS]
    return lines


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in _WORDS.findall(text):
        if line and display_width((line + word).rstrip()) > width:
            yield line.rstrip()
            line = ""
        *whole, line = _broken(line + word, width)
        yield from whole
    if line:
        yield line.rstrip()


def _broken(word: str, width: int) -> list[str]:
    """Return a word in as many lines as it needs, broken between its parts where possible."""
    lines = [""]
    for part in [word] if display_width(word.rstrip()) <= width else _PARTS.findall(word):
        if display_width((lines[-1] + part).rstrip()) <= width:
            lines[-1] += part
        else:
            lines += _pieces(part, width)
    return [line for line in lines if line] or [""]


def _pieces(text: str, width: int) -> Iterator[str]:
    while text:
        piece = _piece(text, width) or text[0]
        yield piece
        text = text[len(piece) :]


def _piece(text: str, width: int) -> str:
    """Return the longest start of `text` that fits into `width` cells."""
    end = next((end for end in range(1, len(text) + 1) if display_width(text[:end]) > width), len(text) + 1)
    return text[: end - 1]


def fitted(table: Sequence[Sequence[str]], width: int, gap: int) -> list[int] | None:
    """Return the widths of the columns of `table`, headings included, with which a line takes `width` cells.

    Columns are made narrower, the widest first: until their longest word stands in a line of its own, and then
    until words are broken. Return None when even that is not enough.
    """
    room = width - gap * (len(table[0]) - 1)
    columns = list(zip(*table, strict=True))
    natural = [max(map(display_width, column)) for column in columns]
    whole = [max(map(_longest_word, column)) for column in columns]
    least = [
        max(_longest_word(column[0]), min(full, _NARROW if n else _NAME))
        for n, (column, full) in enumerate(zip(columns, whole, strict=True))
    ]
    for widths in (_levelled(natural, whole, room), _levelled(whole, least, room)):
        if sum(widths) <= room:
            return widths
    return None


def _longest_word(cell: str) -> int:
    return max((display_width(word.rstrip()) for word in _WORDS.findall(cell)), default=0)


def _levelled(natural: Iterable[int], least: Sequence[int], room: int) -> list[int]:
    """Take from the widest column that may become narrower, again and again, until the sum is `room`."""
    widths = [max(floor, min(width, room)) for width, floor in zip(natural, least, strict=True)]
    while sum(widths) > room:
        spare = [n for n, width in enumerate(widths) if width > least[n]]
        if not spare:
            break
        widths[max(spare, key=lambda n: (widths[n], n))] -= 1
    return widths
