"""Error messages have the forms that docs/style.md describes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import kgctl_py

_SOURCES = Path(kgctl_py.__file__).parent
_ERRORS = ("KgctlError", "UsageError", "BadParameter")
_QUOTED_OPTION = re.compile(r'"--?[A-Za-z][\w-]*[" ]')


def _text(node: ast.expr) -> str:
    """Return the text of a literal, with {} for each value in it; empty for other expressions."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _messages() -> Iterator[str]:
    for path in _SOURCES.rglob("*.py"):
        source = path.read_text()
        if "Error(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in _ERRORS and node.args:
                yield _text(node.args[0])


def test_options_are_without_quotes_and_a_missing_object_is_not_found() -> None:
    messages = [message for message in _messages() if message]
    assert any("exclude each other" in message for message in messages)
    assert not [message for message in messages if _QUOTED_OPTION.search(message)]
    assert not [message for message in messages if "did not find" in message]


def test_what_must_not_exist_yet_already_exists() -> None:
    assert not [message for message in _messages() if re.search(r'["}] exists(?! twice)', message)]
