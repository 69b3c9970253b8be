"""Secret values in the JSON of log lines, which is parsed."""

import json
import re
from typing import Any

from kgctl_py.redacted_text.secret_names import MARK, SENSITIVE

_SECRET = re.compile(rf"{SENSITIVE}s?$", re.IGNORECASE)
_SECRET_PAIR = re.compile(SENSITIVE, re.IGNORECASE)
_DEEPEST = 5
"""The maximum number of texts within one another that are JSON."""
_DECODER = json.JSONDecoder()


def without_json_values(text: str) -> str:
    """Return a text in which the secret values of each line with JSON are replaced by a marker."""
    if '"' not in text:
        return text
    return "\n".join(_without_values(line, 0) if '"' in line else line for line in text.split("\n"))


def _without_values(line: str, depth: int) -> str:
    start = min((place for place in (line.find("{"), line.find("[{")) if place >= 0), default=-1)
    if start < 0 or depth == _DEEPEST:
        return line
    try:
        value, end = _DECODER.raw_decode(line, start)
        clean = _redacted(value, depth)
        if clean == value:
            return line
        separators = (", ", ": ") if '": ' in line else (",", ":")
        return line[:start] + json.dumps(clean, ensure_ascii=False, separators=separators) + line[end:]
    except (ValueError, RecursionError):
        return line


def _redacted(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _without_values(value, depth + 1) if '"' in value else value
    if isinstance(value, list):
        return [_redacted(item, depth) for item in value]
    if not isinstance(value, dict):
        return value
    is_pair = any(_is_secret_name(value.get(field)) for field in ("name", "key", "Name", "Key"))
    return {
        key: _hidden(item, depth)
        if _SECRET.search(key) or (is_pair and key.lower() == "value")
        else _redacted(item, depth)
        for key, item in value.items()
    }


def _is_secret_name(name: Any) -> bool:
    return isinstance(name, str) and _SECRET_PAIR.search(name) is not None


def _hidden(value: Any, depth: int) -> Any:
    """Return a secret value without its content; of a mapping, the fields with names stay."""
    if isinstance(value, list):
        return [_hidden(item, depth) for item in value]
    if isinstance(value, dict):
        hidden = {key: MARK if key.lower() in ("value", "data") else item for key, item in value.items()}
        return _redacted(hidden, depth)
    return value if value is None or isinstance(value, bool) or value == "" else MARK
