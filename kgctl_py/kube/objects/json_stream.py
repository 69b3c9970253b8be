"""JSON objects one after the other, as `jq '.items[]'` and programs that log JSON lines write them."""

import json
import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\r\n]*")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def json_texts(text: bytes) -> tuple[str, ...]:
    """Return the text of each value, behind blanks in place of all before it; nothing where one is no JSON.

    The blanks keep lines and columns as they are.
    """
    try:
        decoded = text.decode().removeprefix(_BOM)
        return tuple(_blank(decoded[:start]) + decoded[start:end] for start, end in _values(decoded))
    except (ValueError, RecursionError):
        return ()


def _values(text: str) -> Iterator[tuple[int, int]]:
    decoder, start = json.JSONDecoder(), _after_space(text, 0)
    while start < len(text):
        _, end = decoder.raw_decode(text, start)
        yield start, end
        start = _after_space(text, end)


def _after_space(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _blank(text: str) -> str:
    return "\n" * text.count("\n") + " " * (len(text) - text.rfind("\n") - 1)
