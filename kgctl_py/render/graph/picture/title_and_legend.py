"""The title above the cards of a picture, and the legend below them."""

import datetime
from collections.abc import Iterator, Sequence, Set

from kgctl_py.escape_text import visible, without_middle
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.picture.box_geometry import Box, bounds, paper
from kgctl_py.render.graph.picture.card_label import line_label
from kgctl_py.render.graph.picture.cards import BEHIND_NAT, DISCOVERED, PRIVATE, plural
from kgctl_py.render.graph.picture.choose_layout import LABEL_SIZE, Scene, times
from kgctl_py.render.graph.picture.text_width import text_width
from kgctl_py.render.graph.picture.theme import Shades

_MARGIN, _HEAD, _FOOT = 30.0, 74.0, 44.0
_TITLE, _SUBTITLE = 20, 12
_NARROWEST = 600.0
_SAMPLE, _BETWEEN_ITEMS = 34.0, 14.0

LegendItem = tuple[str, str]
"""The text that explains a mark, and the style of the line that is its sample, if it is one."""


def page_of(scene: Scene, heading: Sequence[str], items: Sequence[LegendItem] = ()) -> Box:
    """Return the whole picture: all cards, the text around them, and room at the sides."""
    inner = bounds(scene.all_boxes())
    least = max(text_width(heading[0], _TITLE, bold=True), text_width(heading[1], _SUBTITLE), _NARROWEST)
    least = max(least, _legend_width(items))
    width = max(inner.width, least) + 2 * _MARGIN
    page = Box(x=inner.x, y=inner.y, width=width, height=inner.height)
    for _ in range(2):  # the paper can be wider than the cards, and a wide paper has a larger heading
        above, below = _HEAD * _scale(page.width), _FOOT * _scale(page.width)
        height = inner.height + 2 * _MARGIN + above + below
        page = paper(Box(x=inner.x, y=inner.y + (above - below) / 2, width=width, height=height))
    return page


def _scale(width: float) -> float:
    """Return how much larger the text around a wide picture is, because readers see it from further away."""
    return min(max(width / 1100, 1.0), 2.2)


def heading_of(mesh: Mesh, topology: Topology, source: str) -> tuple[str, str]:
    """Return the title with the cluster and the date, and the line below it."""
    when = datetime.datetime.fromtimestamp(int(mesh.now), datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    first = " · ".join(part for part in ("Kilo mesh", without_middle(visible(source), 60), when) if part)
    out = len(mesh.nodes) - len(mesh.ready_nodes)
    return first, " · ".join(
        (
            f"{topology.subnet.network}",
            f"granularity {topology.granularity}",
            plural(len({node.location for node in mesh.nodes}), "location"),
            plural(len(mesh.nodes), "node") + (f" ({out} not ready)" if out else ""),
            plural(len(mesh.peers), "peer"),
        )
    )


def title(page: Box, heading: Sequence[str], own: Shades) -> Iterator[str]:
    """Return the nodes that show the heading, at the left above the cards."""
    top, width = page.y + page.height / 2 - _MARGIN, page.width - 2 * _MARGIN
    scale = _scale(page.width)
    for n, (text, size, colour, bold) in enumerate(
        ((heading[0], _TITLE, own.ink, True), (heading[1], _SUBTITLE, own.quiet, False))
    ):
        line = Box(x=page.x, y=top - (12 + 27 * n) * scale, width=width, height=size * scale)
        yield f"\thead{n} [{line.pos}, label={line_label(text, width, colour, round(size * scale), bold=bold)}];\n"


def legend(page: Box, items: Sequence[LegendItem], own: Shades) -> Iterator[str]:
    """Return the nodes and lines that explain the marks in the picture, in a line that fits the page."""
    scale = min(_scale(page.width), (page.width - 2 * _MARGIN) / max(_legend_width(items), 1))
    x, y = page.x - page.width / 2 + _MARGIN, page.y - page.height / 2 + _MARGIN
    for n, (text, line) in enumerate(items):
        if line:
            for name, left in ((f"l{n}a", x), (f"l{n}b", x + 28 * scale)):
                end = Box(x=left, y=y, width=0, height=0)
                yield f'\t{name} [{end.pos}, shape=point, width=0.01, style=invis, label=""];\n'
            yield f'\tl{n}a -- l{n}b [color="{own.quiet}", {line}];\n'
            x += _SAMPLE * scale
        size = LABEL_SIZE * scale
        width = text_width(text, size)
        label = line_label(text, width, own.quiet, size)
        yield f"\tl{n} [{Box(x=x + width / 2, y=y, width=width, height=size).pos}, label={label}];\n"
        x += width + _BETWEEN_ITEMS * scale


def _legend_width(items: Sequence[LegendItem]) -> float:
    widths = (text_width(text, LABEL_SIZE) + _SAMPLE * bool(line) + _BETWEEN_ITEMS for text, line in items)
    return sum(widths)


def legend_items(scene: Scene, topology: Topology) -> Iterator[LegendItem]:
    """Return the marks that are in the picture."""
    texts = _texts(scene)
    if scene.map.dots or not scene.frame:
        yield from _tunnel_items(scene, topology, texts)
    elif BEHIND_NAT in texts or any(card.behind_nat for card in scene.cards):
        yield f"{BEHIND_NAT}: opens its tunnels; either end may open the others", ""
    if scene.map.pills:
        yield f"{times(2, 3)}: number of tunnels between two locations", ""
    if any(card.is_peers and card.takes_part for card in scene.cards):
        whom = "leader" if topology.granularity is Granularity.LOCATION else "ready node"
        has_endpoints = any(peer.endpoint for peer in topology.peers)
        opens = "; a peer without an endpoint opens it" if has_endpoints else ", which the peer opens"
        yield f"each peer has a tunnel to each {whom}{opens}", "style=dashed, penwidth=1.2"
    if any(text.endswith(DISCOVERED) for text in texts):
        yield f"{DISCOVERED.strip()} discovered: the address at which others see it", ""
    if any(not card.takes_part or any(one.ghost for one in card.listings) for card in scene.cards):
        yield "grey: not ready, not in the mesh", ""


def _tunnel_items(scene: Scene, topology: Topology, texts: Set[str]) -> Iterator[LegendItem]:
    located = [card for card in scene.cards if card.takes_part and not card.is_peers]
    if len(located) < 2:  # noqa: PLR2004 # no line is drawn
        return
    ends = "leaders" if topology.granularity is Granularity.LOCATION else "ready nodes"
    yield f"tunnel between {ends}", "penwidth=2"
    if any(card.behind_nat for card in located):
        other = ", except as marked" if {PRIVATE, BEHIND_NAT} & texts else ""
        yield f"the end behind NAT opens it; without an arrow, either end may{other}", "penwidth=2, dir=forward"
    elif BEHIND_NAT in texts:
        yield f"a node {BEHIND_NAT} opens its tunnels", ""


def _texts(scene: Scene) -> Set[str]:
    """Return the values in the cards, without their labels and heads, and the label of a private endpoint."""
    facts = (PRIVATE if label == PRIVATE else text for card in scene.cards for label, text in card.facts)
    lists = (text for card in scene.cards for one in card.listings for line in one.lines for text in line)
    cells = (cell for card in scene.cards for row in card.rows for cell in row.cells)
    return {*facts, *lists, *cells}
