"""Rows in aligned columns, as kubectl prints them."""

from collections.abc import Sequence

from kgctl_py.render.visible import visible

NOTHING = "<none>"


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a line of headings and one for each row; what is empty is shown as kubectl does."""
    table = [headings, *([visible(cell) or NOTHING for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in table) for n in range(len(headings))]
    return "".join(
        "   ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in table
    )
