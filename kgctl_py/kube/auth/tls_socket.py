"""A TLS connection that reads many records from the network at once.

An API server sends a list in records of 4 KB. `ssl.SSLSocket` makes two system calls for each, which take more CPU
time than to decrypt it. Here, OpenSSL reads from memory; it does everything else as for `ssl.SSLSocket`.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, TypeVar

_AT_ONCE = 2**16
"""The bytes to take from the network at once, and the buffer of a file: more is not faster."""

T = TypeVar("T")


class TlsSocket(socket.socket):
    """The client's side of TLS over a connected socket, which it replaces.

    As with `ssl.SSLSocket`, the timeout is for each call, the end of the connection is the end of the data (so the
    data itself must say whether it is complete), and `close` only closes.
    """

    def __init__(self, connected: socket.socket, context: ssl.SSLContext, server_name: str) -> None:
        self._received, self._unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._unsent, server_hostname=server_name)
        timeout = connected.gettimeout()
        super().__init__(connected.family, connected.type, connected.proto, connected.detach())
        self.settimeout(timeout)
        self._network = memoryview(bytearray(_AT_ONCE))
        self._failure: ssl.SSLError | None = None
        """What followed the data that was returned last."""

    def do_handshake(self) -> None:
        """Do the handshake; raise ssl.SSLError if either side refuses, and OSError."""
        self._complete(self._tls.do_handshake)
        self._flush()

    def sendall(self, data: Any, flags: int = 0, /) -> None:  # noqa: ARG002 # as in the class above
        """Send bytes."""
        left = memoryview(data)
        while left:
            part = left
            left = left[self._complete(lambda: self._tls.write(part)) :]  # noqa: B023 # called at once
        self._flush()

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, /) -> int:  # noqa: ARG002 # as above
        """Receive what has arrived, at least a byte, and return its size; 0 at the end."""
        view = memoryview(buffer)
        return self._complete(lambda: self._decrypt(view))

    def makefile(self, mode: str = "r", buffering: int | None = None, **named: Any) -> Any:
        """Return a file with a large buffer, which `http.client` reads from."""
        return super().makefile(mode, _AT_ONCE if buffering is None else buffering, **named)  # type: ignore[call-overload]

    def _decrypt(self, view: memoryview) -> int:
        """Decrypt the records in memory; raise ssl.SSLWantReadError if they have no data."""
        size = 0
        try:
            while size < len(view) and (count := self._tls.read(len(view) - size, view[size:])):
                size += count  # type: ignore[operator]
        except ssl.SSLEOFError:
            pass
        except ssl.SSLWantReadError:
            if not size:
                raise
        except ssl.SSLError as error:
            if not size:
                raise
            self._failure = error
        return size

    def _complete(self, step: Callable[[], T]) -> T:
        """Return the result of a step, and exchange bytes with the server until it has one or the timeout ends."""
        if self._failure:
            raise self._failure
        timeout = self.gettimeout()
        end = None if timeout is None else time.monotonic() + timeout
        try:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    if end is not None:
                        self.settimeout(_left(end))
                    self._flush()  # such as the response to a key update
                    self._receive()
        except ssl.SSLError:
            with contextlib.suppress(OSError):
                self._flush()  # the alert, which says why
            raise
        finally:
            self.settimeout(timeout)

    def _receive(self) -> None:
        count = super().recv_into(self._network)
        if count:
            self._received.write(self._network[:count])
        else:
            self._received.write_eof()

    def _flush(self) -> None:
        if self._unsent.pending:
            super().sendall(self._unsent.read())


def _left(end: float) -> float:
    """Return the seconds until a time of the monotonic clock; raise TimeoutError after it."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
