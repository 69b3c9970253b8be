"""YAML and JSON with the place of each field, for telling a person where something stands."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py.kube.objects.yaml_text import UnparsableError, check_depth
from kgctl_py.value import Value

_DEEPEST_FIELD = 10
"""Levels that are looked at: `items[0].spec.endpoint.dnsOrIP.ip` has six."""


class Region(Value, frozen=True, kw_only=True):
    """A piece of a text, its end not included; lines and columns count from 1."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


class Document(Value, frozen=True, kw_only=True):
    """A document's value, where each field such as `spec.allowedIPs[1]` stands, and which keys are there twice."""

    value: Any
    regions: Mapping[str, Region]
    twice: tuple[str, ...] = ()

    def region(self, field: str) -> Region:
        """Give the place of a field, or of what would hold it if it were there."""
        while field and field not in self.regions:
            field = field[: max(field.rfind("."), field.rfind("["), 0)]
        return self.regions.get(field, Region())


def documents(text: bytes, wanted: Callable[[str, str], bool]) -> list[Document]:
    """Give the documents of a file that are objects of a `kind` and `apiVersion` that are `wanted`.

    Raises UnparsableError for a file that is no YAML, or has a value in such a document that cannot be, as a
    31st of February.
    """
    try:
        return list(_documents(text, wanted))
    except UnparsableError:
        value = _json(text)
        if isinstance(value, dict):  # JSON may write characters in a way that YAML does not know
            return [Document(value=value, regions={})] if wanted(*_kind(value)) else []
        raise


def _documents(text: bytes, wanted: Callable[[str, str], bool]) -> Iterator[Document]:
    import yaml

    check_depth(text)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        while loader.check_node():
            node = loader.get_node()
            heads = {key.value: value.value for key, value in _pairs(node) if isinstance(value.value, str)}
            if wanted(*_kind(heads)):
                twice = tuple(_twice(node, ""))
                value = loader.construct_document(node)
                yield Document(value=value, regions=dict(_regions(node, "", set())), twice=twice)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise UnparsableError.of(error, text) from None


def _kind(value: Mapping[str, Any]) -> tuple[str, str]:
    return str(value.get("kind", "")), str(value.get("apiVersion", ""))


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    """Give the fields of a mapping, keys that are no texts left out."""
    if node.id != "mapping":
        return []
    return [(key, value) for key, value in node.value if key.id == "scalar"]


def _regions(node: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Region]]:
    """Give the place of each field below `node`: from its name to the end of its value, if that is plain."""
    if id(node) in seen or path.count(".") + path.count("[") > _DEEPEST_FIELD:
        return  # what is written once and referred to has the place where it is written
    seen.add(id(node))
    for key, value in _pairs(node):
        field = f"{path}.{key.value}" if path else key.value
        yield field, _region(key, value if value.id == "scalar" and _after(key, value) else key)
        yield from _regions(value, field, seen)
    for index, item in enumerate(node.value if node.id == "sequence" else ()):
        yield f"{path}[{index}]", _region(item, item) if item.id == "scalar" else _at(item)
        yield from _regions(item, f"{path}[{index}]", seen)


def _after(key: Any, value: Any) -> bool:
    """Tell whether a value follows its name; the value of an alias stands where it was written first."""
    return bool(value.start_mark.index >= key.end_mark.index)


def _region(first: Any, last: Any) -> Region:
    start, end = first.start_mark, last.end_mark
    return Region(line=start.line + 1, column=start.column + 1, end_line=end.line + 1, end_column=end.column + 1)


def _at(node: Any) -> Region:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    return Region(line=line, column=column, end_line=line, end_column=column)


def _twice(node: Any, path: str) -> Iterator[str]:
    """Give each field that is written more than once in one mapping, as far as fields are looked at."""
    if path.count(".") > _DEEPEST_FIELD:
        return
    seen = set()
    for key, value in _pairs(node):
        field = f"{path}.{key.value}" if path else key.value
        if key.value in seen:
            yield field
        seen.add(key.value)
        yield from _twice(value, field)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
