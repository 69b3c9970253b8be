"""Decode JSON of the Kubernetes API into msgspec structs, and define the structs that all kinds share."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from kgctl_py.errors import KgctlError

T = TypeVar("T")
P = TypeVar("P", bound="Page[Any]")

_SMALLEST = len(b'{"metadata":{}},')
"""The bytes of the smallest object in a list."""


class Watched(Protocol):
    """An object of a watch."""

    @property
    def metadata(self) -> "Metadata":
        """Its metadata."""
        ...


class Metadata(msgspec.Struct, frozen=True):
    """`metadata` of any object."""

    name: str = ""
    namespace: str = ""
    resource_version: str = msgspec.field(name="resourceVersion", default="")
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None


class ListMeta(msgspec.Struct, frozen=True):
    """`metadata` of a list: the continue token of the next page, and the resource version to watch from."""

    continue_: str | None = msgspec.field(name="continue", default=None)
    resource_version: str = msgspec.field(name="resourceVersion", default="")


class List(msgspec.Struct, frozen=True, kw_only=True):
    """A page of any list."""

    kind: str = ""
    metadata: ListMeta = ListMeta()


class Page(List, Generic[T], frozen=True, kw_only=True):
    """A page of a list of objects of one kind."""

    items: tuple[T, ...] | None


class InProtobuf(msgspec.Struct, Generic[T], frozen=True):
    """A list in protobuf: what loads the decoder of an item from its data, start, and end."""

    load: Callable[[], Callable[[bytes, int, int], T]]


class Source(msgspec.Struct, Generic[T], frozen=True):
    """A list: its path, its kind, the struct of its items in JSON, and how to read it if servers have protobuf."""

    path: str
    kind: str
    item: type[T]
    protobuf: InProtobuf[T] | None = None


class WatchEvent(msgspec.Struct, frozen=True):
    """A line of a watch; the kind of its object depends on its type."""

    type: str
    object: msgspec.Raw


class Refused(msgspec.Struct, frozen=True):
    """A request for objects that was refused, and why."""

    kind: str
    namespace: str
    name: str
    labels: tuple[tuple[str, str], ...]
    why: str

    def with_reason(self, why: str) -> "Refused":
        """Return the same with another reason."""
        return msgspec.structs.replace(self, why=why)


class MalformedError(KgctlError):
    """A body is incomplete or has an unexpected form."""


class WireError(ValueError):
    """The bytes are not the expected message in protobuf."""


def check_list(kind: str, expected: str, source: str, *, is_empty: bool) -> None:
    """Raise MalformedError for a list of another kind than expected; only a list with items can have no kind.

    Otherwise, a response that is not meant for kgctl would look like a cluster without objects.
    """
    if kind != expected and (kind or is_empty):
        wrong = f'its kind is "{kind}"' if kind else "it has neither a kind nor items"
        raise MalformedError(f'"{source}" has an unexpected format: {wrong}, and kgctl expects a {expected}')


def check_name(item: Watched, source: str) -> None:
    """Raise MalformedError for an object without a name."""
    if not item.metadata.name:
        raise MalformedError(f'"{source}" has an unexpected format: an object has no name')


def check_number(number: int, most: int, source: str) -> None:
    """Raise KgctlError for too many objects in a list."""
    if number > most:
        raise KgctlError(f'the list "{source}" has more than {most:,} objects, and kgctl reads no more')


def decode_page(body: bytes, page: type[P], source: str, most: int) -> P:
    """Return a decoded page; raise MalformedError, and KgctlError for too many objects before it creates them.

    Counting takes as long as decoding, so only pages that are large enough for too many objects are counted.
    """
    if len(body) >= most * _SMALLEST:
        decode(body, _counted_page(most, source), source)
    return decode(body, page, source)


def _counted_page(most: int, source: str) -> type[List]:
    numbers = itertools.count(1)

    class Counted(msgspec.Struct, frozen=True, gc=False):
        """An object without its fields."""

        def __post_init__(self) -> None:
            check_number(next(numbers), most, source)

    return Page[Counted]


def decode(body: bytes, kind: type[T], source: str) -> T:
    """Return the decoded JSON body; raise MalformedError with the `source` and the malformed field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError:
        raise MalformedError(f'"{source}" has an unexpected format: it is nested too deeply') from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        from kgctl_py.kube.decoding_errors import reason_of  # most bodies are valid

        reason = reason_of(error) if body else "it is empty"
        raise MalformedError(f'"{source}" has an unexpected format: {reason}') from None


def convert(value: Any, kind: type[T]) -> T:
    """Return decoded YAML or JSON data as a struct; raise ValueError with the malformed field."""
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError:
        pass
    try:
        return msgspec.convert(_with_integers(value), type=kind)
    except msgspec.ValidationError as error:
        from kgctl_py.kube.decoding_errors import reason_of, with_key  # most values are valid

        raise ValueError(with_key(reason_of(error), value)) from None


def _with_integers(value: Any) -> Any:
    """Return `value` with whole numbers such as 25.0 or 1e3 as integers."""
    from kgctl_py.kube.objects.yaml_scalars import json_number

    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    return json_number(value) if isinstance(value, float) else value
