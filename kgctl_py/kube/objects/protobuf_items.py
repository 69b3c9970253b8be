"""The items of a list in protobuf, one by one (Kubernetes API concepts, "Kubernetes Protobuf encoding")."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from kgctl_py.kube.decoding import ListMeta, WireError
from kgctl_py.kube.objects.protobuf import (
    KIND,
    LONGEST_VARINT,
    MAGIC,
    RAW,
    TYPE_META,
    number_at,
    tag_of,
    texts,
)

_LIST_META, _ITEM = tag_of(1), tag_of(2)
_RESOURCE_VERSION, _CONTINUE = 2, 3

T = TypeVar("T")


class ProtobufItems(Generic[T]):
    """Yields the items of a list of a `kind`, decoded by `decode` from their data, start, and end.

    After the last item, `metadata` is that of the list. Raise WireError for anything else, and for an item with
    more than `most` bytes.
    """

    def __init__(
        self, parts: Iterable[bytes], kind: str, decode: Callable[[bytes, int, int], T], most: int
    ) -> None:
        self.kind, self.metadata = kind, ListMeta()
        self._parts, self._decode, self._most = iter(parts), decode, most
        self._data, self._at, self._dropped = b"", 0, 0

    def __iter__(self) -> Iterator[T]:
        end = self._enter_list()
        while self._position < end:
            tag, size = self._number(), self._number()
            if tag not in (_LIST_META, _ITEM) or self._position + size > end:
                raise WireError("it has an unknown field, or one that is longer than the list")
            start = self._take(size)
            if tag == _ITEM:
                yield self._decode(self._data, start, self._at)
            else:
                self._read_metadata(start)
        for _ in self._parts:  # the rest of the envelope, which is empty
            pass

    def _enter_list(self) -> int:
        """Read the envelope up to the list; return the position of its end."""
        start = self._take(len(MAGIC))
        if self._data[start : self._at] != MAGIC:
            raise WireError("it is not the protobuf of Kubernetes")
        if self._number() != tag_of(TYPE_META):
            raise WireError("its kind is missing")
        start = self._take(self._number())
        if self._texts(start).get(KIND) != self.kind:
            raise WireError(f"it is not a {self.kind}")
        if self._number() != tag_of(RAW):
            raise WireError("its list is missing")
        size = self._number()
        return self._position + size

    def _read_metadata(self, start: int) -> None:
        fields = self._texts(start)
        self.metadata = ListMeta(fields.get(_CONTINUE), fields.get(_RESOURCE_VERSION, ""))

    def _texts(self, start: int) -> dict[int, str]:
        return texts(self._data, start, self._at)

    @property
    def _position(self) -> int:
        return self._dropped + self._at

    def _number(self) -> int:
        if len(self._data) - self._at < LONGEST_VARINT:
            self._fill(LONGEST_VARINT)
        value, self._at = number_at(self._data, self._at)
        return value

    def _take(self, size: int) -> int:
        """Advance by `size` bytes, and return where they start in the data."""
        if size > self._most:
            raise WireError(f"it has an object of more than {self._most >> 20} MiB")
        if len(self._data) - self._at < size:
            self._fill(size)
        start, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise WireError("it is incomplete")
        return start

    def _fill(self, size: int) -> None:
        """Read until there are `size` bytes, or the body ends."""
        kept = [self._data[self._at :]]
        missing = size - len(kept[0])
        while missing > 0 and (part := next(self._parts, b"")):
            kept.append(part)
            missing -= len(part)
        self._dropped += self._at
        self._data, self._at = b"".join(kept), 0
