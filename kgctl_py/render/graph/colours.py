"""The colors of locations, and their tints, chosen for people with any color vision."""

import colorsys
from collections.abc import Iterable, Mapping

from kgctl_py.value import Value

INK = "#334155"
GREY = "#64748b"
_WHITE = "#ffffff"
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


# They differ in lightness where color-blind people see the same hue; the test of this file measures it.
_PALETTE = (
    ("#1a66a2", "#44b2f6"),  # blue
    ("#cc8008", "#e66622"),  # orange
    ("#cc336e", "#d46699"),  # pink
    ("#1a441a", "#4c995e"),  # green
    ("#00a2aa", "#ccffe6"),  # turquoise
    ("#440088", "#8077f6"),  # violet
    ("#775e00", "#fff66e"),  # brown, yellow on dark
    ("#55113c", "#eeb2dd"),  # plum
)


def colours(locations: Iterable[str]) -> Mapping[str, Colour]:
    """Return a color for each location, by name, so that the same locations always look the same."""
    return {name: _colour(n) for n, name in enumerate(sorted(set(locations)))}


def mixed(colour: str, ground: str, part: float) -> str:
    """Return a color on a background that shows through it."""
    pairs = ((int(colour[n : n + 2], 16), int(ground[n : n + 2], 16)) for n in (1, 3, 5))
    return "#" + "".join(f"{round(over * part + under * (1 - part)):02x}" for over, under in pairs)


def _colour(number: int) -> Colour:
    """Return a color of the palette, or beyond it, one with a hue far from the previous ones."""
    strong, dark = _PALETTE[number] if number < len(_PALETTE) else _beyond(number)
    return Colour(strong=strong, dark=dark, tint=mixed(strong, _WHITE, 0.22), pale=mixed(strong, _WHITE, 0.07))


def _beyond(number: int) -> tuple[str, str]:
    hue, deep = (number * _GOLDEN + 0.5) % 1, number % 3
    return _written(hue, 0.42 - 0.06 * deep, 0.62), _written(hue, 0.62 + 0.06 * deep, 0.62)


def _written(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
