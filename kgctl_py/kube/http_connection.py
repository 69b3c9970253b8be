"""HTTP/1.1 with an API server: requests, response times and clock skew, connections, and limits on responses."""

import contextlib
import email.utils
import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kgctl_py.limits import LARGEST_BODY, LONGEST_LINE, MOST_OBJECTS
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.transport import Reply

FAR = 0.002
"""Seconds to connect to a distant server; a closer one sends a body faster than it compresses it."""

MOST_TRAILERS, LARGEST_TRAILERS = 100, 2**16
"""The maximum lines and bytes of trailers; API servers send none."""

CLOCK_TOLERANCE = 5
"""The seconds by which clocks can differ and still agree; the header `Date` has whole seconds."""

_PART = 2**17
_LONGEST_SIZE = 2**16
_LONGEST_DATE = 64
_GZIP = 16 + zlib.MAX_WBITS


class Bounds(Value, frozen=True, kw_only=True):
    """The maximum bytes of a body or of all pages of a list, and of a line of a watch; and objects in a list."""

    body: int = LARGEST_BODY
    line: int = LONGEST_LINE
    objects: int = MOST_OBJECTS


USUAL_BOUNDS = Bounds()


JSON = "application/json"


class Request(Value, frozen=True, kw_only=True):
    """A request to an API server; `accept` is the type of the reply, and a `streamed` one is not compressed."""

    method: str = "GET"
    path: str
    body: bytes | None = None
    accept: str = JSON
    streamed: bool = False

    @property
    def content_type(self) -> str:
        """The type of the body: a PATCH is merged into the object."""
        return "application/merge-patch+json" if self.method == "PATCH" else JSON


class ResponseTime(Value, frozen=True):
    """The Unix time of a response, by the server's clock if it has a `Date`, and by the local clock."""

    date: float | None
    received: float

    @property
    def clock_skew(self) -> float:
        """The seconds by which the local clock is ahead of the server's; 0 if they agree."""
        if self.date is None:
            return 0.0
        skew = self.received - self.date
        return skew if abs(skew) > CLOCK_TOLERANCE else 0.0


class Exchange(Value, frozen=True):
    """A reply, and its body if it was read."""

    reply: "Reply"
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def time(self) -> ResponseTime:
        """The time of the response."""
        return ResponseTime(_timestamp(self.reply.headers.get("Date", "")), self.reply.received)


class OversizedError(Exception):
    """A body or a line exceeds its limit."""


FAILURES = (
    *(OSError, ValueError, ArithmeticError, MemoryError, http.client.HTTPException, zlib.error, OversizedError),
)
"""The errors of a connection; ValueError is for a label of more than 63 characters, for example."""


class BoundedResponse(http.client.HTTPResponse):
    """A response that refuses negative chunk sizes and endless trailers, which `http.client` reads without end."""

    def _read_chunked(self, amt: int | None = None) -> bytes:
        """Read up to `amt` bytes of the chunks. A list has thousands: this is one loop, without calls for each."""
        parts: list[bytes] = []
        left, chunk = LARGEST_BODY if amt is None else amt, self.chunk_left
        read, read_line = self.fp.read, self.fp.readline
        while left:
            if not chunk:
                if chunk == 0:
                    read(2)  # the end of its line
                chunk = _chunk_size(read_line(_LONGEST_SIZE))
                if not chunk:
                    self._read_and_discard_trailer()
                    self._close_conn()  # type: ignore[attr-defined] # the type stubs lack it
                    break
            part = read(min(chunk, left))
            if not part:
                raise http.client.IncompleteRead(b"")
            parts.append(part)
            chunk -= len(part)
            left -= len(part)
        self.chunk_left = chunk
        return b"".join(parts)

    def _read_next_chunk_size(self) -> int:
        return _chunk_size(self.fp.readline(_LONGEST_SIZE))

    def _read_and_discard_trailer(self) -> None:
        left = LARGEST_TRAILERS
        for _ in range(MOST_TRAILERS):
            line = self.fp.readline(left + 1)
            left -= len(line)
            if left < 0:
                break
            if line in (b"\r\n", b"\n", b""):
                return
        raise OversizedError


def _chunk_size(line: bytes) -> int:
    """Return the size of a chunk without its extensions."""
    try:
        size = int(line.partition(b";")[0], 16)
    except ValueError:
        raise http.client.IncompleteRead(b"") from None
    if not 0 <= size <= LARGEST_BODY:
        raise OversizedError
    return size


class HttpConnection(http.client.HTTPConnection):
    """A connection; `far` is whether its server is distant."""

    response_class = BoundedResponse
    sock: socket.socket
    connected: socket.socket | None = None
    """The socket, also after `http.client` passed it to a reply."""
    far = False

    def __init__(
        self, host: str, port: int | None, timeout: float, tls: ssl.SSLContext | None, server_name: str
    ) -> None:
        self.default_port = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
        super().__init__(host, port, timeout=timeout)
        self._tls, self._server_name = tls, server_name
        self._shut_down = False

    def connect(self) -> None:
        """Connect, with TLS if the URL is https."""
        started = time.monotonic()
        super().connect()
        self.far = time.monotonic() - started > FAR and not _is_loopback(self.sock)
        if self._tls:
            self._start_tls(self._tls)
        else:
            self._connected(self.sock)

    def _start_tls(self, context: ssl.SSLContext) -> None:
        from kgctl_py.kube.auth.tls_socket import TlsSocket  # kubectl proxy has no TLS

        self.sock = tls = TlsSocket(self.sock, context, self._server_name)
        self._connected(tls)
        tls.do_handshake()

    def _connected(self, connected: socket.socket) -> None:
        self.connected = connected
        if self._shut_down:
            raise TimeoutError

    def shut_down(self) -> None:
        """Shut the connection down, at once or when it is established."""
        self._shut_down = True
        if self.connected:
            shut_down(self.connected)


def _is_loopback(connected: socket.socket) -> bool:
    """Return whether the server is on this machine, which can look distant if it is busy."""
    return ipaddress.ip_address(connected.getpeername()[0].partition("%")[0]).is_loopback


def shut_down(connected: socket.socket) -> None:
    """Shut a connection down, so that a thread that waits for it continues.

    `SSLSocket.shutdown` would remove the TLS layer while that thread uses it.
    """
    with contextlib.suppress(OSError):  # the connection already ended
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def body_parts(
    read: Callable[[int], bytes], *, length: int | None, compressed: bool, most: int
) -> Iterator[bytes]:
    """Yield the body in the parts of `read`, decompressed; raise OversizedError, at once for its `length`."""
    if length is not None and length > most:
        raise OversizedError
    size = 0
    for part in _decompressed(read) if compressed else iter(lambda: read(_PART), b""):
        size += len(part)
        if size > most:
            raise OversizedError
        yield part


def read_lines(read_line: Callable[[int], bytes], most: int) -> Iterator[bytes]:
    """Yield the lines that `read_line` returns; raise OversizedError for one that is too long."""
    while line := read_line(most + 1):
        if len(line) > most:
            raise OversizedError
        yield line


def _decompressed(read: Callable[[int], bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(_GZIP)
    while not stream.eof:
        part = stream.unconsumed_tail or read(_PART)
        if not part:
            raise http.client.IncompleteRead(b"")
        yield stream.decompress(part, _PART)
    while read(_PART):  # read to the end, so that the connection can be reused
        pass


def _timestamp(date: str) -> float | None:
    """Return the Unix time of a header `Date`; None if it is not a date."""
    if len(date) > _LONGEST_DATE:
        return None
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
