"""The colours that tell locations apart, also for the colour-blind: Okabe and Ito's, calmed for large areas."""

import dataclasses
from collections.abc import Iterable, Mapping

GREY = "#5f6b7a"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """One location's colour: `strong` for lines and a leader, `pale` for its other nodes, `wash` behind both."""

    strong: str
    pale: str
    wash: str


_PALETTE = tuple(
    Colour(strong=strong, pale=pale, wash=wash)
    for strong, pale, wash in (
        ("#0072b2", "#cfe5f3", "#f1f7fb"),  # blue
        ("#d55e00", "#fadfcc", "#fdf5ef"),  # vermilion
        ("#009e73", "#cbeee2", "#f0faf7"),  # green
        ("#cc79a7", "#f5e2ed", "#fcf6f9"),  # purple
        ("#e69f00", "#fbebc8", "#fef9ee"),  # orange
        ("#56b4e9", "#dcf0fb", "#f4fafe"),  # sky
        ("#8a8100", "#efecc4", "#faf9ec"),  # olive, for a yellow too light for lines
        ("#4d4d4d", "#e2e2e2", "#f6f6f6"),  # black
    )
)


def colours(locations: Iterable[str]) -> Mapping[str, Colour]:
    """Give each location a colour, by name, so that the same locations always look the same."""
    return {name: _PALETTE[n % len(_PALETTE)] for n, name in enumerate(sorted(set(locations)))}
