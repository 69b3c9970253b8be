"""Columns that the user chooses, as in `kubectl get -o custom-columns=HEADING:PATH,…`."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from kgctl_py.errors import UsageError
from kgctl_py.kube.objects.jsonpath_evaluate import Path, found
from kgctl_py.kube.objects.jsonpath_parse import parse_path
from kgctl_py.kube.objects.jsonpath_template import as_text
from kgctl_py.render.columns import columns

_BETWEEN = re.compile(r",(?![^\[\]]*\])")
"""A comma between two columns, not one in brackets."""

CustomColumns = Sequence[tuple[str, Path]]


def parse_columns(text: str) -> tuple[tuple[str, Path], ...]:
    """Return the headings and their paths; raise ValueError for unsupported syntax."""
    return tuple(map(_column, _BETWEEN.split(text)))


def _column(text: str) -> tuple[str, Path]:
    heading, colon, path = text.partition(":")
    if not (heading and colon and path.strip()):
        raise ValueError(f'has the column "{text}", which is not HEADING:PATH')
    return heading, parse_path(path.strip().removeprefix("{").removesuffix("}"))


def custom_table(
    custom: CustomColumns,
    documents: Iterable[Mapping[str, Any]],
    *,
    width: int | None,
    headed: bool,
    only: Container[int] | None = None,
) -> str:
    """Return a table of these columns, or `only` some of its rows; raise UsageError if a path fails."""
    try:
        rows = [[_cell(path, document) for _, path in custom] for document in documents]
    except ValueError as error:
        raise UsageError(f"-o custom-columns {error}", hint="to see all fields: -o json") from None
    return columns([heading for heading, _ in custom], rows, width=width, headed=headed, only=only)


def _cell(path: Path, document: Mapping[str, Any]) -> str:
    return ",".join(map(as_text, found(path, document)))
