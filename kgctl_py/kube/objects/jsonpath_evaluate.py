"""Evaluate JSONPath as kubectl does: fields, indexes, slices, and filters."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kgctl_py.value import Value

Step: TypeAlias = "Fields | Indexes | Slice | Wildcard | Descent | Filter"
Path: TypeAlias = tuple[Step, ...]

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


class Fields(Value, frozen=True):
    """The fields of an object: `.name`, `['name']`, or `['a','b']`; a missing one gives nothing."""

    names: tuple[str, ...]


class Indexes(Value, frozen=True):
    """Elements of a list: `[0]`, `[-1]`, or `[0,2]`."""

    numbers: tuple[int, ...]


class Slice(Value, frozen=True):
    """A part of a list: `[START:END:STEP]`."""

    start: int | None
    end: int | None
    step: int | None


class Wildcard(Value, frozen=True):
    """All elements of a list or all fields of an object: `[*]` or `.*`."""


class Descent(Value, frozen=True):
    """The value itself and everything in it: `..`."""


class Literal(Value, frozen=True):
    """A text, a number, or a truth value in a filter."""

    value: str | float | bool


class Filter(Value, frozen=True):
    """The elements of a list for which a comparison holds: `[?(@.a=="b")]`, or for which a path exists."""

    left: Path
    operator: str = ""
    right: Literal | Path = ()


def found(path: Path, value: Any) -> list[Any]:
    """Return the values to which `path` leads from `value`; raise ValueError for what kubectl refuses."""
    values = [value]
    for step in path:
        values = _next(step, values)
    return values


def _next(step: Step, values: Sequence[Any]) -> list[Any]:
    """Return the values to which a step leads from all values; several names or numbers keep their order."""
    match step:
        case Fields():
            objects = [value for value in values if isinstance(value, dict)]
            return [value[name] for name in step.names for value in objects if name in value]
        case Indexes():
            return [_element(value, number) for number in step.numbers for value in values]
        case _:
            return [inner for value in values for inner in _inner(step, value)]


def _inner(step: Slice | Wildcard | Descent | Filter, value: Any) -> Iterable[Any]:
    match step:
        case Slice():
            return _list(value)[step.start : step.end : step.step]
        case Wildcard():
            return _children(value)
        case Descent():
            return _descendants(value)
        case Filter():
            return [element for element in _list(value) if _passes(step, element)]


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _descendants(value: Any) -> Iterator[Any]:
    yield value
    for child in _children(value):
        yield from _descendants(child)


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("refers to elements of a value that is not a list")
    return value


def _element(value: Any, number: int) -> Any:
    elements = _list(value)
    if not -len(elements) <= number < len(elements):
        raise ValueError(f"refers to element {number} of a list of {len(elements)}")
    return elements[number]


def _passes(step: Filter, element: Any) -> bool:
    lefts = found(step.left, element)
    if not step.operator:
        return bool(lefts)
    rights = [step.right.value] if isinstance(step.right, Literal) else found(step.right, element)
    if not lefts or not rights:
        return False
    if len(lefts) > 1 or len(rights) > 1:
        raise ValueError("compares more than one value at a time")
    try:
        return OPERATORS[step.operator](lefts[0], rights[0])
    except TypeError:
        raise ValueError(f'compares values of different types with "{step.operator}"') from None
