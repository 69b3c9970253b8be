"""Patch YAML files of people: replace, add, and remove only the characters that differ."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgctl_py.kube.objects.yaml_dump import dump_line, dump_yaml
from kgctl_py.kube.objects.yaml_text import load_all, nodes
from kgctl_py.kube.objects.yaml_with_limits import Values, key_text
from kgctl_py.value import Value

_BLOCK_STYLES = ("|", ">")
_STEP = 2


class CannotPatchError(ValueError):
    """A text has a form that cannot be patched."""


class Edit(Value, frozen=True):
    """An edit: replaces the characters from `start` to `end` with `text`."""

    start: int
    end: int
    text: str


def patched(text: str, wanted: Mapping[str, Any]) -> str:
    """Return `text` patched to `wanted`; raise CannotPatchError or UnparsableError."""
    [node] = [node for node in nodes(text) if node.id != "scalar" or node.value] or [None]
    if node is None or node.id != "mapping":
        raise CannotPatchError
    new = text
    for edit in sorted(_Patch(text).mapping(node, wanted), key=lambda edit: (edit.start, edit.end), reverse=True):
        new = new[: edit.start] + edit.text + new[edit.end :]
    if load_all(new.encode()) != [wanted]:
        raise CannotPatchError
    return new


class _Patch:
    """The edits of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = "\r\n" if "\r\n" in text else "\n"

    def mapping(self, node: Any, wanted: Mapping[str, Any]) -> Iterator[Edit]:
        """Yield the edits that change a mapping to `wanted`."""
        entries = {key_text(key): (key, value) for key, value in node.value}
        for index, (name, (key, value)) in enumerate(entries.items()):
            if name in wanted:
                yield from self._value(key, value, wanted[name])
            else:
                yield self._removal(node, index)
        added = {name: value for name, value in wanted.items() if name not in entries}
        if added:
            yield self._addition(node, added)

    def _value(self, before: Any, node: Any, wanted: Any) -> Iterator[Edit]:
        """Yield the edits of a value behind the node `before`, its key or its list."""
        if _equal(Values().value(node), wanted):
            return
        if node.start_mark.index < before.start_mark.index:
            raise CannotPatchError  # an alias: its value is elsewhere
        if node.id == "mapping" and isinstance(wanted, Mapping):
            yield from self.mapping(node, wanted)
        elif node.id == "sequence" and isinstance(wanted, list):
            yield from self._sequence(node, wanted)
        elif node.id == "scalar" and not isinstance(wanted, Mapping | list):
            yield self._scalar(node, wanted)
        else:
            raise CannotPatchError

    def _scalar(self, node: Any, wanted: Any) -> Edit:
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in _BLOCK_STYLES or start == end or self._text[start] in "!&":
            raise CannotPatchError
        return Edit(start, end, _scalar_text(wanted, node.style or ""))

    def _sequence(self, node: Any, wanted: Sequence[Any]) -> Iterator[Edit]:
        """Yield the edits of a list whose items are added, removed, or changed."""
        have = [repr(Values().value(item)) for item in node.value]
        matcher = difflib.SequenceMatcher(None, have, [repr(item) for item in wanted], autojunk=False)
        for kind, i, j, k, m in matcher.get_opcodes():
            both = min(j - i, m - k) if kind != "equal" else 0
            for old, new in zip(node.value[i : i + both], wanted[k : k + both], strict=True):
                yield from self._value(node, old, new)
            yield from (self._removal(node, index) for index in range(i + both, j) if kind != "equal")
            if kind != "equal" and m > k + both:
                yield self._items(node, i + both, wanted[k + both : m])

    def _items(self, node: Any, index: int, items: Sequence[Any]) -> Edit:
        """Return the edit that adds items before the item `index`, or at the end."""
        if not node.value or any(isinstance(item, Mapping | list) for item in items):
            raise CannotPatchError
        near = node.value[max(index - 1, 0)]
        if node.flow_style:
            lines = [_in_flow(item, near) for item in items]
            place = self._leaf_end(near) if index else near.start_mark.index
            return Edit(place, place, "".join(f", {line}" if index else f"{line}, " for line in lines))
        start = self._line_start(near.start_mark.index)
        dash = self._text[start : near.start_mark.index]
        if dash.strip() != "-":
            dash = " " * node.start_mark.column + "- "
        place = self._line_end(self._leaf_end(near)) if index else start
        return self._lines(place, [dash + dump_line(item) for item in items])

    def _addition(self, node: Any, added: Mapping[str, Any]) -> Edit:
        """Return the edit that adds entries behind the last one."""
        if not node.value and not node.flow_style:
            raise CannotPatchError
        if node.flow_style:
            near = node.value[-1][0] if node.value else node
            inside = _in_flow(dict(added), near).removeprefix("{").removesuffix("}")
            end = self._leaf_end(node.value[-1][1]) if node.value else node.end_mark.index - 1
            return Edit(end, end, ", " * bool(node.value) + inside)
        column = node.value[-1][0].start_mark.column
        lines = _deeper(dump_yaml(dict(added)), column or _STEP).split("\n")[:-1]
        place = self._line_end(self._span(node.value[-1])[1])
        return self._lines(place, [" " * column + line for line in lines])

    def _lines(self, place: int, lines: Sequence[str]) -> Edit:
        """Return the edit that inserts lines at `place`, the start of a line or the end of the text."""
        ends_line = place == 0 or self._text[place - 1] == "\n"
        return Edit(place, place, ("" if ends_line else self._end) + "".join(line + self._end for line in lines))

    def _removal(self, node: Any, index: int) -> Edit:
        """Return the edit that removes an entry of a mapping or an item of a list."""
        entries = [entry if isinstance(entry, tuple) else (entry, entry) for entry in node.value]
        start, end = self._span(entries[index])
        if node.flow_style:
            if index + 1 < len(entries):
                return Edit(start, self._span(entries[index + 1])[0], "")
            return Edit(self._span(entries[index - 1])[1] if index else start, end, "")
        line = self._line_start(start)
        dash = "-" if node.id == "sequence" else ""
        if self._text[line:start].strip() != dash or len(entries) == 1:
            raise CannotPatchError
        return Edit(line, self._line_end(end), "")

    def _span(self, entry: tuple[Any, Any]) -> tuple[int, int]:
        first, last = entry
        return int(first.start_mark.index), max(self._leaf_end(last), first.end_mark.index)

    def _leaf_end(self, node: Any) -> int:
        """Return the end of the last scalar of a node, because a block ends at the start of the next node."""
        if node.id == "scalar" or node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._span(last if isinstance(last, tuple) else (last, last))[1]

    def _line_start(self, place: int) -> int:
        return self._text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        """Return the start of the next line; `place` if it is one already, as after a block scalar."""
        if place and self._text[place - 1] == "\n":
            return place
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end + 1


def _equal(value: Any, wanted: Any) -> bool:
    return repr(value) == repr(wanted)


def _scalar_text(wanted: Any, style: str) -> str:
    if style == "'" and isinstance(wanted, str) and wanted.isprintable():
        return "'" + wanted.replace("'", "''") + "'"
    if style == '"' and isinstance(wanted, str) and wanted.isprintable() and not set(wanted) & set('"\\'):
        return f'"{wanted}"'
    return dump_line(wanted)


def _in_flow(value: Any, near: Any) -> str:
    """Return a value on one line, as JSON if `near` has quotes of JSON."""
    return json.dumps(value, ensure_ascii=False) if getattr(near, "style", None) == '"' else dump_line(value)


def _deeper(text: str, step: int) -> str:
    """Return a block of YAML whose levels are `step` columns apart, not two."""
    lines = text.split("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in lines]
    return "\n".join(
        " " * (indent // _STEP * step) + line.lstrip(" ") for indent, line in zip(indents, lines, strict=True)
    )
