"""Templates of JSONPath as in kubectl: text, paths in braces, and ranges."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from kgctl_py.escape_text import visible
from kgctl_py.kube.objects.jsonpath_evaluate import Path, found
from kgctl_py.kube.objects.jsonpath_parse import parse_path, unquoted
from kgctl_py.value import Value

Part: TypeAlias = "str | Insertion | Range"
Template: TypeAlias = tuple[Part, ...]

_ACTION = re.compile(r"\{((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^{}'\"])*)\}", re.DOTALL)
_RANGE = re.compile(r"range\s+(.*)", re.DOTALL)
_DEEPEST = 20


class Insertion(Value, frozen=True):
    """The values that a path leads to, with spaces between."""

    path: Path


class Range(Value, frozen=True):
    """A template that is repeated for each value that a path leads to."""

    path: Path
    body: Template


def parse_template(text: str) -> Template:
    """Return a template; raise ValueError for unsupported syntax."""
    if "{" not in text:
        raise ValueError("has no path in braces")
    tokens = list(_tokens(text))
    parts = tuple(_parts(tokens))
    if tokens:
        raise ValueError("has {end} without {range}")
    return parts


def filled(template: Template, value: Any) -> str:
    """Return the text that the template makes of `value`; raise ValueError for what kubectl refuses."""
    return "".join(_texts(template, value))


def as_text(value: Any) -> str:
    """Return a value as kubectl prints it: an object or a list as JSON, and null as nothing."""
    if value is None:
        return ""
    return visible(
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    )


def _texts(template: Template, value: Any) -> Iterator[str]:
    for part in template:
        match part:
            case str():
                yield part
            case Insertion():
                yield " ".join(map(as_text, found(part.path, value)))
            case Range():
                for item in found(part.path, value):
                    yield from _texts(part.body, item)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Return the texts, and the actions in braces between them."""
    at = 0
    while at < len(text):
        match = _ACTION.match(text, at)
        if match:
            yield "action", match[1].strip()
            at = match.end()
            continue
        if text[at] == "{":
            raise ValueError('has a "{" without "}", or a quote that is not closed')
        end = text.find("{", at)
        end = len(text) if end < 0 else end
        yield "text", text[at:end]
        at = end


def _parts(tokens: list[tuple[str, str]], depth: int = 0) -> Sequence[Part]:
    """Take tokens from the front up to the end of the template, or of the innermost of `depth` ranges."""
    if depth > _DEEPEST:
        raise ValueError("has ranges that are nested too deeply")
    parts: list[Part] = []
    while tokens:
        kind, text = tokens[0]
        if (kind, text) == ("action", "end"):
            if depth:
                tokens.pop(0)
            return parts
        tokens.pop(0)
        if kind == "text":
            parts.append(text)
        elif match := _RANGE.fullmatch(text):
            parts.append(Range(parse_path(match[1].strip()), tuple(_parts(tokens, depth + 1))))
        elif not text:
            raise ValueError("has nothing in braces")
        else:
            quoted = unquoted(text)
            parts.append(Insertion(parse_path(text)) if quoted is None else quoted)
    if depth:
        raise ValueError("has {range} without {end}")
    return parts
