"""Secret values in YAML that take several lines, found by the indentation of the lines.

YAML in a log is often only a part of a document, or follows other text, so no parser of YAML can read it.
"""

import re
import string

from kgctl_py.redacted_text.replace_values import in_lower_case, next_match
from kgctl_py.redacted_text.secret_names import MARK, PAIR_NAME, SENSITIVE, STARTS

_TAGS = r"(?:[&!]\S{0,100}+[ \t]++){0,3}"
_BLOCK_SIGN = r"[|>][-+0-9]*+[ \t]*+(?:#.*+)?$"
_NOTHING = r"(?:[&!]\S{0,100}+[ \t]*+){0,3}(?:#.*+)?$"
_OPENED = re.compile(
    rf"""({SENSITIVE}s?["']?[ \t]*+:)[ \t]*+(?:{_TAGS}({_BLOCK_SIGN})|{_NOTHING})""", re.IGNORECASE
)
"""A key whose value starts in the next line."""
_MAY_OPEN = re.compile(r"[#&!]|[-+:|>0-9 \t]$")
_VALUE_LINE = re.compile(r"""([ \t]*+(?:-[ \t]++)*+["']?value["']?[ \t]*+:)[ \t]*+(.*+)""", re.IGNORECASE)
_NAME_LINE = re.compile(rf"{PAIR_NAME}$", re.IGNORECASE)
_LONGEST_NAME = 300
_INDENT = re.compile(r"[ \t]*+(?:-[ \t]++)*+")
_ITEM = re.compile(r"[ \t]*+-(?:[ \t]|$)")
_IN_PROSE = re.compile(r"(?:token|secret|credential)s?:", re.IGNORECASE)
"""Words that often end a sentence of a log, as in "failed to refresh token:"."""
_KEY_LINE = re.compile(
    r"""[ \t]*+(?:-[ \t]++)*+["']?[\w./-]{1,100}["']?[ \t]*+:(?:\s|$)"""
    r"""|[ \t]*+(?:[{\[]|[IWEF]\d{4}[ ]|\d{4}[-/]\d\d|\w{1,40}=)"""
)
"""A line with a key, or one of a log, which is no part of a value before it."""
_IN_KEYS = f"{string.ascii_letters}{string.digits}_./-"
_LONGEST_ITEM = 50
"""The maximum number of lines between a value and the name after it."""


class _Value:
    """A secret value of several lines, with the column of its key and the indentation of the line of the key."""

    def __init__(self, line: str, *, is_block: bool, is_prose: bool = False) -> None:
        self._start, self._column, self._is_block = _leading(line), _column(line), is_block
        self._is_prose = is_prose
        self._indent: int | None = None
        self._is_list = self._is_word = False

    def has(self, line: str) -> bool:
        """Return whether a line belongs to the value; lines are passed in their order."""
        indent = _leading(line)
        if self._indent is None:
            if not self._begins(line, indent):
                return False
            self._indent = indent
            return True
        if self._is_word or indent < self._indent:
            return False
        if indent > self._column:
            return True
        return bool(_ITEM.match(line)) if self._is_list else self._is_block and not _KEY_LINE.match(line)

    def _begins(self, line: str, indent: int) -> bool:
        if self._is_block and indent > self._column:
            return True
        if _KEY_LINE.match(line) or indent < self._start:
            return False
        if self._is_prose:
            self._is_word = len(line.split()) == 1
            return self._is_word
        self._is_list = bool(_ITEM.match(line)) and not self._is_block
        if self._is_block or self._is_list or indent > self._start:
            return True
        self._is_word = len(line.split()) == 1
        return self._is_word


def without_values(text: str) -> str:
    """Return a text without the secret values of several lines, each of which is replaced by a marker."""
    lines: list[str] = []
    value: _Value | None = None
    pair: int | None = None  # the column of a secret name
    is_next = False
    opened, marked = 0, ""  # the line of a key, and its text with a marker if its value is dropped
    for line in text.split("\n"):
        if not line.strip():
            lines.append(line)
            continue
        if value and value.has(line):
            lines[opened] = marked or lines[opened]
            continue
        value = None
        if pair is not None and not is_next and _leading(line) < pair:
            pair = None
        is_paired = pair is not None and (is_next or _leading(line) == pair)
        is_next = False
        if is_paired and (match := _VALUE_LINE.match(line)):
            value, line, opened, marked = _opened(line, match), _marked(match), -1, ""  # noqa: PLW2901
        elif _MAY_OPEN.search(line) and (found := next_match(_OPENED, line, STARTS, in_lower_case(line))):
            value, opened, marked = _value_of_key(line, found), len(lines), f"{line[: found.end(1)]} {MARK}"
            line = marked if line[found.end(1) :].strip() else line  # noqa: PLW2901
        if _NAME_LINE.search(line, len(line) - _LONGEST_NAME):
            pair, is_next = _column(line), True  # the next line also counts if other text precedes the name
            _redact_before(lines, line, pair)
        lines.append(line)
    return "\n".join(lines)


def _value_of_key(line: str, found: re.Match[str]) -> _Value:
    is_block = bool(found[2])
    is_prose = not is_block and bool(_IN_PROSE.fullmatch(found[1])) and _is_prose(line[: found.start()])
    return _Value(line, is_block=is_block, is_prose=is_prose)


def _is_prose(before: str) -> bool:
    """Return whether a name follows other words, as in "failed to refresh token:", and so is not a key."""
    before = before.rstrip(_IN_KEYS)
    before = before.removesuffix('"').removesuffix("'").rstrip(" \t")
    return before[-1:].isalnum()


def _opened(line: str, match: re.Match[str]) -> _Value | None:
    """Return the value that continues in the next lines; None if it ends in its own line."""
    is_block = re.fullmatch(_BLOCK_SIGN, match[2]) is not None
    return _Value(line, is_block=is_block) if is_block or not match[2].strip() else None


def _marked(match: re.Match[str]) -> str:
    return f"{match[1]} {MARK}{',' if match[2].rstrip().endswith(',') else ''}"


def _redact_before(lines: list[str], line: str, column: int) -> None:
    """Redact a value before its name in the same item of a list."""
    if _leading(line) < column:  # the name is the first field of the item
        return
    for index in range(len(lines) - 1, max(len(lines) - _LONGEST_ITEM, 0) - 1, -1):
        before = lines[index]
        if not before.strip() or _leading(before) > column:
            continue
        if _column(before) != column:
            return
        if match := _VALUE_LINE.match(before):
            end = index + 1
            while end < len(lines) and (not lines[end].strip() or _leading(lines[end]) > column):
                end += 1
            lines[index:end] = [_marked(match)]
            return
        if _leading(before) < column:  # the first field of the item
            return


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _column(line: str) -> int:
    """Return the column of the first key in a line, after the dashes of list items."""
    match = _INDENT.match(line)
    return match.end() if match else 0
