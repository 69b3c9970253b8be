"""How `kgctl get` prints what it lists: a table, names, or objects for programs."""

import enum
import re
from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from kgctl_py.commands.get.request import Request
from kgctl_py.commands.get.resource import Column, Resource
from kgctl_py.errors import UsageError
from kgctl_py.render.columns import columns
from kgctl_py.render.document import API_VERSION, as_json, as_yaml
from kgctl_py.render.visible import visible

Listed = tuple[Request, list[Any]]


class Output(enum.StrEnum):
    """The formats of a list."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


def text(listed: Sequence[Listed], output: Output, *, headed: bool, width: int | None) -> str:
    """Give all that is listed in one of the formats; a table fits into `width` cells if that is given."""
    match output:
        case Output.TABLE | Output.WIDE:
            tables = (
                table(request.resource, items, output, headed=headed, width=width)
                for request, items in listed
                if items
            )
            return "\n".join(tables)
        case Output.NAME:
            lines = (
                f"{request.resource.singular}/{visible(item.name)}\n"
                for request, items in listed
                for item in items
            )
            return "".join(lines)
        case Output.JSON:
            return as_json(document(listed))
        case Output.YAML:
            return as_yaml(document(listed))
        case _:
            assert_never(output)


def table(
    resource: Resource[Any], items: Iterable[Any], output: Output, *, headed: bool, width: int | None
) -> str:
    """Give the items of a kind as a table."""
    shown = [column for column in resource.columns if output is Output.WIDE or not column.wide]
    rows = [[column.text(item) for column in shown] for item in items]
    return columns([column.heading for column in shown], rows, width=width, headed=headed)


def document(listed: Sequence[Listed]) -> dict[str, Any]:
    """Give the one object that was asked for by its name, else a List, as kubectl does."""
    documents = [request.resource.document(item) for request, items in listed for item in items]
    if len(listed) == 1 and len(listed[0][0].names) == 1 and documents:
        return documents[0]
    return {"apiVersion": API_VERSION, "kind": "List", "items": documents}


def check_column(requested: Iterable[Request], wanted: str) -> None:
    """Raise UsageError when a kind has no column of that heading."""
    for request in requested:
        _column(request.resource, wanted)


def ordered(resource: Resource[Any], items: Iterable[Any], wanted: str) -> list[Any]:
    """Give the items sorted by a column, those that have nothing in it last; of equal ones as they were."""
    column = _column(resource, wanted)
    order = column.order or column.text
    return sorted(items, key=lambda item: (not column.text(item), order(item)))


def _column(resource: Resource[Any], wanted: str) -> Column[Any]:
    for column in resource.columns:
        if _bare(column.heading) == _bare(wanted):
            return column
    known = ", ".join(column.heading.lower().replace(" ", "-") for column in resource.columns)
    raise UsageError(f'a {resource.singular} has no column "{wanted}"', hint=f"--sort-by takes {known}")


def _bare(heading: str) -> str:
    """Give what is left of `LAST SEEN`, `last-seen` and `lastSeen`."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())
