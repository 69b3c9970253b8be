"""The items of a list in JSON, one by one."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from kgctl_py.kube.http_connection import LONGEST_LINE
from kgctl_py.kube.objects.decoding import List, ListMeta, Page, decode

T = TypeVar("T")

_OPENING, _CLOSING = b'"items":[', b"]}"
_LONGEST_HEAD = 2**16
_BETWEEN = b'},{"metadata":{'
"""What an API server writes between two items of a built-in kind. In an item, or in a text, it can occur, too."""
_TRIES = 3
"""After this many of them in one item, the list is not split any more."""


class JsonItems(Generic[T]):
    """Yields the items of a list from `source`; after the last one, `metadata` is that of the list.

    An item ends where the bytes since its start are a whole JSON object. A list that another program wrote, with
    spaces, for example, is decoded when it is complete. Raise MalformedError.
    """

    def __init__(self, parts: Iterable[bytes], item: type[T], source: str) -> None:
        self.metadata = ListMeta()
        self._parts, self._item, self._source = iter(parts), item, source
        self._data, self._at = b"", 0

    def __iter__(self) -> Iterator[T]:
        is_split = self._enter_list()
        while is_split and (item := self._next()) is not None:
            yield item
        rest = b"".join((self._data[self._at :], *self._parts))
        page = decode((b"{" + _OPENING if is_split else b"") + rest, Page[self._item], self._source)  # type: ignore[name-defined]
        yield from page.items or ()
        if page.metadata != ListMeta():
            self.metadata = page.metadata

    def _enter_list(self) -> bool:
        """Return whether the items of the list follow; read its metadata."""
        while _OPENING not in self._data and len(self._data) < _LONGEST_HEAD:
            if not self._fill():
                return False
        start = self._data.find(_OPENING) + len(_OPENING)
        try:
            self.metadata = msgspec.json.decode(self._data[:start] + _CLOSING, type=List).metadata
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        self._at = start
        return True

    def _next(self) -> T | None:
        """Return the next item; None for the last one, or if none can be told from the next."""
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
