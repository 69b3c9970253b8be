"""Choose the layout of a picture, a ring or a frame with a map, and place its cards."""

import itertools
import statistics
from collections.abc import Iterator, Sequence

from kgctl_py.render.graph.picture.box_geometry import Box, bounds, in_a_row, in_columns, moved, paper_size
from kgctl_py.render.graph.picture.card_size import card_box, narrowest
from kgctl_py.render.graph.picture.cards import BEHIND_NAT, Card
from kgctl_py.render.graph.picture.rings import on_a_ring, on_an_ellipse
from kgctl_py.render.graph.picture.text_width import text_width
from kgctl_py.value import Value

_IDLE_BELOW = 40.0
"""The room between cards with tunnels and cards without."""
_PEERS_BELOW = 70.0
"""The room between the frame of all locations and the peers."""
_MAP_ABOVE = 30.0
"""The room between the map in a frame and the cards below it."""
_DOTS_APART = 16.0
_MOST_COLUMNS = 60
_MOST_ON_A_MAP = 13
"""The number of locations up to which lines between two of them can be told apart."""
_FEW = 3
"""The number of cards up to which they stand on a ring."""
_RING_IS_WORTH = 1.5
"""How much larger a picture with lines between its cards may be than one with a map of its locations."""
LABEL_SIZE = 10
DOT_SIZE = 11
_TIMES = "\N{MULTIPLICATION SIGN}"


class Map(Value, frozen=True, kw_only=True):
    """A small box for each location, and a label for each two of them if there are several tunnels between any."""

    dots: tuple[Box, ...] = ()
    pills: tuple[Box, ...] = ()

    def moved_to(self, x: float, bottom: float) -> "Map":
        """Return the map above `bottom`, its center at x."""
        own = bounds(self.dots)
        across, up = x - own.x, bottom + own.height / 2 - own.y
        return Map(
            dots=tuple(moved(dot, across, up) for dot in self.dots),
            pills=tuple(moved(pill, across, up) for pill in self.pills),
        )


class Scene(Value, frozen=True, kw_only=True):
    """Cards with their places; if lines between them take too much room, they stand in a `frame`.

    The frame has a map of its locations, in the order of the cards, if they are few.
    """

    cards: tuple[Card, ...]
    boxes: tuple[Box, ...]
    frame: Box | None = None
    map: Map = Map()

    def all_boxes(self) -> list[Box]:
        """Return the boxes of the cards, and the frame."""
        return [*self.boxes, *([self.frame] if self.frame else [])]

    def placed(self) -> list[tuple[int, Card, Box]]:
        """Return the cards with their numbers and boxes."""
        return [(n, card, box) for n, (card, box) in enumerate(zip(self.cards, self.boxes, strict=True))]


def times(ends: int, others: int) -> str:
    """Return the text for the tunnels between two numbers of leaders."""
    return f"{ends:,} {_TIMES} {others:,}"


def dot_text(card: Card) -> str:
    """Return the text below the name of a location on a map."""
    return card.aside.partition(",")[0] + (f", {BEHIND_NAT}" if card.behind_nat else "")


def placed_scene(cards: Sequence[Card], peers: Card | None) -> Scene:
    """Return the cards on a ring, or in a frame if that is much smaller; cards without tunnels are below."""
    every = [*cards, *([peers] if peers else [])]
    live, idle = [card for card in every if card.takes_part], [card for card in every if not card.takes_part]
    ring = _ring_scene(live, idle)
    framed = _framed_scene(live, idle) if ring is None or len(live) > _FEW else None
    scenes = [(ring, 1.0), (framed, _RING_IS_WORTH)]
    return min((_size(scene) * weight, n, scene) for n, (scene, weight) in enumerate(scenes) if scene)[2]


def _size(scene: Scene) -> float:
    return paper_size(scene.all_boxes())


def _ring_scene(live: Sequence[Card], idle: Sequence[Card]) -> Scene | None:
    ring = on_a_ring([card_box(card) for card in live], last_is_below=live[-1].is_peers, beside=_beside(live))
    if ring is None:
        return None
    below = in_a_row([card_box(card) for card in idle], bounds(ring), _IDLE_BELOW)
    return Scene(cards=(*live, *idle), boxes=(*ring, *below))


def label_box(text: str) -> Box:
    """Return the size of a label on a line."""
    return Box(width=text_width(text, LABEL_SIZE) + 12, height=LABEL_SIZE * 1.2 + 6)


def _beside(live: Sequence[Card]) -> float:
    """Return the width of the largest label of a line between two cards."""
    most = max((card.ends for card in live if not card.is_peers), default=0)
    return text_width(f"{times(most, most)} tunnels", LABEL_SIZE) + 30 if most > 1 else 0


def _framed_scene(live: Sequence[Card], idle: Sequence[Card]) -> Scene:
    """Return a scene for many locations: columns of the same width in a frame, and everything else below it.

    The widths that take the least paper are chosen: lists have several columns, or one.
    """
    inside, outside = [card for card in live if not card.is_peers], [card for card in live if card.is_peers]
    usual = statistics.median(card_box(card).width for card in inside)
    least = max(narrowest(card) for card in inside)
    maps = list(_maps(inside))
    scenes = (
        _in_a_frame(inside, in_columns(boxes, count), map_, outside, idle, in_full_width=wide)
        for boxes in ([card_box(card, width) for card in inside] for width in sorted({least, max(usual, least)}))
        for count in range(1, min(len(boxes), _MOST_COLUMNS) + 1)
        for map_ in maps
        for wide in (True, False)
    )
    return min(scenes, key=_size)


def _maps(inside: Sequence[Card]) -> Iterator[Map]:
    """Yield maps of different shapes, or an empty one for many locations."""
    if not 1 < len(inside) <= _MOST_ON_A_MAP:
        yield Map()
        return
    dots = [Box(width=_dot_width(card), height=DOT_SIZE * 3) for card in inside]
    numbers = [times(card.ends, other.ends) for card, other in itertools.combinations(inside, 2)]
    pills = [label_box(number) for number in numbers] if max(card.ends for card in inside) > 1 else []
    for shape in (1.5, 2.4):
        placed, labels = on_an_ellipse(dots, pills, shape, _DOTS_APART)
        yield Map(dots=tuple(placed), pills=tuple(labels))


def _dot_width(card: Card) -> float:
    return max(text_width(card.title, DOT_SIZE, bold=True), text_width(dot_text(card), LABEL_SIZE)) + 20


def _in_a_frame(
    inside: Sequence[Card],
    columns: Sequence[Box],
    map_: Map,
    outside: Sequence[Card],
    idle: Sequence[Card],
    *,
    in_full_width: bool,
) -> Scene:
    inner = bounds(columns)
    if map_.dots:
        map_ = map_.moved_to(inner.x, inner.y + inner.height / 2 + _MAP_ABOVE)
        inner = bounds([*columns, *map_.dots, *map_.pills])
    frame = Box(x=inner.x, y=inner.y + 14, width=inner.width + 44, height=inner.height + 72)
    below = list(itertools.chain(outside, idle))
    boxes = [card_box(card, _width_below(card, frame, in_full_width=in_full_width)) for card in below]
    if in_full_width:
        rows = in_a_row(boxes[: len(outside)], frame, _PEERS_BELOW)
        rows += in_a_row(boxes[len(outside) :], bounds([frame, *rows]), _IDLE_BELOW)
    else:
        rows = in_a_row(boxes, frame, _PEERS_BELOW)
    return Scene(cards=(*inside, *below), boxes=(*columns, *rows), frame=frame, map=map_)


def _width_below(card: Card, frame: Box, *, in_full_width: bool) -> float:
    """Return the width of a card below the frame: its usual one, or for peers in a list, all there is."""
    return max(narrowest(card), frame.width) if in_full_width and card.is_peers and card.listings else 0
