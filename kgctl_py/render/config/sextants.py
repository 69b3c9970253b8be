"""Modules of a QR code drawn with sextants: two columns and three rows of them in each character."""

from collections.abc import Sequence

_LEFT_HALF, _RIGHT_HALF, _FULL = 0b010101, 0b101010, 0b111111
_FIRST = 0x1FB00
"""The first of Unicode's sextants, which omit the shapes of other blocks."""
COLUMNS, ROWS = 2, 3


def sextant(bits: int) -> str:
    """Return the character for six modules, row by row from the lowest bit."""
    others = {0: " ", _LEFT_HALF: "▌", _RIGHT_HALF: "▐", _FULL: "█"}
    if bits in others:
        return others[bits]
    return chr(_FIRST + bits - 1 - (bits > _LEFT_HALF) - (bits > _RIGHT_HALF))


def sextant_lines(rows: Sequence[Sequence[bool]], *, filler: bool) -> tuple[str, ...]:
    """Return rows of modules as lines; `filler` replaces missing modules at the end."""
    width = -(-len(rows[0]) // COLUMNS) * COLUMNS
    height = -(-len(rows) // ROWS) * ROWS
    padded = [[*row, *[filler] * (width - len(row))] for row in rows]
    padded += [[filler] * width for _ in range(height - len(rows))]
    return tuple(
        "".join(sextant(_bits(padded, top, left)) for left in range(0, width, COLUMNS))
        for top in range(0, height, ROWS)
    )


def _bits(rows: Sequence[Sequence[bool]], top: int, left: int) -> int:
    return sum(
        rows[top + row][left + column] << (COLUMNS * row + column)
        for row in range(ROWS)
        for column in range(COLUMNS)
    )
