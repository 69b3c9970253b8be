"""HTTP/1.1 with an API server: a connection that another thread can shut down, and bounds on what is answered."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator

from kgctl_py.value import Value

FAR = 0.002
"""Seconds to connect to a server that is far: a nearer one sends a body faster than it compresses it."""

LARGEST_BODY = 2**30
"""The most bytes of a body, decompressed, and of all pages of a list; a list of 5,000 nodes has 55 MB."""

LONGEST_LINE = 2**24
"""The most bytes of a line of a watch; an object has 3 MB at most."""

_PART = 2**20
_GZIP = 16 + zlib.MAX_WBITS


class Bounds(Value, frozen=True, kw_only=True):
    """The most bytes of a body, or of all pages of a list, and of a line of a watch."""

    body: int = LARGEST_BODY
    line: int = LONGEST_LINE


USUAL_BOUNDS = Bounds()


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


class HttpConnection(http.client.HTTPConnection):
    """A connection; `far` tells whether its server is far away."""

    response_class = BoundedResponse
    sock: socket.socket
    connected: socket.socket | None = None
    """The socket, even when `http.client` has passed it on to a reply."""
    far = False

    def __init__(
        self, host: str, port: int | None, timeout: float, tls: ssl.SSLContext | None, server_name: str
    ) -> None:
        self.default_port = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
        super().__init__(host, port, timeout=timeout)
        self._tls, self._server_name = tls, server_name
        self._shut_down = False

    def connect(self) -> None:
        """Connect, with TLS if the server has it."""
        started = time.monotonic()
        super().connect()
        self.far = time.monotonic() - started > FAR and not _is_loopback(self.sock)
        if self._tls:
            self.sock = self._tls.wrap_socket(
                self.sock, server_hostname=self._server_name, do_handshake_on_connect=False
            )
        self.connected = self.sock
        if self._shut_down:
            raise TimeoutError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def shut_down(self) -> None:
        """Shut the connection down, at once or as soon as it is made."""
        self._shut_down = True
        if self.connected:
            shut_down(self.connected)


def _is_loopback(connected: socket.socket) -> bool:
    """Return whether the other end is on this machine, which may be busy and so look far."""
    return ipaddress.ip_address(connected.getpeername()[0].partition("%")[0]).is_loopback


def shut_down(connected: socket.socket) -> None:
    """Shut a connection down, so that a thread that waits for it goes on.

    `SSLSocket.shutdown` would take the TLS from under that thread.
    """
    with contextlib.suppress(OSError):  # the connection has ended already
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def read_body(read: Callable[[int], bytes], *, length: int | None, compressed: bool, most: int) -> bytes:
    """Return the body that `read` gives in parts, decompressed; raise OversizedError, at once for its `length`."""
    if length is not None and length > most:
        raise OversizedError
    body, size = [], 0
    for part in _decompressed(read) if compressed else iter(lambda: read(_PART), b""):
        size += len(part)
        if size > most:
            raise OversizedError
        body.append(part)
    return b"".join(body)


def read_lines(read_line: Callable[[int], bytes], most: int) -> Iterator[bytes]:
    """Yield the lines that `read_line` gives, each with the most bytes that it may have; raise OversizedError."""
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
    while read(_PART):  # to the end, so that the connection can be used again
        pass


def content_type(method: str) -> str:
    """Return the type of the body of a request: a PATCH is merged into the object."""
    return "application/merge-patch+json" if method == "PATCH" else "application/json"
