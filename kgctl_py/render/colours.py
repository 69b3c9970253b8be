"""The colours that tell locations apart: Okabe and Ito's, made for the colour-blind too, and tints of them."""

import dataclasses
from collections.abc import Iterable, Mapping

INK = "#334155"
GREY = "#64748b"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """One location's colour: `strong` for lines, `tint` for its leader, `pale` for its other nodes."""

    strong: str
    tint: str
    pale: str


_PALETTE = tuple(
    Colour(strong=strong, tint=tint, pale=pale)
    for strong, tint, pale in (
        ("#0072b2", "#c6e0f0", "#f1f7fb"),  # blue
        ("#d55e00", "#f9d9c2", "#fdf5ef"),  # vermilion
        ("#009e73", "#c0eadd", "#f0faf7"),  # bluish green
        ("#b8588f", "#f2d9e7", "#fcf6f9"),  # reddish purple, darkened for text
        ("#b87f00", "#fbe4b3", "#fef9ee"),  # orange, darkened for text
        ("#857c00", "#ece8b4", "#faf9ec"),  # yellow, darkened for text
        ("#4d4d4d", "#dcdcdc", "#f6f6f6"),  # black
        ("#3fa7dd", "#d9effb", "#f6fbfe"),  # sky blue, darkened for text
    )
)


def colours(locations: Iterable[str]) -> Mapping[str, Colour]:
    """Give each location a colour, by name, so that the same locations always look the same."""
    return {name: _PALETTE[n % len(_PALETTE)] for n, name in enumerate(sorted(set(locations)))}
