"""One HTTP/1.1 connection to an API server, which another thread can shut down."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import time

from kgctl_py.kube.transport.limits import BoundedResponse

FAR = 0.002
"""Seconds to connect to a server that is far: a nearer one sends a body faster than it compresses it."""


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
