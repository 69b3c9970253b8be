"""The light and the dark colors of a picture."""

from kgctl_py.render.graph.colours import Colour, mixed
from kgctl_py.render.graph.run_graphviz import Theme
from kgctl_py.value import Value


class Shades(Value, frozen=True, kw_only=True):
    """The colors of a picture, except those of its locations; `quiet` is for less important text."""

    ground: str
    frame: str
    ink: str
    quiet: str
    ghost: str


class CardShades(Value, frozen=True, kw_only=True):
    """The colors of a card: its border and title, its background, and the row of its leader."""

    strong: str
    ground: str
    tint: str


_SHADES = {
    Theme.LIGHT: Shades(ground="#ffffff", frame="#f4f6f9", ink="#1e293b", quiet="#64748b", ghost="#7b8798"),
    Theme.DARK: Shades(ground="#0f141b", frame="#161d27", ink="#e6eaf0", quiet="#94a3b8", ghost="#74829a"),
}


def shades(theme: Theme) -> Shades:
    """Return the colors of a picture with this theme."""
    return _SHADES[theme]


def card_shades(theme: Theme, colour: Colour) -> CardShades:
    """Return the colors of a location's card with this theme."""
    if theme is Theme.LIGHT:
        return CardShades(strong=colour.strong, ground="#ffffff", tint=colour.pale)
    ground = mixed(colour.dark, _SHADES[theme].ground, 0.05)
    return CardShades(strong=colour.dark, ground=ground, tint=mixed(colour.dark, ground, 0.16))


def grey_card(theme: Theme) -> CardShades:
    """Return the colors of a card without a location, or of a location without tunnels."""
    own = _SHADES[theme]
    return CardShades(strong=own.quiet, ground=own.ground, tint=own.frame)
