"""Edit YAML files of people with minimal changes: comments, order, and layout do not change."""

import contextlib
import difflib
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kgctl_py.kube.objects.yaml_scalars import is_plain_string
from kgctl_py.kube.objects.yaml_text import load_all

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_HEAD = re.compile(r"\A(?:[ \t]*(?:#.*)?(?:\r\n|\n))*---[ \t]*(?:#.*)?(?:\r\n|\n)")
"""The lines above a document up to its `---`: ruamel.yaml would lose their comments."""
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SPACE = re.compile(r"\s+")


def read(text: str) -> Any:
    """Return the single document of `text` with its comments; None for an empty text; raise ValueError."""
    return _load(_editor(), text)


def made_equal(text: str, wanted: Mapping[str, Any]) -> str:
    """Return `text` changed so that Kubernetes reads `wanted`; raise ValueError if that is impossible.

    If possible, only the characters that differ change. Otherwise, ruamel.yaml writes the text again, and keeps
    comments and order.
    """
    if text.startswith(_BOM):
        return _BOM + made_equal(text.removeprefix(_BOM), wanted)
    from kgctl_py.fs import yaml_patch  # a kustomization is changed in another way

    with contextlib.suppress(ValueError):
        return yaml_patch.patched(text, wanted)
    new = changed(text, lambda data: make_equal(data, wanted))
    if load_all(new.encode()) != [wanted]:
        raise ValueError("has a format that kgctl cannot edit")
    return new


def changed(text: str, change: Callable[[Any], None]) -> str:
    """Return `text` with its document changed by `change`; raise ValueError if the document is not a mapping.

    A line whose meaning stays the same keeps its spaces, so that a review shows only the changes.
    """
    load_all(text.encode())  # ruamel.yaml does not limit aliases, for example
    head = match[0] if (match := _HEAD.match(text)) else ""
    body = text.removeprefix(head)
    yaml = _editor()
    data = _load(yaml, body)
    if not isinstance(data, dict):
        raise ValueError("is not a mapping")
    change(data)
    dumped = _dump(yaml, body, data)
    for new in (_with_lines_of(body, dumped), dumped):
        if _means(new, data):
            return head + new
    raise ValueError("has a format that kgctl cannot edit")


def make_equal(kept: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    """Make a mapping equal to `wanted` with the fewest changes."""
    for key in [key for key in kept if key not in wanted]:
        del kept[key]
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(kept.get(key), dict):
            make_equal(kept[key], value)
        elif key not in kept or kept[key] != value:
            kept[key] = value


def _editor() -> "YAML":
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 30  # do not break long lines
    yaml.representer.add_representer(str, _represent_text)
    return yaml


def _represent_text(representer: Any, text: str) -> Any:
    """Return the node of a text, quoted if Kubernetes would not read it as text."""
    return representer.represent_scalar(
        "tag:yaml.org,2002:str", text, style=None if is_plain_string(text) else "'"
    )


def _load(yaml: "YAML", text: str) -> Any:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"is not a single YAML document: {line}{error.problem or error.context}") from None
    except (YAMLError, ValueError) as error:
        raise ValueError(f"is not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except Exception:  # ruamel.yaml raises many kinds of errors for unusual files
        raise ValueError("has a format that kgctl cannot edit") from None


def _dump(yaml: "YAML", body: str, data: dict[str, Any]) -> str:
    dumped = io.StringIO()
    try:
        _indent_like(yaml, body, data)
        yaml.dump(data, dumped)
    except Exception:  # ruamel.yaml raises many kinds of errors for unusual files
        raise ValueError("has a format that kgctl cannot edit") from None
    return dumped.getvalue()


def _indent_like(yaml: "YAML", text: str, data: dict[str, Any]) -> None:
    """Indent new lines as the existing ones."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.util import load_yaml_guess_indent

    _, sequence, dash = load_yaml_guess_indent(text)
    blocks = [value for value in data.values() if isinstance(value, CommentedMap) and not value.fa.flow_style()]
    inner = [
        column for value in blocks for _, column, *_ in list((value.lc.data or {}).values())[:1] if column > 0
    ]
    yaml.indent(mapping=inner[0] if inner else 2, sequence=sequence or 2, offset=dash or 0)


def _with_lines_of(old: str, new: str) -> str:
    """Return `new` with the lines of `old` that differ only in spaces, and with lost comments."""
    ends = "\r\n" if "\r\n" in old else "\n"
    before, after = old.splitlines(keepends=True), [line + ends for line in new.split("\n")[:-1]]
    one, other = ([_SPACE.sub("", line) for line in lines] for lines in (before, after))
    lost = Counter(filter(_is_comment, one)) - Counter(other)
    merged: list[str] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        merged += before[i:j] if kind == "equal" else after[k:m]
        merged += [before[n] for n in range(i, j) if kind != "equal" and lost[one[n]] > 0]
    return "".join(merged)


def _is_comment(line: str) -> bool:
    return line.startswith("#")


def _means(text: str, data: Any) -> bool:
    try:
        return bool(read(text) == data)
    except ValueError:
        return False
