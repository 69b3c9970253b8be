"""Plain data as YAML or JSON text, for other programs to read.

Texts with invisible characters are escaped, because these would reach the terminal.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgctl_py.escape_text import is_visible


def as_json(value: Mapping[str, Any]) -> str:
    """Return JSON indented by two spaces, with keys in the given order, and a final newline."""
    return _json(value, indent=2) + "\n"


def as_json_line(value: Mapping[str, Any]) -> str:
    """Return JSON in one line, with keys in the given order."""
    return _json(value, indent=None)


def as_json_with_rows(value: Mapping[str, Any], key: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield JSON with a list at the end, in which each row is a line in ASCII."""
    yield as_json(value).removesuffix("\n}\n") + f',\n  "{key}": ['
    for n, row in enumerate(rows):
        yield f"{',' if n else ''}\n    {json.dumps(row)}"
    yield "\n  ]\n}\n"


def as_yaml(value: Mapping[str, Any]) -> str:
    """Return YAML in block style with sorted keys, as the tools of Kubernetes do."""
    from kgctl_py.kube.objects.yaml_dump import dump_yaml

    return dump_yaml(value, sort_keys=True)


def rfc3339(seconds: int) -> str | None:
    """Return a Unix time in the format of Kubernetes; None if it is outside the calendar."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _json(value: Mapping[str, Any], indent: int | None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return text if is_visible(text.replace("\n", "")) else json.dumps(value, indent=indent)
