"""Command lines that are lists of arguments, as in JSON, YAML, and Python."""

import re

_QUOTED = r"""(?:\\++["'][^"'\\\n]*+\\++["']|"(?:[^"\\\n]|\\.)*+"|'[^'\\\n]*+')"""
_IN_BRACKETS = re.compile(rf"\[(?:\s*+{_QUOTED}\s*+,?)++\]?")
_ITEM = rf"(?:^|(?<=\n))[ \t]*+-[ \t]++(?:{_QUOTED}|[^\s\"'](?:[^\s:]|:(?=\S))*+)[ \t]*+(?=\n|\Z)"
_IN_LINES = re.compile(rf"{_ITEM}(?:\n{_ITEM})++")
_ARGUMENT = re.compile(rf"(?P<quoted>{_QUOTED})|\n[ \t]*+-|[\n,\[\]]")
_NOT_A_WORD = re.compile(r"""["',;|&\\\[\]]""")


def as_command_lines(text: str) -> str:
    """Return a text of the same length in which lists of arguments are command lines."""
    for arguments in (_IN_BRACKETS, _IN_LINES):
        text = arguments.sub(lambda match: _ARGUMENT.sub(_word, match[0]), text)
    return text


def _word(match: re.Match[str]) -> str:
    """Return an argument without quotes; it keeps its separators only if it is itself a command line."""
    quoted = match["quoted"]
    if not quoted:
        return " " * len(match[0])
    inner = quoted.lstrip("\\")[1:-1].rstrip("\\")
    start = len(quoted) - len(quoted.lstrip("\\")) + 1
    word = inner if re.search(r"\s", inner) else _NOT_A_WORD.sub("x", inner)
    return " " * start + word + " " * (len(quoted) - start - len(inner))
