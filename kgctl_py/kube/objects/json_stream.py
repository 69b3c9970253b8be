"""Consecutive JSON objects, such as the output of `jq '.items[]'` and of programs that log JSON lines."""

import json
import re
from collections.abc import Iterator

from kgctl_py.value import Value

_SPACE = re.compile(r"[ \t\r\n]*")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class JsonText(Value, frozen=True):
    """The text of a value, and the numbers of lines and columns before it."""

    text: str
    line: int = 0
    column: int = 0


def json_texts(text: bytes) -> tuple[JsonText, ...]:
    """Return the text of each value; empty if one is not JSON."""
    try:
        return tuple(_texts(text.decode().removeprefix(_BOM)))
    except (ValueError, RecursionError):
        return ()


def _texts(text: str) -> Iterator[JsonText]:
    decoder, line, counted, start = json.JSONDecoder(), 0, 0, _after_space(text, 0)
    while start < len(text):
        _, end = decoder.raw_decode(text, start)
        line, counted = line + text.count("\n", counted, start), start
        yield JsonText(text[start:end], line, start - text.rfind("\n", 0, start) - 1)
        start = _after_space(text, end)


def _after_space(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start
