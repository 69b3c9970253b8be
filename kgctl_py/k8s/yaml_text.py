"""YAML that somebody else wrote, read quickly and safely."""

import itertools
import re
from typing import Any

DEEPEST = 5000
"""Levels of nesting; libyaml's composer recurses for each, and far more of them end the process."""

_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_BEFORE_A_VALUE = re.compile(rb"^[ ?:-]+", re.MULTILINE)


def load_all(text: bytes) -> list[Any]:
    """Give the documents in `text`, without empty ones; raise ValueError with the line, quoting nothing."""
    import yaml

    if _may_nest_deeper(text, DEEPEST):
        raise ValueError("it is nested too deeply")
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return [document for document in yaml.load_all(text, Loader=loader) if document is not None]
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


def _may_nest_deeper(text: bytes, levels: int) -> bool:
    """Tell whether there are brackets, or indentation, enough for more than `levels`."""
    brackets = _NOT_BRACKETS.sub(b"", text)
    open_brackets = itertools.accumulate(1 if bracket in b"[{" else -1 for bracket in brackets)
    indents = (len(match[0]) for match in _BEFORE_A_VALUE.finditer(text))
    return max(open_brackets, default=0) > levels or max(indents, default=0) > levels
