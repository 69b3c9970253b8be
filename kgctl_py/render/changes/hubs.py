"""Many pairs in few lines: each line has one member and all its counterparts."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from kgctl_py.value import Value

T = TypeVar("T")


class Direction(enum.StrEnum):
    """The direction of traffic between the hub and the others, as seen from the hub."""

    BOTH = "to and from"
    TO = "to"
    FROM = "from"


class Hub(Value, Generic[T], frozen=True, kw_only=True):
    """One end of several pairs, and the others in order."""

    end: T
    direction: Direction
    others: tuple[T, ...]

    def pairs(self) -> Iterator[tuple[T, T]]:
        """Return the pairs of the hub."""
        for other in self.others:
            if self.direction is not Direction.FROM:
                yield self.end, other
            if self.direction is not Direction.TO:
                yield other, self.end


def hubs(pairs: Iterable[tuple[Any, Any]]) -> Iterator[Hub[Any]]:
    """Yield hubs that together have each pair once, the end with the most pairs first."""
    sent = set(pairs)
    partners: dict[Any, set[Any]] = defaultdict(set)
    for one, two in sent:
        partners[one].add(two)
        partners[two].add(one)
    while partners:
        end = min(partners, key=lambda end: (-len(partners[end]), end))
        others = partners.pop(end)
        for direction in Direction:
            named = tuple(sorted(other for other in others if _direction(end, other, sent) is direction))
            if named:
                yield Hub(end=end, direction=direction, others=named)
        for other in others:
            partners[other].discard(end)
            if not partners[other]:
                del partners[other]


def _direction(end: Any, other: Any, sent: set[tuple[Any, Any]]) -> Direction:
    if (end, other) not in sent:
        return Direction.FROM
    return Direction.BOTH if (other, end) in sent else Direction.TO
