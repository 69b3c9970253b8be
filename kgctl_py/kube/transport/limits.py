"""Bounds on what a server may send, for both transports: no answer takes all memory."""

import http.client
import zlib
from collections.abc import Callable, Iterator

LARGEST_BODY = 2**30
"""The most bytes of a body, decompressed, and of all pages of a list; a list of 5,000 nodes has 55 MB."""

LONGEST_LINE = 2**24
"""The most bytes of a line of a watch; an object has 3 MB at most."""

_PART = 2**20
_GZIP = 16 + zlib.MAX_WBITS


class OversizedError(Exception):
    """A body or a line is larger than any that an API server sends."""


FAILURES = (
    *(OSError, ValueError, ArithmeticError, MemoryError, http.client.HTTPException, zlib.error, OversizedError),
)
"""What goes wrong on a connection; a ValueError comes from a label of more than 63 characters, among others."""


class BoundedResponse(http.client.HTTPResponse):
    """A response whose chunks have a size that is possible: `http.client` reads a negative one without end."""

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc] # the type stubs lack it
        if not 0 <= size <= LARGEST_BODY:
            raise OversizedError
        return size


def read_body(read: Callable[[int], bytes], *, length: int | None, compressed: bool) -> bytes:
    """Return the body that `read` gives in parts, decompressed; raise OversizedError, at once for its `length`."""
    if length is not None and length > LARGEST_BODY:
        raise OversizedError
    body, size = [], 0
    for part in _decompressed(read) if compressed else iter(lambda: read(_PART), b""):
        size += len(part)
        if size > LARGEST_BODY:
            raise OversizedError
        body.append(part)
    return b"".join(body)


def read_lines(read_line: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield the lines that `read_line` gives, each with the most bytes that it may have; raise OversizedError."""
    while line := read_line(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise OversizedError
        yield line


def _decompressed(read: Callable[[int], bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(_GZIP)
    while not stream.eof:
        part = stream.unconsumed_tail or read(_PART)
        if not part:
            raise http.client.IncompleteRead(b"")
        yield stream.decompress(part, _PART)
    while read(_PART):  # to the end, so that the connection can be used again
        pass
