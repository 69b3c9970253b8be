"""How `kgctl get` prints what it lists: a table, names, or objects for programs."""

import enum
from collections.abc import Container, Sequence
from typing import Any, assert_never

from kgctl_py import names
from kgctl_py.cli.inspect.get_request import Listed
from kgctl_py.listing.resource import Resource
from kgctl_py.render.columns import columns
from kgctl_py.render.json_yaml import as_json, as_yaml
from kgctl_py.terminal import terminal
from kgctl_py.value import Value
from kgctl_py.visible import visible


class Output(enum.StrEnum):
    """The formats of a list."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"
    NAME = "name"


class Style(Value, frozen=True):
    """The format, and whether a table has headings."""

    output: Output
    headed: bool = True


def text(listed: Sequence[Listed], style: Style) -> str:
    """Give all that is listed; a table fits the terminal if stdout is one."""
    match style.output:
        case Output.TABLE | Output.WIDE:
            return "\n".join(table(request.resource, items, style) for request, items in listed if items)
        case Output.NAME:
            named = ((request.resource.singular, item.name) for request, items in listed for item in items)
            return "".join(f"{kind}/{visible(name)}\n" for kind, name in named)
        case Output.JSON:
            return as_json(document(listed))
        case Output.YAML:
            return as_yaml(document(listed))
        case _:
            assert_never(style.output)


def table(
    resource: Resource[Any], items: Sequence[Any], style: Style, *, only: Container[int] | None = None
) -> str:
    """Give the items of a kind as a table, or `only` some of its rows."""
    shown = [column for column in resource.columns if style.output is Output.WIDE or not column.wide]
    rows = [[column.text(item) for column in shown] for item in items]
    headings = [column.heading for column in shown]
    return columns(headings, rows, width=terminal.width, headed=style.headed, only=only)


def document(listed: Sequence[Listed]) -> dict[str, Any]:
    """Give the one object that was asked for by its name, else a List, as kubectl does."""
    documents = [request.resource.document(item) for request, items in listed for item in items]
    if len(listed) == 1 and len(listed[0][0].names) == 1 and documents:
        return documents[0]
    return {"apiVersion": names.OUTPUT_API_VERSION, "kind": "List", "items": documents}
