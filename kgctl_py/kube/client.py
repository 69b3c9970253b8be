"""Requests to an API server: deadlines, retries after `Retry-After` while it is busy, and errors."""

import contextlib
import functools
import http
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import NOTHING_SAID, Overrides, merge_kubeconfigs
from kgctl_py.kube.auth.credentials import Patience, RenewedTransport, withholds_credentials
from kgctl_py.kube.background_thread import Background, Cancellation
from kgctl_py.kube.http_connection import JSON, USUAL_BOUNDS, Bounds, Exchange, Request, ResponseTime
from kgctl_py.limits import REQUEST_TIMEOUT
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.api_error import ApiError
    from kgctl_py.kube.transport import Reply, Transport

PATIENCE = 20
"""A list can take this many times the timeout of a request."""

TRIES = 5
_BUSY = (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE)
_LONGEST_NUMBER = 64
_REFUSED = (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN)
_NONE: Mapping[str, str] = MappingProxyType({})


T = TypeVar("T")


class Response(Value, frozen=True):
    """The body of a successful response, and its time."""

    body: bytes
    time: ResponseTime


class Client:
    """A client of the API server in a kubeconfig, which is read at the first request.

    Each request with all its retries ends within `request_timeout` seconds in any case.
    `overrides` take precedence over the kubeconfig; the plugin of an `attended` client can prompt the user.
    `waiting` shows a text during a request. `crds` maps names of CRDs to commands that create them, for the
    hint if one is missing. A response beyond `bounds` is an error.
    """

    def __init__(
        self,
        *,
        kubeconfig: str | None = None,
        context: str | None = None,
        request_timeout: float = REQUEST_TIMEOUT,
        overrides: Overrides = NOTHING_SAID,
        attended: bool = True,
        waiting: Callable[[str], AbstractContextManager[object]] = contextlib.nullcontext,
        crds: Mapping[str, str] = _NONE,
        bounds: Bounds = USUAL_BOUNDS,
    ) -> None:
        self.request_timeout = request_timeout
        self._waiting = waiting
        self._crds = crds
        self.bounds = bounds
        self._renewed = RenewedTransport(
            functools.partial(merge_kubeconfigs.load, kubeconfig, context, overrides),
            Patience(request_timeout, attended),
            bounds,
        )

    @property
    def context(self) -> str:
        """The name of the context; empty in a pod."""
        return self._renewed.access.context

    @property
    def source(self) -> str:
        """The source of the context."""
        return self._renewed.access.source

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return self._renewed.access.server

    def get(self, path: str, query: Mapping[str, str] = _NONE) -> Response:
        """Read `path`; raise ApiError for an error response, or another KgctlError without a response."""
        return self._request("GET", path, query, None)

    def send(self, method: str, path: str, body: object, query: Mapping[str, str] = _NONE) -> Response:
        """Send `body` as JSON with POST, PUT, PATCH, or DELETE; raise the same errors as `get`."""
        return self._request(method, path, query, msgspec.json.encode(body))

    def connect(self) -> "Transport":
        """Read the kubeconfig and run its credential plugin, if not done before, or if the credentials expired."""
        return self._renewed.connect()

    def stream(self, path: str, query: Mapping[str, str], *, silence: float) -> "Reply":
        """Return a reply whose lines arrive as the server sends them; reading times out after `silence` seconds.

        Raise the same errors as `get`, but do not retry while the server is busy.
        """
        exchange = self._begin("WATCH", path, query, timeout=silence, accept=JSON, streamed=True)
        return exchange.reply

    def read(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        accept: str,
        consume: Callable[[Exchange, Callable[[], None]], T],
    ) -> T:
        """Return the result of `consume`, which reads the body of a reply in parts while they arrive.

        `consume` gets a function to report progress. Reading ends `request_timeout` seconds after the last report,
        and in any case after `PATIENCE` times as long. Raise the same errors as `get`.
        """
        exchange = self._begin("GET", path, query, timeout=self.request_timeout, accept=accept, streamed=False)
        last = time.monotonic() + PATIENCE * self.request_timeout
        deadline = self._deadline()

        def report_progress() -> None:
            nonlocal deadline
            deadline = min(self._deadline(), last)

        def work(cancellation: Cancellation) -> T:
            cancellation.interrupt_by(exchange.reply.close)
            return consume(exchange, report_progress)

        with contextlib.closing(exchange.reply), self._within_timeout():
            return Background(work).result_by(lambda: deadline)

    def _begin(
        self, verb: str, path: str, query: Mapping[str, str], *, timeout: float, accept: str, streamed: bool
    ) -> Exchange:
        """Send a request; read the body of the reply only if it is an error."""
        request = Request(path=f"{path}?{urlencode(query)}", accept=accept, streamed=streamed)

        def begin(transport: "Transport", cancellation: Cancellation) -> Exchange:
            def send(_: float) -> Exchange:
                reply = transport.open(request, timeout=timeout, cancellation=cancellation)
                return Exchange(reply, b"" if _is_answer(reply) else reply.read())

            return send(timeout) if streamed else _retry_busy(send, self._deadline(), cancellation)

        def close(exchange: Exchange) -> None:
            exchange.reply.close()

        exchange = self._renewed.exchange(lambda transport: self._in_time(lambda c: begin(transport, c), close))
        if not _is_answer(exchange.reply):
            raise self._error(verb, path, exchange)
        return exchange

    def _request(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> Response:
        target = f"{path}?{urlencode(query)}" if query else path
        request = Request(method=method, path=target, body=body)
        exchange = self._renewed.exchange(lambda transport: self._exchange(transport, request))
        if not _is_answer(exchange.reply):
            raise self._error(method, path, exchange)
        return Response(exchange.body, exchange.time)

    def _error(self, method: str, path: str, exchange: Exchange) -> "ApiError":
        from kgctl_py.kube.api_error import api_error

        error = api_error(
            method=method,
            path=path,
            server=self.server,
            status=exchange.status,
            body=exchange.body,
            crds=self._crds,
        )
        if exchange.status in _REFUSED and withholds_credentials(self._renewed.access):
            error.hint = f"refusing to send credentials over http: use a server with https in {self.source}"
        return error

    def _exchange(self, transport: "Transport", request: Request) -> Exchange:
        def exchange(cancellation: Cancellation) -> Exchange:
            def send(left: float) -> Exchange:
                reply = transport.open(request, timeout=left, cancellation=cancellation)
                return Exchange(reply, reply.read())

            return _retry_busy(send, self._deadline(), cancellation)

        return self._in_time(exchange)

    def _deadline(self) -> float:
        """Return the time of the monotonic clock at which a request that starts now must have ended."""
        return time.monotonic() + self.request_timeout

    def _in_time(self, work: Callable[[Cancellation], T], discard: Callable[[T], None] | None = None) -> T:
        background = Background(work, discard)
        with self._within_timeout():
            return background.result(self.request_timeout)

    @contextlib.contextmanager
    def _within_timeout(self) -> Iterator[None]:
        """Show progress during a request, and raise KgctlError for a TimeoutError."""
        try:
            with self._waiting(f"asking {self.server}"):
                yield
        except TimeoutError:
            raise KgctlError(
                f'the API server "{self.server}" did not answer within {self.request_timeout:g} s',
                hint="check the network; to wait longer, use --request-timeout DURATION",
            ) from None


def _is_answer(reply: "Reply") -> bool:
    """Return whether a request succeeded; a web page comes from another server, such as a captive portal."""
    is_good = http.HTTPStatus.OK <= reply.status < http.HTTPStatus.MULTIPLE_CHOICES
    return is_good and not reply.headers.get("Content-Type", "").lower().startswith("text/html")


def _retry_busy(send: Callable[[float], Exchange], deadline: float, cancellation: Cancellation) -> Exchange:
    """Call `send` with the seconds left, and again while the server is busy, after the requested time."""
    for _ in range(TRIES):
        exchange = send(max(deadline - time.monotonic(), 0.001))
        reply = exchange.reply
        wait = _seconds(reply.headers.get("Retry-After", "")) if reply.status in _BUSY else None
        if wait is None or time.monotonic() + wait >= deadline:
            break
        cancellation.sleep(wait)
    return exchange


def _seconds(retry_after: str) -> int | None:
    """Return the seconds of a header `Retry-After`, which can also be a date."""
    is_number = retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < _LONGEST_NUMBER
    return int(retry_after) if is_number else None
