"""The colours that tell locations apart: Okabe and Ito's, made for the colour-blind too, and tints of them."""

from collections.abc import Iterable, Mapping

from kgctl_py.value import Value

INK = "#334155"
GREY = "#64748b"


class Colour(Value, frozen=True, kw_only=True):
    """One location's colour on white: `strong` for lines, `tint` for its leader, `pale` for its other nodes.

    `dark` is for lines on a dark ground.
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
    """Return each location a colour, by name, so that the same locations always look the same."""
    return {name: _PALETTE[n % len(_PALETTE)] for n, name in enumerate(sorted(set(locations)))}
