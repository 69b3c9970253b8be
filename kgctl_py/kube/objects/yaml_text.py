"""YAML from elsewhere, parsed quickly and safely."""

import itertools
import re
from typing import Any

DEEPEST = 5000
"""The deepest nesting; libyaml recurses for each level, and too many of them end the process."""

_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_BEFORE_A_VALUE = re.compile(rb"^[ ?:-]+", re.MULTILINE)


class UnparsableError(ValueError):
    """A text is no YAML: the `reason`, which quotes nothing, and the `line` if that is known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line

    @classmethod
    def of(cls, error: Exception, text: bytes) -> "UnparsableError":
        """Return the error for what PyYAML raised for `text`."""
        mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
        if mark:
            return cls(str(getattr(error, "problem", "")), mark.line + 1)
        if isinstance(error, RecursionError):
            return cls("it is nested too deeply")
        if isinstance(position, int):
            return cls(" ".join(str(error).splitlines()[0].split()), text[:position].count(b"\n") + 1)
        return cls("it has a value that does not fit its type")


def check_depth(text: bytes) -> None:
    """Raise UnparsableError when a text may be nested so deeply that parsing it would end the process."""
    if _may_nest_deeper(text, DEEPEST):
        raise UnparsableError("it is nested too deeply")


def load_all(text: bytes) -> list[Any]:
    """Return the documents in `text` without empty ones; raise UnparsableError."""
    import yaml

    check_depth(text)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return [document for document in yaml.load_all(text, Loader=loader) if document is not None]
    except (yaml.YAMLError, RecursionError) as error:
        raise UnparsableError.of(error, text) from None


def _may_nest_deeper(text: bytes, levels: int) -> bool:
    """Return whether brackets or indentation suffice for more than `levels`."""
    brackets = _NOT_BRACKETS.sub(b"", text)
    open_brackets = itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
    indents = (len(match[0]) for match in _BEFORE_A_VALUE.finditer(text))
    return max(open_brackets, default=0) > levels or max(indents, default=0) > levels
