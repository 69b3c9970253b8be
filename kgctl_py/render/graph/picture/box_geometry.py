"""Boxes in a picture: their bounds, their places in columns or in a row, and the places of line labels."""

from collections.abc import Sequence

from kgctl_py.value import Value, replace

NARROWEST, WIDEST = 4 / 3, 2.0
"""The ratios of width to height of a picture that fit a page of a wiki."""
_COLUMN_GAP = 22.0
_PLACES = 60
"""The number of places on a line where a label can be."""


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
