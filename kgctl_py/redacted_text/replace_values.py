"""Replace the secret value after a name: a word, a quoted text, or a list or mapping with everything in it."""

import re

from kgctl_py.redacted_text.secret_names import MARK

QUOTED = (
    r"""(?:\"{3}[^\n]++|'{3}[^\n]++|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\n]|'')*+'?|\\++"[^"\n]*+"?|\\++'[^'\n]*+'?)"""
)
_BARE = r"""(?:[^\s"',;&]|[,;&](?!\s|["'\]})]|[\w.-]{1,40}[=:]))"""
VALUE = rf"(?:{QUOTED}|{_BARE}++)"
"""A text in quotes, which can contain escaped quotes, or up to the next space or name."""

_WHOLE = re.compile(VALUE)
_REST = re.compile(f"{_BARE}*+")
_OPENING = re.compile(r"(?:[&*]{0,2}[\w.*]{1,60})?[\[{(]")
"""The start of a list or mapping, after its type in a programming language: "[", "map[", "&v1.Secret{"."""
_PART = re.compile(
    rf"(?P<open>[\[{{(])|(?P<close>[\]}})])|(?P<next>(?<=[,\[{{(])[ \t]*+\n|\n\s*+(?=[\]}})]))|\n"
    rf"|\\++(?![\"'])|{QUOTED}"
)


def without_value(text: str, starts: re.Pattern[str], before: re.Pattern[str]) -> str:
    """Return a text with a marker in place of each value after a match of `before`, whose first group stays.

    `before` is tried only at matches of `starts` in the lower-case text, because `re` is slow for patterns that
    ignore case.
    """
    lower = in_lower_case(text)
    parts, done = [], 0
    match = next_match(before, text, starts, lower)
    while match:
        end = _end(text, match.end())
        inner = before.match(text, match.end())
        if inner and inner.end() > end:  # another name in place of the value: "creds: token: x"
            match = inner
            continue
        if end > match.end():
            parts += [text[done : match.end(1)], MARK]
            done = end
        match = next_match(before, text, starts, lower, max(done, match.start() + 1))
    return "".join((*parts, text[done:]))


def in_lower_case(text: str) -> str:
    """Return a text of the same length in lower case."""
    return text.replace("İ", "i").lower()  # the only letter that gets longer in lower case


def next_match(
    pattern: re.Pattern[str], text: str, starts: re.Pattern[str], lower: str, place: int = 0
) -> re.Match[str] | None:
    """Return the next match of a pattern, which begins where `starts` matches the text in lower case."""
    found = starts.search(lower, place)
    while found:
        if match := pattern.match(text, found.start()):
            return match
        found = starts.search(lower, found.start() + 1)
    return None


def _end(text: str, start: int) -> int:
    """Return the end of the value that starts at `start`."""
    end, opening = start, _OPENING.match(text, start)
    while opening:
        end = _end_of_brackets(text, opening.end())
        opening = _OPENING.match(text, end)
    if end > start:
        rest = _REST.match(text, end)
        return rest.end() if rest else end
    value = _WHOLE.match(text, start)
    return value.end() if value else start


def _end_of_brackets(text: str, start: int) -> int:
    """Return the end of a list or mapping; without a closing bracket, it ends with its line."""
    depth = 1
    for part in _PART.finditer(text, start):
        if part["open"]:
            depth += 1
        elif part["close"]:
            depth -= 1
        elif part[0] == "\n" and not part["next"]:
            return part.start()
        if depth == 0:
            return part.end()
    return len(text)
