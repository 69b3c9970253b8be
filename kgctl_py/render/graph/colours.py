"""The colors of locations: those of Okabe and Ito, which color-blind people can distinguish, and tints of them."""

import colorsys
from collections.abc import Iterable, Mapping

from kgctl_py.value import Value

INK = "#334155"
GREY = "#64748b"
_GOLDEN = 0.618034
"""The part of the circle between hues, with which they never repeat."""


class Colour(Value, frozen=True, kw_only=True):
    """The color of a location on white: `strong` for lines, `tint` for its leader, `pale` for its other nodes.

    `dark` is for lines on a dark background.
    """

    strong: str
    tint: str
    pale: str
    dark: str


_PALETTE = tuple(
    Colour(strong=strong, tint=tint, pale=pale, dark=dark)
    for strong, tint, pale, dark in (
        ("#0072b2", "#c6e0f0", "#f1f7fb", "#5aaeea"),  # blue
        ("#d55e00", "#f9d9c2", "#fdf5ef", "#ff9152"),  # vermilion
        ("#009e73", "#c0eadd", "#f0faf7", "#3ccaa0"),  # bluish green
        ("#b8588f", "#f2d9e7", "#fcf6f9", "#e39ac3"),  # reddish purple, darkened for text
        ("#b87f00", "#fbe4b3", "#fef9ee", "#e9ab3c"),  # orange, darkened for text
        ("#857c00", "#ece8b4", "#faf9ec", "#d4ca4c"),  # yellow, darkened for text
        ("#4d4d4d", "#dcdcdc", "#f6f6f6", "#bdbdbd"),  # black
        ("#3fa7dd", "#d9effb", "#f6fbfe", "#8fd3f8"),  # sky blue, darkened for text
    )
)


def colours(locations: Iterable[str]) -> Mapping[str, Colour]:
    """Return a color for each location, by name, so that the same locations always look the same."""
    return {name: _colour(n) for n, name in enumerate(sorted(set(locations)))}


def _colour(number: int) -> Colour:
    """Return a color of the palette, or beyond it, one with a hue far from the previous ones."""
    if number < len(_PALETTE):
        return _PALETTE[number]
    hue, deep = number * _GOLDEN % 1, number % 3
    return Colour(
        strong=_written(hue, 0.42 - 0.06 * deep, 0.62),
        tint=_written(hue, 0.87, 0.6),
        pale=_written(hue, 0.97, 0.6),
        dark=_written(hue, 0.62 + 0.06 * deep, 0.62),
    )


def _written(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
