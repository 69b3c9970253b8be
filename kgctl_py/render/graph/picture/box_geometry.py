"""The places of boxes in a picture: on a ring, in columns, or in a row; and the places of line labels."""

import itertools
import math
from collections.abc import Sequence

from kgctl_py.value import Value, replace

NARROWEST, WIDEST = 4 / 3, 2.0
"""The ratios of width to height of a picture that fit a page of a wiki."""
_GAP = 54.0
_COLUMN_GAP = 22.0
_MOST_ON_A_RING = 8
_EMPTIEST = 9.0
"""How much larger than its cards a ring can be."""
_STEP = 1.08
_SMALLEST, _LARGEST = 30.0, 4000.0
_PLACES = 60
"""The number of places on a line where a label can be."""
_NEAREST_LINE = 12.0
_STEPS_INWARD = 60


class Box(Value, frozen=True, kw_only=True):
    """A rectangle by its center, in points; y grows upwards."""

    x: float = 0.0
    y: float = 0.0
    width: float
    height: float

    @property
    def pos(self) -> str:
        """The place of a node in DOT, which no engine moves."""
        return f'pos="{self.x:.1f},{self.y:.1f}!"'

    def is_near(self, other: "Box", gap: float, beside: float = 0) -> bool:
        """Return whether two boxes are closer than `gap`, or closer than `beside` from side to side."""
        across = abs(self.x - other.x) - (self.width + other.width) / 2
        return across < max(gap, beside) and abs(self.y - other.y) - (self.height + other.height) / 2 < gap

    def is_crossed(self, start: "Box", end: "Box", gap: float) -> bool:
        """Return whether the line between the centers of two other boxes comes closer than `gap`."""
        low, high = 0.0, 1.0
        for own, first, last, half in (
            (self.x, start.x, end.x, self.width / 2 + gap),
            (self.y, start.y, end.y, self.height / 2 + gap),
        ):
            way = last - first
            if not way:
                if abs(first - own) > half:
                    return False
                continue
            enters, leaves = sorted(((own - half - first) / way, (own + half - first) / way))
            low, high = max(low, enters), min(high, leaves)
        return low < high


def bounds(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around all boxes."""
    left, right = min(b.x - b.width / 2 for b in boxes), max(b.x + b.width / 2 for b in boxes)
    low, high = min(b.y - b.height / 2 for b in boxes), max(b.y + b.height / 2 for b in boxes)
    return Box(x=(left + right) / 2, y=(low + high) / 2, width=right - left, height=high - low)


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


def on_lines(labels: Sequence[Box], lines: Sequence[tuple[Box, Box]], taken: Sequence[Box]) -> list[Box] | None:
    """Return each label on its line, where it hides no box and no other label; None if there is no such place."""
    placed: list[Box] = []
    for label, (start, end) in zip(labels, lines, strict=False):
        place = on_a_line(label, start, end, [*taken, *placed])
        if place is None:
            return None
        placed.append(place)
    return placed


def on_a_line(label: Box, start: Box, end: Box, taken: Sequence[Box]) -> Box | None:
    """Return a label on a line, as close to its middle as there is room."""
    parts = sorted((n / _PLACES for n in range(4, _PLACES - 3)), key=lambda part: abs(part - 0.5))
    places = (
        replace(label, x=start.x + (end.x - start.x) * part, y=start.y + (end.y - start.y) * part)
        for part in parts
    )
    return next((place for place in places if not any(place.is_near(other, 3) for other in taken)), None)


def moved(box: Box, x: float, y: float) -> Box:
    """Return a box at another place."""
    return replace(box, x=box.x + x, y=box.y + y)


def in_columns(boxes: Sequence[Box], count: int) -> list[Box]:
    """Return boxes of the same width in columns, each in the shortest one."""
    depths, placed = [0.0] * count, []
    for box in boxes:
        column = depths.index(min(depths))
        x = column * (box.width + _COLUMN_GAP) + box.width / 2
        placed.append(replace(box, x=x, y=-depths[column] - box.height / 2))
        depths[column] += box.height + _COLUMN_GAP
    return placed


def in_a_row(boxes: Sequence[Box], below: Box, gap: float) -> list[Box]:
    """Return the boxes beside each other, in lines below another box that are not much wider than it."""
    lines: list[list[Box]] = [[]]
    for box in boxes:
        if lines[-1] and sum(one.width + _COLUMN_GAP for one in (*lines[-1], box)) > below.width:
            lines.append([])
        lines[-1].append(box)
    placed, top = [], below.y - below.height / 2 - gap
    for line in lines:
        x = below.x - sum(box.width for box in line) / 2 - _COLUMN_GAP * (len(line) - 1) / 2
        for box in line:
            placed.append(replace(box, x=x + box.width / 2, y=top - box.height / 2))
            x += box.width + _COLUMN_GAP
        top -= max((box.height for box in line), default=0) + _COLUMN_GAP
    return placed


def paper(box: Box) -> Box:
    """Return the box with room added at two sides to get the shape of a page."""
    shape = box.width / box.height
    if shape < NARROWEST:
        return Box(x=box.x, y=box.y, width=box.height * NARROWEST, height=box.height)
    return Box(x=box.x, y=box.y, width=box.width, height=max(box.height, box.width / WIDEST))


def paper_size(boxes: Sequence[Box]) -> float:
    """Return the area of the page that has room for the boxes."""
    page = paper(bounds(boxes))
    return page.width * page.height


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
