"""Boxes on a ring or an ellipse, so close together that the lines between two of them touch no other."""

import itertools
import math
from collections.abc import Sequence

from kgctl_py.render.graph.picture.box_geometry import Box, on_lines, paper_size
from kgctl_py.value import replace

_GAP = 54.0
_MOST_ON_A_RING = 8
_EMPTIEST = 9.0
"""How much larger than its cards a ring can be."""
_STEP = 1.08
_SMALLEST, _LARGEST = 30.0, 4000.0
_NEAREST_LINE = 12.0
_STEPS_INWARD = 60


def on_a_ring(boxes: Sequence[Box], *, last_is_below: bool, beside: float = 0) -> list[Box] | None:
    """Return the boxes so that a line between two of them touches no other, or None if that takes too much room.

    Boxes side by side have at least `beside` between them.
    """
    if len(boxes) > _MOST_ON_A_RING:
        return None
    angles = _angles(len(boxes), last_is_below=last_is_below)
    rings = (_smallest_ring(boxes, angles, shape, beside) for shape in (0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0))
    found = [ring for ring in rings if ring]
    best = min(
        (_drawn_in(ring, beside) for ring in sorted(found, key=paper_size)[:2]), key=paper_size, default=None
    )
    filled = sum(box.width * box.height for box in boxes)
    return best if best and paper_size(best) < _EMPTIEST * filled + 400_000 else None


def on_an_ellipse(
    boxes: Sequence[Box], labels: Sequence[Box], shape: float, gap: float
) -> tuple[list[Box], list[Box]]:
    """Return boxes, and the labels of the lines between each two, on the smallest ellipse that has room for all.

    The boxes are at least `gap` apart, and no line touches a third one.
    The ellipse is `shape` times wider than high.
    """
    angles, radius = _angles(len(boxes), last_is_below=False), _SMALLEST
    while True:
        ring = [
            replace(box, x=radius * shape * math.cos(angle), y=radius * math.sin(angle))
            for box, angle in zip(boxes, angles, strict=True)
        ]
        is_clear = all(_is_clear(ring, n, 0, gap=gap, line=4) for n in range(len(ring)))
        placed = on_lines(labels, list(itertools.combinations(ring, 2)), ring) if is_clear else None
        if placed is not None:
            return ring, placed
        radius *= _STEP


def _angles(count: int, *, last_is_below: bool) -> list[float]:
    """Return the angles clockwise from the left; the last one can be at the bottom."""
    first = -math.pi / 2 - 2 * math.pi / count if last_is_below else math.pi / 2 + math.pi / count
    return [first - 2 * math.pi * n / count for n in range(count)]


def _smallest_ring(boxes: Sequence[Box], angles: Sequence[float], shape: float, beside: float) -> list[Box] | None:
    if len(boxes) == 1:
        return [replace(boxes[0], x=0.0, y=0.0)]
    radius = 60.0
    while radius < _LARGEST:
        ring = [
            replace(box, x=radius * shape * math.cos(angle), y=radius * math.sin(angle))
            for box, angle in zip(boxes, angles, strict=True)
        ]
        if all(_is_clear(ring, n, beside) for n in range(len(ring))):
            return ring
        radius *= _STEP
    return None


def _drawn_in(ring: list[Box], beside: float) -> list[Box]:
    """Move each box towards the middle as long as it stays clear: a ring has unused room beside small boxes."""
    for _, n, (dx, dy) in itertools.product(range(_STEPS_INWARD), range(len(ring)), ((1, 0), (0, 1))):
        box = ring[n]
        moved = replace(box, x=_inward(box.x, dx), y=_inward(box.y, dy))
        closer = [*ring[:n], moved, *ring[n + 1 :]]
        if moved != box and _is_clear(closer, n, beside):
            ring = closer
    return ring


def _inward(place: float, way: int) -> float:
    return math.copysign(max(abs(place) - 8 * way, 0), place)


def _is_clear(
    ring: Sequence[Box], n: int, beside: float, *, gap: float = _GAP, line: float = _NEAREST_LINE
) -> bool:
    """Return whether a box is not close to others, no line crosses it, and its own lines cross no other box."""
    box, others = ring[n], [*ring[:n], *ring[n + 1 :]]
    if any(box.is_near(other, gap, beside) for other in others):
        return False
    if any(box.is_crossed(*pair, line) for pair in itertools.combinations(others, 2)):
        return False
    return not any(
        third.is_crossed(box, other, line) for other in others for third in others if third is not other
    )
