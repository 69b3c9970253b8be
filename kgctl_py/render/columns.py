"""Rows in aligned columns, as kubectl prints them; on a terminal they are made to fit it."""

import itertools
from collections.abc import Iterator, Sequence

from kgctl_py.render.fit import display_width, fitted, wrapped
from kgctl_py.render.visible import visible

NOTHING = "<none>"
_GAP, _SMALL_GAP = 3, 2


def columns(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None = None, headed: bool = True
) -> str:
    """Give a line of headings and one for each row; what is empty is shown as kubectl does.

    With a `width` in cells, lists and sentences go over more lines and words are cut where they do not fit;
    without one nothing is left out. Headings are left out when `headed` is false.
    """
    table = [headings, *([visible(cell) or NOTHING for cell in row] for row in rows)]
    widths, gap = _widths(table, width)
    return "".join(_lines(table if headed else table[1:], widths, gap, whole=width is None))


def _widths(table: Sequence[Sequence[str]], width: int | None) -> tuple[Sequence[int], int]:
    natural = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    if width is None or sum(natural) + _GAP * (len(natural) - 1) <= width:
        return natural, _GAP
    return fitted(table, width, _SMALL_GAP), _SMALL_GAP


def _lines(table: Sequence[Sequence[str]], widths: Sequence[int], gap: int, *, whole: bool) -> Iterator[str]:
    for row in table:
        cells = [[cell] if whole else wrapped(cell, room) for cell, room in zip(row, widths, strict=True)]
        for parts in itertools.zip_longest(*cells, fillvalue=""):
            padded = (part + " " * (room - display_width(part)) for part, room in zip(parts, widths, strict=True))
            yield (" " * gap).join(padded).rstrip() + "\n"
