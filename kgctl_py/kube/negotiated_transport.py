"""Connections to an API server with the package `kubernetes`, which negotiates with proxies.

The package creates the pool of connections. kgctl reads bodies from the pool, because the model objects of the
package take fifty times as long. No message contains a credential.
"""

import functools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kgctl_py.kube.auth import Access, User
from kgctl_py.kube.auth.proxy import choose_proxy, use_proxy
from kgctl_py.kube.auth.tls import tls_context
from kgctl_py.kube.auth.url_and_headers import request_headers
from kgctl_py.kube.background_thread import Cancellation
from kgctl_py.kube.http_connection import (
    FAILURES,
    USUAL_BOUNDS,
    BoundedResponse,
    Bounds,
    OversizedError,
    Request,
    body_parts,
    shut_down,
)
from kgctl_py.kube.transport_errors import Step, transport_error

if TYPE_CHECKING:
    import urllib3


_PART = 2**16
"""The maximum bytes to read from a stream at once."""
_CANNOT_REACH_SERVER = ("SOCKS4Error", "SOCKS5Error")
"""The exceptions of PySocks, which has no types, for a proxy that answers that it cannot reach the server."""


class Negotiated:
    """A pool of connections to the server of `access` for `user`; see `transport.Transport`."""

    def __init__(self, access: Access, user: User, bounds: Bounds = USUAL_BOUNDS) -> None:
        import kubernetes.client
        import urllib3

        self._bounds = bounds
        self._access = access
        tls = tls_context(access, user) if urlsplit(access.server).scheme == "https" else None
        configuration = kubernetes.client.Configuration()
        configuration.host = access.server
        configuration.verify_ssl = not access.cluster.insecure_skip_tls_verify
        proxy = choose_proxy(access)
        self._connects_to = Step.PROXY if proxy.startswith("socks") else Step.CONNECTION
        use_proxy(configuration, proxy)
        self._pool: urllib3.PoolManager = kubernetes.client.ApiClient(configuration).rest_client.pool_manager
        self._pool.connection_pool_kw["ssl_context"] = tls
        if access.cluster.insecure_skip_tls_verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        if access.cluster.tls_server_name:
            self._pool.connection_pool_kw["server_hostname"] = access.cluster.tls_server_name
            self._pool.connection_pool_kw["assert_hostname"] = access.cluster.tls_server_name
        self._headers = urllib3.HTTPHeaderDict(request_headers(user))
        self._current = threading.local()
        pool = self._pool.connection_from_url(access.server)
        pool.ConnectionCls = _interruptible(pool.ConnectionCls, self._current)

    def open(self, request: Request, *, timeout: float, cancellation: Cancellation) -> "NegotiatedReply":
        """Send a request; see `Transport.open`."""
        import urllib3

        self._current.cancellation = cancellation
        headers = self._headers.copy()
        headers["Accept"] = request.accept
        if not request.streamed:
            headers["Accept-Encoding"] = "gzip"
        if request.body is not None:
            headers["Content-Type"] = request.content_type

        def send() -> urllib3.BaseHTTPResponse:
            return self._pool.request(
                request.method,
                self._access.server + request.path,
                headers=headers,
                body=request.body,
                timeout=urllib3.Timeout(connect=timeout, read=timeout),
                retries=False,
                preload_content=False,
            )

        try:
            response = self._send(send, request.method)
        except _failures() as error:
            raise _transport_error(error, self._access, self._connects_to) from None
        return NegotiatedReply(response, self._current.socket, self._access, self._bounds)

    def _send(self, send: "Callable[[], urllib3.BaseHTTPResponse]", method: str) -> "urllib3.BaseHTTPResponse":
        """Send a request, and send it again if the server closed an idle connection; never send a write twice."""
        while True:
            self._current.was_idle = False
            try:
                return send()
            except _failures() as error:
                is_closed = self._current.was_idle and isinstance(_cause(error), ConnectionError)
                if method != "GET" or not is_closed:
                    raise


class NegotiatedReply:
    """A reply of the pool; see `transport.Reply`."""

    def __init__(
        self, response: "urllib3.BaseHTTPResponse", connected: socket.socket, access: Access, bounds: Bounds
    ) -> None:
        self.status = response.status
        self.headers = response.headers
        self.received = time.time()
        self._response, self._socket = response, connected
        self._access, self._bounds = access, bounds
        self._closed = False
        self._lock = threading.Lock()

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """Yield the parts of the body."""
        response = self._response

        def read(most: int) -> bytes:
            return response.read(most, decode_content=False)

        try:
            compressed = response.headers.get("Content-Encoding") == "gzip"
            length, most = response.length_remaining, self._bounds.body
            yield from body_parts(read, length=length, compressed=compressed, most=most)
        except _failures() as error:
            self.close()
            raise _transport_error(error, self._access) from None

    def lines(self) -> Iterator[bytes]:
        """Yield the lines as they arrive."""
        buffered = b""
        try:
            while part := self._response.read1(_PART, decode_content=False):
                *whole, buffered = (buffered + part).split(b"\n")
                yield from (line + b"\n" for line in whole)
                if len(buffered) > self._bounds.line:
                    raise OversizedError
            if buffered:
                yield buffered
        except Exception as error:  # a response that another thread closes can fail in any way
            if self._closed:  # while it was read, which can fail in any way
                return
            if not isinstance(error, _failures()):
                raise
            raise _transport_error(error, self._access) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the reply and its connection; wake a thread that reads, and wait for it."""
        self._closed = True
        if self._response.connection:  # after the end of a body, another request may use the connection
            shut_down(self._socket)
        with self._lock:
            self._response.close()


def _failures() -> tuple[type[Exception], ...]:
    """Return the exceptions of a connection."""
    import urllib3

    return (urllib3.exceptions.HTTPError, *FAILURES)


def _interruptible(connection: type[Any], current: threading.local) -> type[Any]:
    """Return a class of connections whose replies the cancellation of the `current` request interrupts.

    `current.was_idle` says whether the connection has answered another request before.
    """

    def connect(self: Any) -> None:
        self.has_answered = False
        connection.connect(self)

    def request(self: Any, *arguments: Any, **named: Any) -> None:
        current.was_idle = bool(self.sock) and getattr(self, "has_answered", False)
        connection.request(self, *arguments, **named)

    def getresponse(self: Any) -> Any:
        current.socket = getattr(self.sock, "socket", self.sock)  # urllib3 wraps TLS to a proxy within TLS
        current.cancellation.interrupt_by(functools.partial(shut_down, current.socket))
        response = connection.getresponse(self)
        self.has_answered = True
        return response

    methods = {"connect": connect, "request": request, "getresponse": getresponse}
    return type("Interruptible", (connection,), {**methods, "response_class": BoundedResponse})


def _transport_error(error: Exception, access: Access, connects_to: Step = Step.CONNECTION) -> Exception:
    """Return the error for an exception of urllib3, by its cause; a SOCKS proxy has no exception of its own."""
    from urllib3 import exceptions

    step, cause = Step.ANSWER, _cause(error)
    if isinstance(error, exceptions.ProxyError):
        step = Step.PROXY
    elif isinstance(error, exceptions.NewConnectionError):
        step = Step.CONNECTION if type(cause).__name__ in _CANNOT_REACH_SERVER else connects_to
    elif isinstance(error, exceptions.TimeoutError):  # NewConnectionError is also a TimeoutError
        return TimeoutError()
    return transport_error(cause, access, step)


def _cause(error: BaseException) -> BaseException:
    """Return the cause below the exceptions that wrap it."""
    inner = [argument for argument in error.args if isinstance(argument, BaseException)]
    below = inner[-1] if inner else error.__cause__ or error.__context__
    return _cause(below) if below else error
