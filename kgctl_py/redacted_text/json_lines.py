"""Replace only the secret values in log lines that are JSON."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kgctl_py.redacted_text.secret_names import MARK, SENSITIVE, STARTS

_SECRET = re.compile(rf"{SENSITIVE}s?$", re.IGNORECASE)
_SECRET_PAIR = re.compile(SENSITIVE, re.IGNORECASE)
_NAMES = ("name", "key", "Name", "Key")
_DEEPEST = 5
"""The maximum number of texts within one another that are JSON."""
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_TEXT = r'"(?:[^"\\]|\\.)*+"'
_NEXT_TEXT = re.compile(_TEXT)
_PLACE = re.compile(rf"(?P<open>\{{)|(?P<close>\}})|(?P<key>{_TEXT})\s*+:\s*+|(?P<text>{_TEXT})")
_SCALAR = re.compile(rf'(?P<text>{_TEXT})(?!\s*+:)|{_TEXT}|(?P<bare>[^\s{{}}\[\],:"]++)')
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Object:
    """Whether a field of an object is the name of a secret, and where the values before this name start."""

    def __init__(self) -> None:
        self.is_pair = False
        self.values: list[int] = []


class _Change(NamedTuple):
    """A part of the line up to `end`, and the text that replaces it; without a text, it is a secret value."""

    start: int
    end: int = 0
    text: str | None = None


def without_json_values(text: str) -> str:
    """Return a text in which the secret values of each line with JSON are replaced by a marker."""
    if '"' not in text:
        return text
    return "\n".join(_without_values(line, 0) if '"' in line else line for line in text.split("\n"))


def _without_values(line: str, depth: int) -> str:
    start = min((place for place in (line.find("{"), line.find("[{")) if place >= 0), default=-1)
    if start < 0 or depth == _DEEPEST or not ("\\" in line or STARTS.search(line.lower())):
        return line
    try:
        _, end = _DECODER.raw_decode(line, start)
        return _changed(line, _changes(line, start, end, depth))
    except (ValueError, RecursionError):  # the decoder can fail for a deep value if little of the stack is left
        return line


def _changed(line: str, changes: Iterable[_Change]) -> str:
    parts, done = [], 0
    for change in sorted(changes, key=lambda change: (change.start, change.text is not None)):
        if change.start >= done:  # the rest is inside a value that is replaced as a whole
            start, end, text = change if change.text is not None else _change_of_value(line, change.start)
            parts += [line[done:start], text or ""]
            done = end
    return "".join((*parts, line[done:]))


def _changes(line: str, start: int, end: int, depth: int) -> Iterator[_Change]:
    """Yield the changes in valid JSON; everything below a secret name is secret."""
    objects = [_Object()]
    place = _PLACE.search(line, start, end)
    while place:
        done = place.end()
        if place["open"]:
            objects.append(_Object())
        elif place["close"]:
            objects.pop()
        elif place["text"]:
            yield from _change_of_text(place, depth)
        else:
            key = _decoded(place["key"])
            if _is_secret(key, _SECRET) or (objects[-1].is_pair and key.lower() == "value"):
                change = _change_of_value(line, done)
                done = change.end
                yield change
            else:
                yield from _change_of_pair(line, key, done, objects[-1])
        place = _PLACE.search(line, done, end)


def _change_of_pair(line: str, key: str, start: int, fields: _Object) -> Iterator[_Change]:
    """Remember a field of a pair such as {"name": "PASSWORD", "value": "x"}; yield the values before its name.

    Such values can be nested, so this decodes only those that it replaces.
    """
    if key.lower() == "value":
        fields.values.append(start)
    elif key in _NAMES and (name := _NEXT_TEXT.match(line, start)):
        fields.is_pair = fields.is_pair or _is_secret(_decoded(name[0]), _SECRET_PAIR)
        if fields.is_pair:
            yield from map(_Change, fields.values)
            fields.values = []


def _change_of_value(line: str, start: int) -> _Change:
    _, end = _DECODER.raw_decode(line, start)
    return _Change(start, end, _SCALAR.sub(_hidden, line[start:end]))


def _hidden(scalar: re.Match[str]) -> str:
    is_key = not scalar["text"] and not scalar["bare"]
    return scalar[0] if is_key or scalar[0] in ('""', "null", "true", "false") else f'"{MARK}"'


def _change_of_text(place: re.Match[str], depth: int) -> Iterator[_Change]:
    """Yield a change of a text that contains JSON with secrets."""
    if "\\" not in place[0]:
        return
    text = json.loads(place[0])
    clean = _without_values(text, depth + 1)
    if clean != text:
        yield _Change(
            place.start(), place.end(), json.dumps(clean, ensure_ascii=_SURROGATE.search(clean) is not None)
        )


def _is_secret(name: str, pattern: re.Pattern[str]) -> bool:
    return STARTS.search(name.lower()) is not None and pattern.search(name) is not None


def _decoded(text: str) -> str:
    return json.loads(text) if "\\" in text else text[1:-1]
