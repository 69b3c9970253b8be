"""The picture of a mesh in DOT with fixed places: the title, the legend, cards, and bundles of tunnels."""

import itertools
import math
from collections.abc import Iterator, Sequence

from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import colours
from kgctl_py.render.graph.picture.box_geometry import Box, on_a_line
from kgctl_py.render.graph.picture.card_label import card_label, dot_label, line_label
from kgctl_py.render.graph.picture.cards import plural
from kgctl_py.render.graph.picture.choose_layout import LABEL_SIZE, Scene, dot_text, label_box, placed_scene, times
from kgctl_py.render.graph.picture.location_cards import location_cards
from kgctl_py.render.graph.picture.peers_card import peers_card
from kgctl_py.render.graph.picture.theme import CardShades, Shades, card_shades, grey_card, shades
from kgctl_py.render.graph.picture.title_and_legend import heading_of, legend, legend_items, page_of, title
from kgctl_py.render.graph.run_graphviz import Detail, Theme
from kgctl_py.value import Value, replace

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
    items = tuple(legend_items(scene, topology))
    page = page_of(scene, heading, items)
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
        _map(scene, looks, own),
        (
            f"\tc{n} [{box.pos}, label={card_label(card, box, looks[n], own)}];\n"
            for n, card, box in scene.placed()
        ),
        legend(page, items, own),
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
            yield _tunnel(f"c{n} -- c{m}", (n, m), scene, looks, width)
        if number > 1 and not other.is_peers:
            text = f"{times(card.ends, other.ends)} tunnels"
            label = label_box(text)
            middle = replace(label, x=(box.x + end.x) / 2, y=(box.y + end.y) / 2)
            pill = on_a_line(label, box, end, taken) or middle
            taken.append(pill)
            yield _pill(f"t{n}_{m}", pill, text, own)


def _map(scene: Scene, looks: Sequence[CardShades], own: Shades) -> Iterator[str]:
    """Yield a small box for each location, and a line between each two, with the number of its tunnels."""
    for n, dot in enumerate(scene.map.dots):
        card = scene.cards[n]
        label = dot_label(card.title, dot_text(card), looks[n], own)
        filled = f'color="{looks[n].strong}", fillcolor="{looks[n].ground}"'
        yield _boxed(f"m{n}", dot, label=label, more=f'style="rounded,filled", {filled}')
    pairs = list(itertools.combinations(range(len(scene.map.dots)), 2))
    for n, m in pairs:
        yield _tunnel(f"m{n} -- m{m}", (n, m), scene, looks, 1.2)
    for (n, m), pill in zip(pairs, scene.map.pills, strict=False):
        yield _pill(f"t{n}_{m}", pill, times(scene.cards[n].ends, scene.cards[m].ends), own)


def _tunnel(line: str, ends: tuple[int, int], scene: Scene, looks: Sequence[CardShades], width: float) -> str:
    """Return a line in the colors of its ends, with an arrow from an end behind NAT, which opens the tunnel."""
    one, other = (scene.cards[end] for end in ends)
    arrows = {(True, False): "forward", (False, True): "back", (True, True): "both"}
    way = arrows.get((one.behind_nat, other.behind_nat), "none")
    colours_of_it = f"{looks[ends[0]].strong};0.5:{looks[ends[1]].strong}"
    return f'\t{line} [color="{colours_of_it}", penwidth={width:.1f}, dir={way}, arrowsize=0.9];\n'


def _boxed(name: str, box: Box, *, label: str = '""', more: str) -> str:
    size = f"fixedsize=true, width={box.width / 72:.3f}, height={box.height / 72:.3f}"
    return f"\t{name} [{box.pos}, shape=box, {size}, label={label}, {more}];\n"


def _pill(name: str, box: Box, text: str, own: Shades) -> str:
    colours_of_it = f'color="{own.quiet}80", fillcolor="{own.ground}", fontcolor="{own.ink}"'
    return _boxed(
        name, box, label=f'"{text}"', more=f'style="rounded,filled", {colours_of_it}, fontsize={LABEL_SIZE}'
    )


def _framed(scene: Scene, frame: Box, topology: Topology, own: Shades) -> Iterator[str]:
    """Yield the frame around the locations with their number of tunnels, and the line to the peers."""
    pairs = {
        Granularity.LOCATION: "leaders",
        Granularity.CROSS: "ready nodes in different locations",
        Granularity.FULL: "ready nodes",
    }
    text = f"{plural(topology.tunnel_count, 'tunnel')}, one between each pair of {pairs[topology.granularity]}"
    yield _boxed(
        "frame", frame, more=f'style=rounded, color="{own.ghost}", penwidth=1.6'
    )  # filled, it hides lines
    line = Box(x=frame.x, y=frame.y + frame.height / 2 - 18, width=frame.width - 44, height=14)
    yield f"\tframe_title [{line.pos}, label={line_label(text, line.width, own.ink, 12, bold=True)}];\n"
    ends = sum(card.ends for card in scene.cards if not card.is_peers)
    for n, card, box in scene.placed():
        if card.is_peers and card.takes_part:
            start = Box(x=box.x, y=frame.y - frame.height / 2, width=0, height=0)
            yield f'\tbelow [{start.pos}, shape=point, width=0.01, style=invis, label=""];\n'
            yield f'\tbelow -- c{n} [color="{own.quiet}", style=dashed, penwidth=1.6];\n'
            words = f"{times(ends, card.ends)} tunnels"
            between = (frame.y - frame.height / 2 + box.y + box.height / 2) / 2
            yield _pill("to_peers", replace(label_box(words), x=box.x, y=between), words, own)
