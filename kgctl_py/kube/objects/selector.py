"""Label selectors as in the option `-l` of kubectl (k8s.io/apimachinery pkg/labels/selector.go)."""

import re
from collections.abc import Iterator, Mapping

from kgctl_py.value import Value

_PREFIX = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"({_PREFIX}/)?{_NAME}")
_VALUE = re.compile(rf"({_NAME})?")
_COMMA = re.compile(r",(?![^(]*\))")
"""A comma between requirements, not within brackets."""
_SET = re.compile(r"(\S+)\s+(in|notin)\s*\(([^()]*)\)")
_EQUALS = re.compile(r"([^=!\s]+)\s*(==|=|!=)\s*(\S*)")


class Requirement(Value, frozen=True, kw_only=True):
    """The label `key` must have one of `values`, or any value if empty; with `negated`, it must not.

    As in Kubernetes, an object without the label meets every negated requirement.
    """

    key: str
    values: frozenset[str] = frozenset()
    negated: bool = False

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Return whether `labels` meet the requirement."""
        has = self.key in labels and (not self.values or labels[self.key] in self.values)
        return has is not self.negated


class Selector(Value, frozen=True):
    """The conjunction of requirements; without requirements, it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Return whether it selects an object with these labels."""
        return all(requirement.holds(labels) for requirement in self.requirements)


def parse_selector(text: str) -> Selector:
    """Return the selector of a text like `a=b,c!=d,e in (f,g),h notin (i),j,!k`; raise ValueError."""
    return Selector(tuple(_parsed(text)) if text.strip() else ())


def _parsed(text: str) -> Iterator[Requirement]:
    for part in map(str.strip, _COMMA.split(text)):
        requirement = _requirement(part)
        if not _KEY.fullmatch(requirement.key):
            raise ValueError(f'"{part or text}" is not a label selector')
        for value in requirement.values:
            if not _VALUE.fullmatch(value):
                raise ValueError(f'"{value}" is not a label value')
        yield requirement


def _requirement(part: str) -> Requirement:
    if match := _SET.fullmatch(part):
        key, operator, values = match.groups()
        return Requirement(
            key=key, values=frozenset(map(str.strip, values.split(","))), negated=operator == "notin"
        )
    if match := _EQUALS.fullmatch(part):
        key, operator, value = match.groups()
        return Requirement(key=key, values=frozenset((value,)), negated=operator == "!=")
    return Requirement(key=part.removeprefix("!").strip(), negated=part.startswith("!"))
