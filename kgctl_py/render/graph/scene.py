"""The cards of a picture, each in its place."""

import statistics
from collections.abc import Sequence

from kgctl_py.render.graph.card_label import card_box, narrowest
from kgctl_py.render.graph.cards import Card
from kgctl_py.render.graph.placement import Box, bounds, in_a_row, in_columns, on_a_ring, paper_size
from kgctl_py.render.graph.text_width import text_width
from kgctl_py.value import Value

_IDLE_BELOW = 40.0
"""The room between cards with tunnels and cards without."""
_PEERS_BELOW = 70.0
"""The room between the frame of all locations and the peers."""
_MOST_COLUMNS = 60
LABEL_SIZE = 10
_TIMES = "\N{MULTIPLICATION SIGN}"


class Scene(Value, frozen=True, kw_only=True):
    """Cards with their places; in a `frame` if a full mesh would have too many lines."""

    cards: tuple[Card, ...]
    boxes: tuple[Box, ...]
    frame: Box | None = None

    def all_boxes(self) -> list[Box]:
        """Return the boxes of the cards, and the frame."""
        return [*self.boxes, *([self.frame] if self.frame else [])]

    def placed(self) -> list[tuple[int, Card, Box]]:
        """Return the cards with their numbers and boxes."""
        return [(n, card, box) for n, (card, box) in enumerate(zip(self.cards, self.boxes, strict=True))]


def times(ends: int, others: int) -> str:
    """Return the text for the tunnels between two numbers of leaders."""
    return f"{ends:,} {_TIMES} {others:,} tunnels"


def placed_scene(cards: Sequence[Card], peers: Card | None) -> Scene:
    """Return the cards on a ring, or in a frame; cards without tunnels are below."""
    live = [card for card in (*cards, *([peers] if peers else [])) if card.takes_part]
    out = [card for card in (*cards, *([peers] if peers else [])) if not card.takes_part]
    ring = on_a_ring([card_box(card) for card in live], last_is_below=live[-1].is_peers, beside=_beside(live))
    scene = Scene(cards=tuple(live), boxes=tuple(ring)) if ring else _framed_scene(live)
    idle = in_a_row([card_box(card) for card in out], bounds(scene.all_boxes()), _IDLE_BELOW)
    return Scene(cards=(*live, *out), boxes=(*scene.boxes, *idle), frame=scene.frame)


def _beside(live: Sequence[Card]) -> float:
    """Return the width of the largest label of a line between two cards."""
    most = max((card.ends for card in live if not card.is_peers), default=0)
    return text_width(times(most, most), LABEL_SIZE) + 30 if most > 1 else 0


def _framed_scene(live: Sequence[Card]) -> Scene:
    """Return a scene for many locations: columns of the same width in a frame, and the peers below it.

    The width that takes the least paper is chosen: one for lists in several columns, or in one.
    """
    inside, outside = [card for card in live if not card.is_peers], [card for card in live if card.is_peers]
    usual = statistics.median(card_box(card).width for card in inside)
    least = max(narrowest(card) for card in inside)
    tries = (
        _in_a_frame(inside, in_columns(boxes, count), outside)
        for boxes in ([card_box(card, width) for card in inside] for width in sorted({least, max(usual, least)}))
        for count in range(1, min(len(boxes), _MOST_COLUMNS) + 1)
    )
    return min(tries, key=lambda scene: paper_size(scene.all_boxes()))


def _in_a_frame(inside: Sequence[Card], columns: Sequence[Box], outside: Sequence[Card]) -> Scene:
    inner = bounds(columns)
    frame = Box(x=inner.x, y=inner.y + 14, width=inner.width + 44, height=inner.height + 72)
    wide = [card_box(card, max(narrowest(card), frame.width * bool(card.listed))) for card in outside]
    below = in_a_row(wide, frame, _PEERS_BELOW) if wide else []
    return Scene(cards=(*inside, *outside), boxes=(*columns, *below), frame=frame)
