"""Rows in aligned columns, as kubectl prints them."""

from collections.abc import Container, Iterable, Sequence

from kgctl_py.escape_text import shortened, visible
from kgctl_py.render.cell_width import display_width

NOTHING = "<none>"
_GAP, _SMALL_GAP = 3, 2
_LONGEST_CELL, _WIDEST_COLUMN = 100_000, 1_000
"""Characters. 1,000 allowed IPs need fewer, the most that a Peer can have with the rules of the CRD."""


def columns(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int | None = None,
    headed: bool = True,
    only: Container[int] | None = None,
) -> str:
    """Return a line of headings and one for each row; empty cells are shown as in kubectl.

    No cell is broken, and only a very long one is shortened. If lines are longer than `width`, the columns have
    less space between them; the lines can still be longer. Without `headed`, there are no headings. With `only`,
    the result has only these rows, with the column widths of all rows.
    """
    table = [headings, *([visible(shortened(cell, _LONGEST_CELL)) or NOTHING for cell in row] for row in rows)]
    widths = [min(max(map(display_width, column)), _WIDEST_COLUMN) for column in zip(*table, strict=True)]
    gap = _SMALL_GAP if width is not None and sum(widths) + _GAP * (len(widths) - 1) > width else _GAP
    shown = [row for n, row in enumerate(table, -1) if (headed if n < 0 else only is None or n in only)]
    return "".join(_line(row, widths, gap) for row in shown)


def brief(values: Iterable[object]) -> str:
    """Return the first value of a list, and the number of others: `10.5.0.2/32 +1 more`."""
    first, *others = [*map(str, values)] or [""]
    return f"{first} +{len(others)} more" if others else first


def _line(cells: Iterable[str], widths: Iterable[int], gap: int) -> str:
    padded = (cell + " " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True))
    return (" " * gap).join(padded).rstrip() + "\n"
