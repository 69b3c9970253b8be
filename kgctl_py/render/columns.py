"""Rows in aligned columns, as kubectl prints them, fitted to a terminal."""

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence

from kgctl_py.escape_text import visible
from kgctl_py.render.cell_width import display_width, fitted, wrapped

NOTHING = "<none>"
_GAP, _SMALL_GAP = 3, 2


def columns(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int | None = None,
    headed: bool = True,
    only: Container[int] | None = None,
) -> str:
    """Return a line of headings and one for each row; what is empty is shown as kubectl does.

    With a `width` in cells, what does not fit goes over more lines, long lists with an ellipsis at their end;
    without one, or when there are too many columns for it, nothing is broken or left out. Headings are left
    out when `headed` is false, and with `only` all rows but those, which stand as they would among the others.
    """
    table = [headings, *([visible(cell) or NOTHING for cell in row] for row in rows)]
    natural = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    too_wide = width is not None and sum(natural) + _GAP * (len(natural) - 1) > width
    narrow = fitted(table, width, _SMALL_GAP) if too_wide and width else None
    shown = [row for n, row in enumerate(table, -1) if (headed if n < 0 else only is None or n in only)]
    if narrow is None:
        return "".join(_line(row, natural, _GAP) for row in shown)
    return "".join(_wrapped_lines(shown, narrow))


def _wrapped_lines(table: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in table:
        cells = (wrapped(cell, width) for cell, width in zip(row, widths, strict=True))
        for parts in itertools.zip_longest(*cells, fillvalue=""):
            yield _line(parts, widths, _SMALL_GAP)


def _line(cells: Iterable[str], widths: Iterable[int], gap: int) -> str:
    padded = (cell + " " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True))
    return (" " * gap).join(padded).rstrip() + "\n"
