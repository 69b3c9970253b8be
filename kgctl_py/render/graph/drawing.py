"""The picture of a mesh in DOT with fixed places: a title, a legend, cards, and bundles of tunnels."""

import itertools
import math
from collections.abc import Iterator, Sequence

from kgctl_py.mesh.model import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.card_label import card_label, line_label
from kgctl_py.render.graph.cards import location_cards, peers_card, plural
from kgctl_py.render.graph.colours import colours
from kgctl_py.render.graph.picture import Detail, Theme
from kgctl_py.render.graph.placement import Box
from kgctl_py.render.graph.scene import LABEL_SIZE, Scene, placed_scene, times
from kgctl_py.render.graph.text_width import text_width
from kgctl_py.render.graph.theme import CardShades, Shades, card_shades, grey_card, shades
from kgctl_py.render.graph.title_and_legend import heading_of, legend, page_of, title
from kgctl_py.value import Value

_FONT = 'fontname="Helvetica,Arial,sans-serif"'


class DrawingStyle(Value, frozen=True, kw_only=True):
    """The source of the mesh for the title, the level of detail, and the theme."""

    source: str = ""
    detail: Detail = Detail.AUTO
    theme: Theme = Theme.LIGHT


class Drawing(Value, frozen=True, kw_only=True):
    """A picture in DOT with fixed places, and its size in points."""

    dot: str
    width: float
    height: float


def drawing(mesh: Mesh, topology: Topology, style: DrawingStyle) -> Drawing:
    """Return the picture: a title, the cards of locations and peers, the tunnels between them, and a legend."""
    scene = placed_scene(location_cards(mesh, topology, style.detail), peers_card(mesh, topology, style.detail))
    heading = heading_of(mesh, topology, style.source)
    page = page_of(scene, heading)
    own = shades(style.theme)
    colour = colours(node.location for node in mesh.nodes)
    looks = [
        card_shades(style.theme, colour[card.location])
        if card.location is not None and card.takes_part
        else grey_card(style.theme)
        for card in scene.cards
    ]
    parts = (
        _corners(page),
        title(page, heading, own),
        _framed(scene, scene.frame, topology, own) if scene.frame else _bundles(scene, looks, own),
        (
            f"\tc{n} [{box.pos}, label={card_label(card, box, looks[n], own)}];\n"
            for n, card, box in scene.placed()
        ),
        legend(page, scene, topology, own),
    )
    opening = f'graph kilo {{\n\tbgcolor="{own.ground}"; pad=0; outputorder=edgesfirst; splines=line;\n'
    fonts = f"\tnode [{_FONT}, shape=plain, margin=0]; edge [{_FONT}];\n"
    text = opening + fonts + "".join(itertools.chain(*parts)) + "}\n"
    return Drawing(dot=text, width=page.width, height=page.height)


def _corners(page: Box) -> Iterator[str]:
    for name, side in (("low", -1), ("high", 1)):
        corner = Box(x=page.x + side * page.width / 2, y=page.y + side * page.height / 2, width=0, height=0)
        yield f'\t{name} [{corner.pos}, shape=point, width=0.01, style=invis, label=""];\n'


def _bundles(scene: Scene, looks: Sequence[CardShades], own: Shades) -> Iterator[str]:
    """Yield a line between each two cards, with the number of its tunnels if there are several."""
    taken = list(scene.boxes)
    live = [placed for placed in scene.placed() if placed[1].takes_part]
    for (n, card, box), (m, other, end) in itertools.combinations(live, 2):
        number = card.ends * other.ends
        if other.is_peers:
            yield f'\tc{n} -- c{m} [color="{own.quiet}", style=dashed, penwidth=1.2];\n'
        else:
            width = 1.6 + min(2.4, math.log10(number))
            yield f'\tc{n} -- c{m} [color="{looks[n].strong};0.5:{looks[m].strong}", penwidth={width:.1f}];\n'
        if number > 1 and not other.is_peers:
            text = times(card.ends, other.ends)
            pill = _free_place(box, end, text, taken)
            taken.append(pill)
            yield _pill(f"t{n}_{m}", pill, text, own)


def _free_place(start: Box, end: Box, text: str, taken: Sequence[Box]) -> Box:
    """Return a place on the line where a label hides nothing, or the middle of the line."""
    parts = sorted((n / 40 for n in range(4, 37)), key=lambda part: abs(part - 0.5))
    places = [
        _label_box(text, start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part) for part in parts
    ]
    return next((place for place in places if not any(place.is_near(other, 3) for other in taken)), places[0])


def _label_box(text: str, x: float, y: float) -> Box:
    return Box(x=x, y=y, width=text_width(text, LABEL_SIZE) + 12, height=LABEL_SIZE * 1.2 + 6)


def _filled(name: str, box: Box, *, label: str = "", more: str) -> str:
    size = f"fixedsize=true, width={box.width / 72:.3f}, height={box.height / 72:.3f}"
    return f'\t{name} [{box.pos}, shape=box, style="rounded,filled", {size}, label="{label}", {more}];\n'


def _pill(name: str, box: Box, text: str, own: Shades) -> str:
    colours_of_it = f'color="{own.quiet}80", fillcolor="{own.ground}", fontcolor="{own.ink}"'
    return _filled(name, box, label=text, more=f"{colours_of_it}, fontsize={LABEL_SIZE}")


def _framed(scene: Scene, frame: Box, topology: Topology, own: Shades) -> Iterator[str]:
    """Yield the frame around the locations with their number of tunnels, and the line to the peers."""
    whom = "to each leader of another location" if topology.granularity is Granularity.CROSS else "to each other"
    who = "ready node" if topology.granularity is Granularity.FULL else "leader"
    text = f"Full mesh: each {who} has a tunnel {whom}, {plural(topology.tunnel_count, 'tunnel')} in all"
    yield _filled("frame", frame, more=f'color="{own.ghost}", fillcolor="{own.frame}", penwidth=1.6')
    line = Box(x=frame.x, y=frame.y + frame.height / 2 - 18, width=frame.width - 44, height=14)
    yield f"\tframe_title [{line.pos}, label={line_label(text, line.width, own.ink, 12, bold=True)}];\n"
    ends = sum(card.ends for card in scene.cards if not card.is_peers)
    for n, card, box in scene.placed():
        if card.is_peers and card.takes_part:
            yield f'\tframe -- c{n} [color="{own.quiet}", style=dashed, penwidth=1.6];\n'
            words = times(ends, card.ends)
            between = (frame.y - frame.height / 2 + box.y + box.height / 2) / 2
            yield _pill("to_peers", _label_box(words, box.x, between), words, own)
