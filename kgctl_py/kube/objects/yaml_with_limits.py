"""The values of a YAML document, as Kubernetes reads them (sigs.k8s.io/yaml), with a limit on those from aliases.

An alias has the same value as its anchor. PyYAML's own constructors differ in scalars and duplicate keys, and
create objects for other tags.
"""

import base64
import binascii
import math
from collections.abc import Iterator
from typing import Any

from kgctl_py.kube.objects.yaml_scalars import json_number, plain_scalar

_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"
_COLLECTIONS = ("map", "seq", "set", "omap", "pairs")
MOST_BY_ALIASES = 100_000
"""The maximum number of values from aliases in a file, and of merged keys.

Each alias counts as all values of its anchor, and each merge as all keys of its mappings.
"""

_LONG = 100
"""A scalar or a key counts once more for each of this number of characters."""


class NodeError(ValueError):
    """A node has no value in Kubernetes; `line` is its first line."""

    def __init__(self, reason: str, node: Any) -> None:
        super().__init__(reason)
        self.line: int = node.start_mark.line + 1


class DuplicateKeyError(NodeError):
    """A mapping has a duplicate key."""


class Values:
    """Creates values from the nodes of a file; if `lenient`, the last of duplicate keys counts."""

    def __init__(self, *, lenient: bool = False) -> None:
        self._lenient = lenient
        self._made: dict[int, tuple[Any, int]] = {}
        self._long_keys: set[int] = set()
        self._open: set[int] = set()
        self._by_aliases = 0
        self._merged_keys = 0

    def value(self, node: Any) -> Any:
        """Return the value of a document; raise NodeError."""
        value, _ = self._value(node)
        self._made.clear()  # nodes of the next document can have the same ids
        self._long_keys.clear()
        return value

    def _value(self, node: Any) -> tuple[Any, int]:
        """Return the value of a node, and the number of values in it."""
        if id(node) in self._made:
            self._by_aliases += self._made[id(node)][1]
            return self._made[id(node)]
        if node.id == "scalar":
            return self._counted(node)
        if id(node) in self._open:
            raise NodeError("an alias refers to a value that contains it", node)
        if node.tag.startswith(_TAG) and node.tag.removeprefix(_TAG) not in _COLLECTIONS:
            raise NodeError("it has a tag that Kubernetes does not know", node)
        self._open.add(id(node))
        value, size = self._mapping(node) if node.id == "mapping" else self._sequence(node)
        self._open.discard(id(node))
        self._made[id(node)] = value, size
        return value, size

    def _counted(self, node: Any) -> tuple[Any, int]:
        """Return the value of a scalar; only long ones are stored, so that their aliases count."""
        size = 1 + len(node.value) // _LONG
        value = _scalar(node)
        if size > 1:
            self._made[id(node)] = value, size
        return value, size

    def _sequence(self, node: Any) -> tuple[Any, int]:
        values: list[Any] = []
        size = 1
        for item in node.value:
            value, more = self._value(item)
            self._check_limit(node)
            values.append(value)
            size += more
        return values, size

    def _check_limit(self, node: Any) -> None:
        """Raise NodeError as soon as there are too many values, because they need memory."""
        if max(self._by_aliases, self._merged_keys) > MOST_BY_ALIASES:
            raise NodeError("its aliases expand to too many values", node)

    def _mapping(self, node: Any) -> tuple[Any, int]:
        mapping: dict[str, Any] = {}
        size = 1
        own: set[str] = set()
        for key_node, value_node in node.value:
            value, more = self._value(value_node)
            self._check_limit(node)
            size += more
            if is_merge(key_node):
                for merged in _merged(value, value_node):
                    self._merged_keys += len(merged)
                    self._check_limit(node)
                    for key, inherited in merged.items():
                        mapping.setdefault(key, inherited)
                continue
            key = key_text(key_node)
            size += self._size_of_key(key, key_node)
            if key in own and not self._lenient:
                raise DuplicateKeyError(f'"{key}" exists twice', key_node)
            own.add(key)
            mapping[key] = value
        return mapping, size

    def _size_of_key(self, key: str, node: Any) -> int:
        """Return the number that a long key adds to the count, also if it is an alias."""
        size = len(key) // _LONG
        if size and id(node) in self._long_keys:
            self._by_aliases += size
            self._check_limit(node)
        elif size:
            self._long_keys.add(id(node))
        return size


def key_text(node: Any) -> str:
    """Return the key in a node; raise NodeError if it is not a key."""
    key = _scalar(node) if node.id == "scalar" else node
    if isinstance(key, bool):
        return "true" if key else "false"
    if not isinstance(key, str | int | float):
        raise NodeError("it has a key that is neither text nor a number", node)
    return str(key)


def is_merge(node: Any) -> bool:
    """Return whether a node is the key `<<`, which includes the keys of other mappings."""
    return node.id == "scalar" and node.value == _MERGE and (is_plain(node) or node.tag == _TAG + "merge")


def is_plain(node: Any) -> bool:
    """Return whether a scalar has neither quotes nor a tag."""
    return node.tag is None


def _merged(value: Any, node: Any) -> Iterator[dict[str, Any]]:
    for mapping in value if isinstance(value, list) else [value]:
        if not isinstance(mapping, dict):
            raise NodeError("<< must refer to mappings", node)
        yield mapping


def _scalar(node: Any) -> Any:
    if is_plain(node):
        value = plain_scalar(node.value)
        return _finite(value, node)
    if not node.tag.startswith(_TAG):
        if node.tag.startswith("!") and not node.tag.startswith("!!"):
            return node.value
        raise NodeError("it has a tag that Kubernetes does not know", node)
    return _tagged(node, node.tag.removeprefix(_TAG))


def _finite(value: Any, node: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise NodeError("it has a number that JSON does not have", node)
    return value


def _tagged(node: Any, tag: str) -> Any:
    if tag in ("str", "timestamp", "merge"):
        return node.value
    if tag == "binary":
        return _binary(node)
    value = _finite(plain_scalar(node.value), node)
    if tag == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return json_number(float(value))
    kinds: dict[str, Any] = {"int": int, "bool": bool, "null": type(None)}
    if tag not in kinds or type(value) is not kinds[tag]:
        raise NodeError("it has a value that does not fit its tag", node)
    return value


def _binary(node: Any) -> str:
    try:
        return base64.b64decode(node.value.translate({10: None, 32: None}), validate=True).decode()
    except (binascii.Error, ValueError):
        raise NodeError("it has a value that does not fit its tag", node) from None
