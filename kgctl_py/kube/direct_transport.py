"""Direct connections to an API server: HTTP/1.1 with only the standard library, which loads quickly.

Connections are kept alive. No message contains a credential.
"""

import contextlib
import http.client
import ssl
import threading
import time
import weakref
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlsplit

from kgctl_py.kube.auth import Access, User
from kgctl_py.kube.auth.url_and_headers import host_header, host_of, request_headers
from kgctl_py.kube.background_thread import Cancellation
from kgctl_py.kube.http_connection import (
    FAILURES,
    USUAL_BOUNDS,
    Bounds,
    HttpConnection,
    Request,
    body_parts,
    read_lines,
)

_PORTS = {"http": http.client.HTTP_PORT, "https": http.client.HTTPS_PORT}


class Direct:
    """A transport to the server of `access` for `user`; see `transport.Transport`."""

    def __init__(self, access: Access, user: User, bounds: Bounds = USUAL_BOUNDS) -> None:
        self.bounds = bounds
        url = urlsplit(access.server)
        self._access = access
        self._host, self._port, self._path = host_of(access.server), url.port or _PORTS[url.scheme], url.path
        self._tls = _tls_context(access, user) if url.scheme == "https" else None
        self._headers = (("Host", host_header(access.server)), *request_headers(user))
        self._idle: list[HttpConnection] = []
        weakref.finalize(self, _close_all, self._idle)
        self._lock = threading.Lock()

    def open(self, request: Request, *, timeout: float, cancellation: Cancellation) -> "DirectReply":
        """Send a request; see `Transport.open`."""

        def send(connection: HttpConnection) -> DirectReply:
            cancellation.interrupt_by(connection.shut_down)
            return self._send(connection, request)

        idle = self._idle_connection(request.method, timeout)
        if idle:
            with contextlib.suppress(ConnectionError):  # the server closed it before: nothing was sent
                return send(idle)
        return send(self._new_connection(timeout))

    def keep(self, connection: HttpConnection) -> None:
        """Keep a connection after its reply was read completely."""
        with self._lock:
            self._idle.append(connection)

    def error(self, error: Exception, *, connected: bool = True) -> Exception:
        """Return the error for the user."""
        from kgctl_py.kube.transport_errors import Step, transport_error

        step = Step.ANSWER if connected else Step.CONNECTION
        return transport_error(error, self._access, step)

    def _idle_connection(self, method: str, timeout: float) -> HttpConnection | None:
        """Return an idle connection, if any; None for a write, which must not be sent twice."""
        with self._lock:
            connection = self._idle.pop() if self._idle and method == "GET" else None
        if connection:
            connection.sock.settimeout(timeout)
        return connection

    def _new_connection(self, timeout: float) -> HttpConnection:
        server_name = self._access.cluster.tls_server_name or self._host.partition("%")[0].removesuffix(".")
        return HttpConnection(self._host, self._port, timeout, self._tls, server_name)

    def _send(self, connection: HttpConnection, request: Request) -> "DirectReply":
        was_idle = connected = connection.connected is not None
        try:
            if not was_idle:
                connection.connect()
            connected = True
            self._put(connection, request)
            return DirectReply(self, connection, connection.getresponse())
        except Exception as error:  # close the connection after any error
            connection.close()
            if not isinstance(error, FAILURES) or (was_idle and isinstance(error, ConnectionError)):
                raise
            raise self.error(error, connected=connected) from None

    def _put(self, connection: HttpConnection, request: Request) -> None:
        path = self._path + request.path
        connection.putrequest(request.method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (*self._headers, ("Accept", request.accept)):
            connection.putheader(name, value)
        if connection.far and not request.streamed:
            connection.putheader("Accept-Encoding", "gzip")
        if request.body is not None:
            connection.putheader("Content-Type", request.content_type)
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)


class DirectReply:
    """A reply on its connection; see `transport.Reply`."""

    def __init__(self, direct: Direct, connection: HttpConnection, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers: Message = response.headers
        self.received = time.time()
        self._direct, self._connection, self._response = direct, connection, response
        self._closed = self._kept = False
        self._lock = threading.Lock()

    def read(self) -> bytes:
        """Return the whole body, and keep the connection."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """Yield the parts of the body, and then keep the connection."""
        response = self._response
        compressed = self.headers.get("Content-Encoding") == "gzip"
        most = self._direct.bounds.body
        try:
            yield from body_parts(response.read, length=response.length, compressed=compressed, most=most)
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
        except FAILURES as error:
            self.close()
            raise self._direct.error(error) from None
        if response.will_close:
            self.close()
        else:
            self._kept = True
            self._direct.keep(self._connection)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines as they arrive; the connection is not used again."""
        try:
            yield from read_lines(self._response.readline, self._direct.bounds.line)
        except Exception as error:  # a response that another thread closes can fail in any way
            if self._closed:  # while it was read, which can fail in any way
                return
            if not isinstance(error, FAILURES):
                raise
            raise self._direct.error(error) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the reply and its connection; wake a thread that reads, and wait for it."""
        if self._kept:
            return
        self._closed = True
        self._connection.shut_down()
        with self._lock:
            self._response.close()
            self._connection.close()


def _close_all(connections: list[HttpConnection]) -> None:
    for connection in connections:
        connection.close()


def _tls_context(access: Access, user: User) -> ssl.SSLContext:
    from kgctl_py.kube.auth.tls import tls_context  # kubectl proxy has none

    return tls_context(access, user)
