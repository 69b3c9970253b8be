"""Secret values in the JSON of log lines: only the text of these values is replaced, all other text stays."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from kgctl_py.redacted_text.secret_names import MARK, SENSITIVE

_SECRET = re.compile(rf"{SENSITIVE}s?$", re.IGNORECASE)
_SECRET_PAIR = re.compile(SENSITIVE, re.IGNORECASE)
_DEEPEST = 5
"""The maximum number of texts within one another that are JSON."""
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]|[^\s{}\[\],:"]++')
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Value(NamedTuple):
    """A value and its place in the line: a scalar, the items of a list, or the fields of a mapping."""

    token: re.Match[str]
    items: tuple["_Value", ...] = ()
    fields: tuple[tuple[str, "_Value"], ...] = ()


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
        _, end = _DECODER.raw_decode(line, start)
        tokens = _TOKEN.finditer(line, start, end)
        parts, done = [], 0
        for token, clean in _replaced(_read(next(tokens), tokens), depth, is_secret=False):
            parts += [line[done : token.start()], clean]
            done = token.end()
        return "".join((*parts, line[done:]))
    except (ValueError, RecursionError):
        return line


def _read(token: re.Match[str], tokens: Iterator[re.Match[str]]) -> _Value:
    """Return a value of JSON that is known to be valid."""
    if token[0] == "[":
        return _Value(token, items=tuple(_read(item, tokens) for item in _until("]", tokens)))
    if token[0] == "{":
        fields = ((json.loads(key[0]), _read(next(tokens), tokens)) for key in _until("}", tokens))
        return _Value(token, fields=tuple(fields))
    return _Value(token)


def _until(end: str, tokens: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    while (token := next(tokens))[0] != end:
        yield token


def _replaced(value: _Value, depth: int, *, is_secret: bool) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each token that is or has a secret, and the text in its place; below a secret name all is secret."""
    for item in value.items:
        yield from _replaced(item, depth, is_secret=is_secret)
    is_pair = any(key in ("name", "key", "Name", "Key") and _is_secret_name(item) for key, item in value.fields)
    for key, item in value.fields:
        is_named = _SECRET.search(key) is not None or (is_pair and key.lower() == "value")
        yield from _replaced(item, depth, is_secret=is_secret or is_named)
    if value.items or value.fields or value.token[0] in ("{", "["):
        return
    clean = _hidden(value.token[0]) if is_secret else _clean(value.token[0], depth)
    if clean != value.token[0]:
        yield value.token, clean


def _is_secret_name(name: _Value) -> bool:
    return name.token[0].startswith('"') and _SECRET_PAIR.search(json.loads(name.token[0])) is not None


def _hidden(token: str) -> str:
    return token if token in ('""', "null", "true", "false") else f'"{MARK}"'


def _clean(token: str, depth: int) -> str:
    """Return a text whose content can be JSON itself, without the secrets in it."""
    if not token.startswith('"') or "\\" not in token:
        return token
    text = json.loads(token)
    clean = _without_values(text, depth + 1)
    return token if clean == text else json.dumps(clean, ensure_ascii=_SURROGATE.search(clean) is not None)
