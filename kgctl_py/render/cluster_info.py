"""Facts about a cluster with their sources, as columns for people or as plain data for programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from kgctl_py.escape_text import visible
from kgctl_py.render.cell_width import display_width
from kgctl_py.value import Value

_SHOWN = 3
_WIDE = 20
"""The maximum width of the column of values; a longer value moves only its own source to the right."""


class Fact(Value, frozen=True, kw_only=True):
    """A fact about the cluster; without values, it is unknown, and `source` says why."""

    key: str
    title: str
    values: tuple[str | int, ...]
    source: str
    guess: bool = False
    several: bool = False
    """Whether it can have several values, so that programs always get a list."""


def info_text(facts: Iterable[Fact], width: int | None = None) -> str:
    """Return a line for each fact: title, values, and the source in parentheses.

    A source that does not fit into `width` cells is on a line of its own.
    """
    rows = [(f"{fact.title}:", _values(fact), _source(fact)) for fact in facts]
    titles = max(len(title) for title, _, _ in rows)
    values = max((len(value) for _, value, _ in rows if len(value) <= _WIDE), default=0)
    gap = " " * (titles + 2)
    lines = []
    for title, value, source in rows:
        line = f"{title:{titles}}  {value:{values}}  {source}".rstrip()
        fits = not source or not width or display_width(line) <= width
        lines += [line] if fits else [f"{title:{titles}}  {value}", gap + source]
    return "".join(f"{line}\n" for line in lines)


def info_data(facts: Iterable[Fact], unreadable: Iterable[str]) -> dict[str, Any]:
    """Return the facts by key, and the sources that could not be read."""
    return {**dict(_entries(facts)), "unreadable": list(unreadable)}


def _entries(facts: Iterable[Fact]) -> Iterator[tuple[str, dict[str, Any]]]:
    for fact in facts:
        value = list(fact.values) if fact.several else next(iter(fact.values), None)
        yield fact.key, {"value": value, "source": fact.source, "guess": fact.guess}


def _values(fact: Fact) -> str:
    more = len(fact.values) - _SHOWN
    shown = [visible(str(value)) for value in fact.values[:_SHOWN]] + ([f"and {more} more"] if more > 0 else [])
    return ", ".join(shown) or "unknown"


def _source(fact: Fact) -> str:
    return f"({'guess: ' if fact.guess else ''}{visible(fact.source)})" if fact.source else ""
