"""The formats of `kgctl get`: a table, names, or objects for programs."""

from collections.abc import Container, Sequence
from typing import Any, assert_never

from kgctl_py import names
from kgctl_py.errors import UsageError
from kgctl_py.escape_text import visible
from kgctl_py.listing.list_changes import Changes
from kgctl_py.listing.list_output import ListFormat, ListOutput
from kgctl_py.listing.query import Listed
from kgctl_py.listing.resource import Resource
from kgctl_py.render.columns import columns
from kgctl_py.render.json_yaml import as_json, as_yaml
from kgctl_py.value import Value


class ListStyle(Value, frozen=True, kw_only=True):
    """The format, whether a table has headings, and the width of the terminal in cells, if stdout is one."""

    output: ListOutput
    headed: bool = True
    width: int | None = None


def list_text(listed: Sequence[Listed], style: ListStyle) -> str:
    """Return the list in its format; empty if a table or a list of names has no items."""
    match style.output.format:
        case ListFormat.TABLE | ListFormat.WIDE:
            return "\n".join(_table(request.resource, items, style) for request, items in listed if items)
        case ListFormat.NAME:
            return "".join(_name(request.resource, item) for request, items in listed for item in items)
        case ListFormat.JSON:
            return as_json(_document(listed))
        case ListFormat.YAML:
            return as_yaml(_document(listed))
        case ListFormat.JSONPATH:
            return _templated(_document(listed), style)
        case ListFormat.CUSTOM_COLUMNS:
            documents = [request.resource.document(item) for request, items in listed for item in items]
            return _custom(documents, style) if documents else ""
        case _:
            assert_never(style.output.format)


def changes_text(resource: Resource[Any], changes: Changes, style: ListStyle) -> str:
    """Return the changes as rows, names, or objects; removed objects have no status."""
    match style.output.format:
        case ListFormat.TABLE | ListFormat.WIDE:
            return _table(resource, changes.items, style, only=changes.changed) if changes.changed else ""
        case ListFormat.NAME:
            return "".join(_name(resource, changes.items[number]) for number in changes.changed)
        case ListFormat.JSON:
            return "".join(map(as_json, _documents(resource, changes)))
        case ListFormat.YAML:
            return "".join(f"---\n{as_yaml(document)}" for document in _documents(resource, changes))
        case ListFormat.JSONPATH:
            return "".join(_templated(document, style) for document in _changed(resource, changes))
        case ListFormat.CUSTOM_COLUMNS:
            items = [resource.document(item) for item in changes.items]
            return _custom(items, style, only=changes.changed) if changes.changed else ""
        case _:
            assert_never(style.output.format)


def _name(resource: Resource[Any], item: Any) -> str:
    return f"{resource.singular}/{visible(resource.shown_name(item.name))}\n"


def _table(
    resource: Resource[Any], items: Sequence[Any], style: ListStyle, *, only: Container[int] | None = None
) -> str:
    """Return the items of a kind as a table, or `only` some of its rows."""
    is_wide = style.output.format is ListFormat.WIDE
    shown = [column for column in resource.columns if is_wide or not column.wide]
    texts = [column.text if is_wide else column.brief or column.text for column in shown]
    rows = [[text(item) for text in texts] for item in items]
    headings = [column.heading for column in shown]
    return columns(headings, rows, width=style.width, headed=style.headed, only=only)


def _document(listed: Sequence[Listed]) -> dict[str, Any]:
    """Return the object if one name was requested, otherwise a List, as kubectl does."""
    documents = [request.resource.document(item) for request, items in listed for item in items]
    if len(listed) == 1 and len(listed[0][0].names) == 1 and documents:
        return documents[0]
    return {"apiVersion": names.OUTPUT_API_VERSION, "kind": "List", "items": documents}


def _templated(document: dict[str, Any], style: ListStyle) -> str:
    """Return a document rendered with the template of the user; raise UsageError if the template does not fit."""
    from kgctl_py.kube.objects.jsonpath_template import filled

    try:
        return filled(style.output.template, document)
    except ValueError as error:
        raise UsageError(f"-o jsonpath {error}", hint="to see all fields: -o json") from None


def _custom(documents: Sequence[dict[str, Any]], style: ListStyle, *, only: Container[int] | None = None) -> str:
    from kgctl_py.listing.custom_columns import custom_table

    return custom_table(style.output.columns, documents, width=style.width, headed=style.headed, only=only)


def _changed(resource: Resource[Any], changes: Changes) -> list[dict[str, Any]]:
    return [resource.document(changes.items[number]) for number in changes.changed]


def _documents(resource: Resource[Any], changes: Changes) -> list[dict[str, Any]]:
    return _changed(resource, changes) + [resource.without_status(name) for name in changes.removed]
