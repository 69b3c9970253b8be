"""YAML and JSON with the line and column of each field."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py.kube.objects.json_stream import JsonText, json_texts
from kgctl_py.kube.objects.yaml_text import UnparsableError, nodes
from kgctl_py.kube.objects.yaml_with_limits import NodeError, Values, is_merge
from kgctl_py.value import Value, replace

_DEEPEST_FIELD = 10
"""The number of levels that have regions: `items[0].spec.endpoint.dnsOrIP.ip` has six."""
_LONGEST_FIELD = 1000
"""The characters of a field below which no field has a region: each repeats the names above it."""
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*\{")


class Region(Value, frozen=True, kw_only=True):
    """A region of a text, without its end; lines and columns count from 1."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


class Document(Value, frozen=True, kw_only=True):
    """The value of a document, the region of each field such as `spec.allowedIPs[1]`, and the duplicate fields."""

    value: Any
    regions: Mapping[str, Region]
    twice: tuple[str, ...] = ()

    def region(self, field: str) -> Region:
        """Return the region of a field, or of the nearest field around it."""
        while field and field not in self.regions:
            field = field[: max(field.rfind("."), field.rfind("["), 0)]
        return self.regions.get(field, Region())


def documents(text: bytes, wanted: Callable[[str, str], bool]) -> list[Document]:
    """Return the documents of a file whose `kind` and `apiVersion` are `wanted`.

    The last of duplicate fields counts. Raise UnparsableError for a file that is not YAML, or that has an
    unsupported tag.
    """
    texts = json_texts(text) if _JSON.match(text) else ()
    if len(texts) > 1:
        return [_shifted(found, one) for one in texts for found in documents(one.text.encode(), wanted)]
    try:
        return list(_documents(text, wanted))
    except UnparsableError:
        value = json.loads(texts[0].text) if texts else None
        if isinstance(value, dict):  # some escapes of JSON do not exist in YAML
            return [Document(value=value, regions={})] if wanted(*_kind(value)) else []
        raise


def _shifted(found: Document, text: JsonText) -> Document:
    """Return a document with the lines and columns that it has in the file."""
    return replace(found, regions={field: _region_in(region, text) for field, region in found.regions.items()})


def _region_in(region: Region, text: JsonText) -> Region:
    return Region(
        line=region.line + text.line,
        column=region.column + (text.column if region.line == 1 else 0),
        end_line=region.end_line + text.line,
        end_column=region.end_column + (text.column if region.end_line == 1 else 0),
    )


def _documents(text: bytes, wanted: Callable[[str, str], bool]) -> Iterator[Document]:
    try:
        values = Values(lenient=True)
        for node in nodes(text):
            heads = {key.value: value.value for key, value in _pairs(node) if isinstance(value.value, str)}
            if wanted(*_kind(heads)):
                value = values.value(node)
                twice = tuple(_twice(node, "", set()))
                yield Document(value=value, regions=dict(_regions(node, "", set())), twice=twice)
    except (NodeError, RecursionError) as error:
        raise UnparsableError.of(error, text) from None


def _kind(value: Mapping[str, Any]) -> tuple[str, str]:
    return str(value.get("kind", "")), str(value.get("apiVersion", ""))


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    """Return the fields of a mapping whose keys are scalars."""
    if node.id != "mapping":
        return []
    return [(key, value) for key, value in node.value if key.id == "scalar"]


def _regions(node: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Region]]:
    """Yield the region of each field below `node`: from its name to the end of its value if that is a scalar."""
    if id(node) in seen or _is_too_deep(path):
        return  # an alias has the region of its anchor
    seen.add(id(node))
    for key, value in _pairs(node):
        field = f"{path}.{key.value}" if path else key.value
        yield field, _region(key, value if value.id == "scalar" and _after(key, value) else key)
        yield from _regions(value, field, seen)
    for index, item in enumerate(node.value if node.id == "sequence" else ()):
        yield f"{path}[{index}]", _region(item, item) if item.id == "scalar" else _at(item)
        yield from _regions(item, f"{path}[{index}]", seen)


def _is_too_deep(path: str) -> bool:
    return len(path) > _LONGEST_FIELD or path.count(".") + path.count("[") > _DEEPEST_FIELD


def _after(key: Any, value: Any) -> bool:
    """Return whether a value follows its name; the value of an alias does not."""
    return bool(value.start_mark.index >= key.end_mark.index)


def _region(first: Any, last: Any) -> Region:
    start, end = first.start_mark, last.end_mark
    return Region(line=start.line + 1, column=start.column + 1, end_line=end.line + 1, end_column=end.column + 1)


def _at(node: Any) -> Region:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    return Region(line=line, column=column, end_line=line, end_column=column)


def _twice(node: Any, path: str, seen: set[int]) -> Iterator[str]:
    """Yield each duplicate field below a node."""
    if id(node) in seen or _is_too_deep(path):
        return
    seen.add(id(node))
    keys = set()
    for key, value in _pairs(node):
        field = f"{path}.{key.value}" if path else key.value
        if key.value in keys and not is_merge(key):
            yield field
        keys.add(key.value)
        yield from _twice(value, field, seen)
    for index, item in enumerate(node.value if node.id == "sequence" else ()):
        yield from _twice(item, f"{path}[{index}]", seen)
