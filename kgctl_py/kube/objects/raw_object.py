"""Objects of any kind from a file, with only their kind decoded."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube import decoding
from kgctl_py.value import Value

_LIST = "List"
_HEAD = {"apiVersion", "kind"}
_LISTED = ("", "Node", "Peer")
"""The kinds of items of lists that matter; other kinds can have a name that ends in List."""


class RawObject(Value, frozen=True, kw_only=True):
    """An object with its kind and the name of its source; the rest of its JSON is not decoded."""

    source: str
    kind: str
    api_version: str | None
    content: msgspec.Raw | dict[str, Any]
    is_sealed: bool = False
    """Whether its document is encrypted by SOPS, in whole or in part."""

    def to_dict(self) -> dict[str, Any]:
        """Return the whole object."""
        content = self.content
        if isinstance(content, dict):
            return content
        try:
            return msgspec.json.decode(content, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise KgctlError(
                f'"{self.source}": a {self.kind} is not JSON in UTF-8, or is nested too deeply'
            ) from None

    def convert(self, struct: type[decoding.T]) -> decoding.T:
        """Return the object as a struct; raise KgctlError with the source, the object and the malformed field."""
        content = self.content
        if isinstance(content, msgspec.Raw):
            try:
                return msgspec.json.decode(content, type=struct)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass  # the error below contains the name
        whole = self.to_dict()
        try:
            return decoding.convert(whole, struct)
        except ValueError as error:
            metadata = whole.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            shown = f'"{name}"' if isinstance(name, str) and name else "without a name"
            why, _, place = str(error).partition(' - at "$')
            field = place.removesuffix('"').removeprefix(".")
            at = f"{field} cannot be read: " if field else ""
            raise KgctlError(f'"{self.source}": {self.kind} {shown}: {at}{why}') from None


class _Head(msgspec.Struct, frozen=True):
    """The kind of an object."""

    kind: str | None = None
    api_version: str | None = msgspec.field(name="apiVersion", default=None)
    items: msgspec.Raw | msgspec.UnsetType | None = msgspec.UNSET


class _List(msgspec.Struct, frozen=True):
    """A list with undecoded items."""

    kind: str
    items: list[msgspec.Raw] | None
    api_version: str | None = msgspec.field(name="apiVersion", default=None)


def objects_in_json(text: bytes, source: str) -> list[RawObject] | None:
    """Return the objects of a list in JSON; None for other text, which must be decoded completely.

    A saved cluster of 5,000 nodes has 55 MB, of which Kilo reads a tenth.
    """
    try:
        whole = msgspec.json.decode(text, type=_List)
        return list(_items_in_json(whole, source)) if whole.kind.endswith(_LIST) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _items_in_json(whole: _List, source: str) -> Iterator[RawObject]:
    """Yield the objects of a list, and of lists in it."""
    for item in whole.items or ():
        head = msgspec.json.decode(item, type=_Head)
        kind = head.kind or ""
        if (kind.endswith(_LIST) and head.items is not msgspec.UNSET) or _is_of_kilo(kind):
            yield from _items_in_json(msgspec.json.decode(item, type=_List), source)
            continue
        yield RawObject(
            source=source,
            kind=head.kind if head.kind is not None else whole.kind.removesuffix(_LIST),
            api_version=head.api_version or whole.api_version,
            content=item,
        )


def objects_in_document(document: Any, source: str, hint: str) -> Iterator[RawObject]:
    """Yield the objects of a decoded document, which is an object or a nested list; raise KgctlError."""
    if is_cut_off(document):
        raise KgctlError(f'"{source}" is incomplete: a list of objects ends without its kind', hint=hint)
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        raise KgctlError(f'"{source}" {_not_objects(document)}', hint=hint)
    yield from _flattened(document, source, hint)


def _not_objects(document: Any) -> str:
    """Return why a document without a kind is not a Kubernetes object."""
    if isinstance(document, dict):
        return "has an object without a kind"
    what = "a list" if isinstance(document, list) else "plain text" if isinstance(document, str) else "a value"
    return f"contains {what}, not Kubernetes objects"


def _flattened(document: dict[str, Any], source: str, hint: str) -> Iterator[RawObject]:
    kind, version = str(document["kind"]), document.get("apiVersion")
    if not is_list(document):
        yield RawObject(source=source, kind=kind, api_version=_text(version), content=document)
        return
    if "items" not in document:
        raise KgctlError(f'"{source}" has a {kind} without items', hint=hint)
    items = document["items"]
    for item in [] if items is None else items if isinstance(items, list) else [None]:
        if not isinstance(item, dict):
            raise KgctlError(f'"{source}" has a {kind} whose items are not objects', hint=hint)
        yield from _flattened({"apiVersion": version, "kind": kind.removesuffix(_LIST), **item}, source, hint)


def is_cut_off(document: object) -> bool:
    """Return whether a document is the start of a list of kubectl, which writes the kind after the items."""
    if not isinstance(document, dict) or "kind" in document:
        return False
    items = document.get("items")
    return isinstance(items, list) and any(isinstance(item, dict) and _HEAD & item.keys() for item in items)


def is_list(document: Mapping[str, Any]) -> bool:
    """Return whether a document is a list of objects; the name of another kind can also end in List."""
    kind = str(document.get("kind"))
    return kind.endswith(_LIST) and ("items" in document or _is_of_kilo(kind))


def _is_of_kilo(kind: str) -> bool:
    """Return whether a kind is a list even without items, which is an error then."""
    return kind.endswith(_LIST) and kind.removesuffix(_LIST) in _LISTED


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
