"""Decoding JSON of the Kubernetes API into msgspec structs, and the structs that every kind of object shares."""

from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from kgctl_py.errors import KgctlError

T = TypeVar("T")


class Watched(Protocol):
    """An object that a watch may tell of."""

    @property
    def metadata(self) -> "Metadata":
        """Its name and version."""
        ...


class Metadata(msgspec.Struct, frozen=True):
    """`metadata` of any object."""

    name: str = ""
    namespace: str = ""
    resource_version: str = msgspec.field(name="resourceVersion", default="")
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None


class ListMeta(msgspec.Struct, frozen=True):
    """`metadata` of a list: the token of the next page, and the version that a watch goes on from."""

    continue_: str | None = msgspec.field(name="continue", default=None)
    resource_version: str = msgspec.field(name="resourceVersion", default="")


class List(msgspec.Struct, frozen=True, kw_only=True):
    """A page of any list."""

    metadata: ListMeta = ListMeta()


class Page(List, Generic[T], frozen=True, kw_only=True):
    """A page of a list whose objects are all of one kind."""

    items: tuple[T, ...] | None


class WatchEvent(msgspec.Struct, frozen=True):
    """A line of a watch; what its object is depends on its type."""

    type: str
    object: msgspec.Raw


class Refused(msgspec.Struct, frozen=True):
    """A question for objects that was not answered, and why."""

    kind: str
    namespace: str
    name: str
    labels: tuple[tuple[str, str], ...]
    why: str


class MalformedError(KgctlError):
    """A body is cut off, or not what was asked for."""


def decode(body: bytes, kind: type[T], source: str) -> T:
    """Decode a JSON body from `source`; raise MalformedError naming the source and the field that is wrong."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f'"{source}" is not what was asked for: {_reason(error)}') from None


def convert(value: Any, kind: type[T]) -> T:
    """Turn decoded YAML or JSON data into a struct; raise ValueError naming the field that is wrong."""
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        raise ValueError(_reason(error)) from None


def _reason(error: Exception) -> str:
    text = str(error)
    return text[0].lower() + text[1:].replace("`", '"')
