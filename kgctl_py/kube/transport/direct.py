"""The direct way to an API server: HTTP/1.1 over TLS with the standard library alone, which starts at once.

Connections are kept and used again. No credential is in any message.
"""

import binascii
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import weakref
import zlib
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlsplit

from kgctl_py.kube.auth.credentials import request_headers
from kgctl_py.kube.auth.kubeconfig import User
from kgctl_py.kube.auth.rest_config import Access
from kgctl_py.kube.auth.tls import tls_context
from kgctl_py.kube.transport.transport_errors import Step, transport_error

FAR = 0.002
"""Seconds to connect: to a server that is nearer a body travels faster than it is compressed."""

_GZIP = 16 + zlib.MAX_WBITS


class Direct:
    """Connections to the server of `access` for `user`; see `connection.Connection`."""

    def __init__(self, access: Access, user: User) -> None:
        url = urlsplit(access.server)
        self._access = access
        self._host, self._port, self._path = url.hostname or "", url.port, url.path
        self._tls = tls_context(access, user) if url.scheme == "https" else None
        self._headers = tuple(request_headers(user, _authorization(user)))
        self._idle: list[_Connection] = []
        weakref.finalize(self, _close_all, self._idle)
        self._lock = threading.Lock()

    def open(
        self, method: str, path: str, *, body: bytes | None = None, timeout: float, streamed: bool = False
    ) -> "DirectReply":
        """Send one request; see `Connection.open`."""
        connection = self._idle_connection(method, timeout)
        if connection:
            try:
                return self._sent(connection, method, path, body, streamed=streamed)
            except (ConnectionError, http.client.RemoteDisconnected):  # closed meanwhile: nothing was asked
                connection.close()
        connection = self._new_connection(timeout)
        try:
            return self._sent(connection, method, path, body, streamed=streamed)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise transport_error(error, self._access, Step.ANSWER) from None

    def keep(self, connection: "_Connection") -> None:
        """Take a connection back whose answer was read to its end."""
        with self._lock:
            self._idle.append(connection)

    def broken(self, error: Exception) -> Exception:
        """Tell what `error`, in the middle of an answer, means."""
        return transport_error(error, self._access, Step.ANSWER)

    def _idle_connection(self, method: str, timeout: float) -> "_Connection | None":
        """Give a connection that was used before; none for a write, which must not be sent twice."""
        with self._lock:
            connection = self._idle.pop() if self._idle and method == "GET" else None
        if connection:
            connection.sock.settimeout(timeout)
        return connection

    def _new_connection(self, timeout: float) -> "_Connection":
        server_name = self._access.cluster.tls_server_name or self._host
        connection = _Connection(self._host, self._port, timeout, self._tls, server_name)
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:  # a label of more than 63 characters is no OSError
            connection.close()
            raise transport_error(error, self._access, Step.CONNECTION) from None
        return connection

    def _sent(
        self, connection: "_Connection", method: str, path: str, body: bytes | None, *, streamed: bool
    ) -> "DirectReply":
        connection.putrequest(method, self._path + path, skip_accept_encoding=True)
        for name, value in self._headers:
            connection.putheader(name, value)
        if connection.far and not streamed:
            connection.putheader("Accept-Encoding", "gzip")
        if body is not None:
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return DirectReply(self, connection, connection.getresponse())


class DirectReply:
    """An answer on its connection; see `connection.Reply`."""

    def __init__(self, direct: Direct, connection: "_Connection", response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers: Message = response.headers
        self.received = time.time()
        self._direct, self._connection, self._response = direct, connection, response
        self._closed = False

    def read(self) -> bytes:
        """Give the whole body, and the connection back."""
        try:
            body = self._response.read()
            if self.headers.get("Content-Encoding") == "gzip":
                body = zlib.decompress(body, _GZIP)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self._connection.close()
            raise self._direct.broken(error) from None
        if not self._response.will_close:
            self._direct.keep(self._connection)
        return body

    def lines(self) -> Iterator[bytes]:
        """Give the lines as they come; the connection is not used again."""
        try:
            yield from self._response
        except (OSError, ValueError, http.client.HTTPException) as error:
            if not self._closed:  # else it is what closing it does
                raise self._direct.broken(error) from None
        finally:
            self._connection.close()

    def close(self) -> None:
        """Give up the rest: a `close` alone would not wake a thread that reads."""
        self._closed = True
        self._connection.hang_up()


class _Connection(http.client.HTTPConnection):
    """One connection; `far` tells whether its server is far away."""

    sock: socket.socket
    far = False

    def __init__(
        self, host: str, port: int | None, timeout: float, tls: ssl.SSLContext | None, server_name: str
    ) -> None:
        self.default_port = http.client.HTTPS_PORT if tls else http.client.HTTP_PORT
        super().__init__(host, port, timeout=timeout)
        self._tls, self._server_name = tls, server_name

    def connect(self) -> None:
        """Connect, and speak TLS where that is wanted."""
        started = time.monotonic()
        super().connect()
        self.far = time.monotonic() - started > FAR and not _is_loopback(self.sock)
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._server_name)

    def hang_up(self) -> None:
        """Break off; whoever reads sees the end."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):  # it has ended by itself
            return


def _is_loopback(connected: socket.socket) -> bool:
    """Tell whether the other end is on this machine, however long a busy one took to get there."""
    return ipaddress.ip_address(connected.getpeername()[0].partition("%")[0]).is_loopback


def _close_all(connections: list[_Connection]) -> None:
    for connection in connections:
        connection.close()


def _authorization(user: User) -> str:
    if user.token:
        return f"Bearer {user.token}"
    if user.username:
        basic = f"{user.username}:{user.password or ''}".encode()
        return f"Basic {binascii.b2a_base64(basic, newline=False).decode()}"
    return ""
