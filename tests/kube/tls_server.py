"""A server whose TLS a test controls: the size of each record, where they are cut, and how the connection ends."""

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from tests.api.certificates import Authority, Signed

AUTHORITY = Authority()
SIGNED = AUTHORITY.server("localhost", "127.0.0.1")

T = TypeVar("T")

OK = b"HTTP/1.1 200 OK\r\n"


def server_context(signed: Signed = SIGNED, *, clients: Authority | None = None) -> ssl.SSLContext:
    """Return the context of a server, which can require certificates of clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients.certificate.decode())
    with tempfile.NamedTemporaryFile() as file:
        file.write(signed.certificate + signed.key)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def chunked(body: bytes, size: int) -> bytes:
    """Return a whole response with a body in chunks of a size."""
    chunks = (body[at : at + size] for at in range(0, len(body), size))
    inside = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + inside + b"0\r\n\r\n"


def sized(body: bytes) -> bytes:
    """Return a whole response with a length."""
    return OK + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class ServerSide:
    """The server's side of one connection."""

    def __init__(self, accepted: socket.socket, context: ssl.SSLContext) -> None:
        self.socket = accepted
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._received, self._to_send, server_side=True)

    def handshake(self) -> None:
        """Do the handshake; raise the error that the client caused."""
        try:
            self._do(self.tls.do_handshake)
        finally:
            self.send(self._to_send.read())  # its last message, or the alert

    def receive(self) -> bytes:
        """Return what the client sends next; empty at the end."""
        return self._do(lambda: self.tls.read(65536))

    def request(self) -> bytes:
        """Return a request with its body."""
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")]
        while len(body) < int(lengths[0] if lengths else 0):
            body += self._more()
        return head + b"\r\n\r\n" + body

    def records(self, data: bytes, size: int = 4096) -> bytes:
        """Return data, encrypted in records of a size."""
        for at in range(0, len(data), size):
            self.tls.write(data[at : at + size])
        return self._to_send.read()

    def end(self) -> bytes:
        """Return the message that ends TLS."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._to_send.read()

    def send(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(raw)

    def wait(self) -> None:
        """Wait until the client ends the connection."""
        with contextlib.suppress(OSError):
            while self.socket.recv(65536):
                pass

    def _more(self) -> bytes:
        more = self.receive()
        if not more:
            raise ConnectionError
        return more

    def _do(self, step: Callable[[], T]) -> T:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.send(self._to_send.read())
                part = self.socket.recv(65536)
                if part:
                    self._received.write(part)
                else:
                    self._received.write_eof()


class TlsServer:
    """Runs a script for each connection; `errors` are what the scripts raised."""

    def __init__(
        self, script: Callable[[ServerSide], None], context: ssl.SSLContext | None = None, *, plain: bool = False
    ) -> None:
        self._script, self._context, self._plain = script, context or server_context(), plain
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self.errors: list[Exception] = []
        self.connections = 0

    def __enter__(self) -> "TlsServer":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._run, args=(accepted,), daemon=True).start()

    def _run(self, accepted: socket.socket) -> None:
        with accepted:
            side = ServerSide(accepted, self._context)
            try:
                if not self._plain:
                    side.handshake()
                self._script(side)
            except Exception as error:  # a test looks at it
                self.errors.append(error)
