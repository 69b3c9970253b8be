"""Read a whole list in one response, item by item, so that it is never in memory as a whole.

The server sends it from its watch cache (Kubernetes API concepts, "Semantics for get and list"): ten pages of 500
take a server several times as long, because it reads and encodes each of them for this request.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import msgspec

from kgctl_py.kube.client import Client
from kgctl_py.kube.decoding import (
    InProtobuf,
    List,
    ListMeta,
    Page,
    Source,
    Watched,
    WireError,
    check_list,
    check_name,
    check_number,
    decode_page,
)
from kgctl_py.kube.http_connection import JSON, Exchange, ResponseTime
from kgctl_py.kube.paging import PAGE, list_pages, retry_expired
from kgctl_py.limits import LONGEST_LINE, MOST_OBJECTS
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.transport import Reply

PROTOBUF = "application/vnd.kubernetes.protobuf"
FROM_CACHE = {"resourceVersion": "0"}
"""Any version that the server has in memory, which can be a moment old."""

_OPENING, _CLOSING = b'"items":[', b"]}"
_LONGEST_HEAD = 2**16
_BETWEEN = b'},{"metadata":{'
"""What an API server writes between two items of a built-in kind. In an item, or in a text, it can occur, too."""
_TRIES = 3
"""After this many of them in one item, the list is not split any more."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V")
W = TypeVar("W", bound=Watched)


class Objects(Value, Generic[V], frozen=True):
    """All objects of a list, its resource version, and the time of the response."""

    values: tuple[V, ...]
    version: str
    time: ResponseTime


class _Items(Protocol[T_co]):
    """The items of a list, and its kind and metadata after the last one."""

    kind: str
    metadata: ListMeta

    def __iter__(self) -> Iterator[T_co]: ...


def read_list(client: Client, source: Source[W], convert: Callable[[W], V], *, exact: bool) -> Objects[V]:
    """Return all objects of a list, each converted when it arrives; an `exact` list has all earlier changes.

    Only a list in protobuf is read from the cache of the server: others are short. If the protobuf is unreadable
    or incomplete, exact pages in JSON follow. Raise the same errors as `list_pages`.
    """
    if source.protobuf and not exact:
        try:
            objects, metadata = _read_from_cache(client, source, source.protobuf, convert)
        except WireError:
            pass
        else:
            if not metadata.continue_:
                return objects
    return retry_expired(lambda: _read_pages(client, source, convert))


def _read_from_cache(
    client: Client, source: Source[W], protobuf: InProtobuf[W], convert: Callable[[W], V]
) -> tuple[Objects[V], ListMeta]:
    def consume(exchange: Exchange, report_progress: Callable[[], None]) -> tuple[Objects[V], ListMeta]:
        items, values = _items(client, source, protobuf, exchange.reply), []
        for item in _checked(items, client, source):
            values.append(convert(item))
            if len(values) % PAGE == 0:
                report_progress()
        metadata = items.metadata
        check_list(items.kind, source.kind, f"{client.server}{source.path}", is_empty=not values)
        return Objects(tuple(values), metadata.resource_version, exchange.time), metadata

    return client.read(source.path, FROM_CACHE, accept=f"{PROTOBUF},{JSON}", consume=consume)


def _items(client: Client, source: Source[W], protobuf: InProtobuf[W], reply: "Reply") -> _Items[W]:
    """Return the items in the format that the server chose."""
    if reply.headers.get("Content-Type", "").startswith(PROTOBUF):
        from kgctl_py.kube.objects.protobuf_items import ProtobufItems

        return ProtobufItems(reply.parts(), source.kind, protobuf.load(), client.bounds.line)
    return JsonItems(reply.parts(), source.item, f"{client.server}{source.path}", client.bounds.objects)


def _checked(items: Iterable[W], client: Client, source: Source[W]) -> Iterator[W]:
    """Yield items; raise KgctlError for one without a name, and for too many."""
    most, where = client.bounds.objects, f"{client.server}{source.path}"
    for number, item in enumerate(items, 1):
        check_name(item, where)
        check_number(number, most, where)
        yield item


def _read_pages(client: Client, source: Source[W], convert: Callable[[W], V]) -> Objects[V]:
    """Read the list as it is now; convert a page while the server builds the next one."""
    values: list[V] = []
    pages = list_pages(client, source.path, source.kind, Page[source.item], {})  # type: ignore[name-defined]
    for page, response_time in pages:  # noqa: B007 # the last one counts
        for item in page.items or ():
            check_name(item, f"{client.server}{source.path}")
            values.append(convert(item))
    return Objects(tuple(values), page.metadata.resource_version, response_time)


class JsonItems(Generic[T]):
    """Yields the items of a list from `source`; after the last one, `kind` and `metadata` are those of the list.

    An item ends where the bytes since its start are a whole JSON object. A list that another program wrote, with
    spaces, for example, is decoded when it is complete. Raise MalformedError, and KgctlError for too many objects.
    """

    def __init__(self, parts: Iterable[bytes], item: type[T], source: str, most: int = MOST_OBJECTS) -> None:
        self.kind, self.metadata = "", ListMeta()
        self._parts, self._item, self._source, self._most = iter(parts), item, source, most
        self._data, self._at = b"", 0

    def __iter__(self) -> Iterator[T]:
        is_split = self._enter_list()
        while is_split and (item := self._next()) is not None:
            yield item
        rest = b"".join((self._data[self._at :], *self._parts))
        body = (b"{" + _OPENING if is_split else b"") + rest
        page = decode_page(body, Page[self._item], self._source, self._most)  # type: ignore[name-defined]
        yield from page.items or ()
        self.kind = page.kind or self.kind
        if page.metadata != ListMeta():
            self.metadata = page.metadata

    def _enter_list(self) -> bool:
        """Return whether the items of the list follow; read its metadata."""
        while _OPENING not in self._data and len(self._data) < _LONGEST_HEAD:
            if not self._fill():
                return False
        start = self._data.find(_OPENING) + len(_OPENING)
        try:
            head = msgspec.json.decode(self._data[:start] + _CLOSING, type=List)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        self.kind, self.metadata = head.kind, head.metadata
        self._at = start
        return True

    def _next(self) -> T | None:
        """Return the next item; None if it is the last one, or if its end is unclear."""
        after = self._at
        for _ in range(_TRIES):
            while (end := self._data.find(_BETWEEN, after)) < 0:
                after = max(len(self._data) - len(_BETWEEN) + 1 - self._at, 0)
                if after > LONGEST_LINE or not self._fill():
                    return None
            try:
                item = msgspec.json.decode(memoryview(self._data)[self._at : end + 1], type=self._item)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                after = end + 1
                continue
            self._at = end + 2
            return item
        return None

    def _fill(self) -> bool:
        """Read another part; return whether there is one."""
        part = next(self._parts, b"")
        self._data, self._at = self._data[self._at :] + part, 0
        return bool(part)
