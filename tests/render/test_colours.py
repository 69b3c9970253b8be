"""The colours of locations, measured as people see them: with each kind of cones, on a light and a dark ground."""

import itertools

import pytest

from kgctl_py.render.graph.colours import colours
from kgctl_py.render.graph.picture.theme import shades
from kgctl_py.render.graph.run_graphviz import Theme

Triple = tuple[float, ...]

PALETTE = [*colours(f"location-{n}" for n in range(8)).values()]
STRONG, DARK = [one.strong for one in PALETTE], [one.dark for one in PALETTE]

# how linear red, green and blue look without one kind of cones: Machado, Oliveira and Fernandes 2009, severity 1.0
CONES = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)


def linear(colour: str) -> Triple:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def times(matrix: tuple[Triple, ...], parts: Triple) -> Triple:
    return tuple(sum(one * other for one, other in zip(row, parts, strict=True)) for row in matrix)


def lab(colour: str, cones: str) -> Triple:
    """Return the place of a colour in CIELAB, in which distances are differences that people see."""
    seen = tuple(min(max(part, 0.0), 1.0) for part in times(CONES[cones], linear(colour)))
    x, y, z = (
        ratio ** (1 / 3) if ratio > 216 / 24389 else (24389 / 27 * ratio + 16) / 116
        for ratio in (part / white for part, white in zip(times(_XYZ, seen), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, cones: str) -> float:
    """Return the difference of two colours, CIE76: about 2 is just to be seen side by side."""
    pairs = zip(lab(one, cones), lab(other, cones), strict=True)
    return float(sum((first - second) ** 2 for first, second in pairs) ** 0.5)


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG 2."""
    low, high = sorted(times(_XYZ, linear(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("cones", CONES)
@pytest.mark.parametrize("palette", [STRONG, DARK], ids=["light", "dark"])
def test_no_two_of_eight_locations_look_alike(palette: list[str], cones: str) -> None:
    least = 30 if cones == "all cones" else 20
    for one, other in itertools.combinations(palette, 2):
        assert difference(one, other, cones) >= least, (one, other)


def test_neighbours_of_sixty_locations_do_not_look_alike() -> None:
    many = list(colours(f"location-{n:02}" for n in range(60)).values())
    for one, other in itertools.pairwise(many):
        assert difference(one.strong, other.strong, "all cones") >= 30, (one, other)
        assert difference(one.dark, other.dark, "all cones") >= 30, (one, other)


@pytest.mark.parametrize(("palette", "theme"), [(STRONG, Theme.LIGHT), (DARK, Theme.DARK)])
def test_lines_and_titles_are_seen_on_their_ground(palette: list[str], theme: Theme) -> None:
    for colour in palette:
        assert contrast(colour, shades(theme).ground) >= 3, colour


def test_the_difference_of_two_colours_is_that_of_the_literature() -> None:
    assert difference("#000000", "#ffffff", "all cones") == pytest.approx(100, abs=0.1)
    assert difference("#ff0000", "#00ff00", "all cones") == pytest.approx(170.6, abs=0.5)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)
