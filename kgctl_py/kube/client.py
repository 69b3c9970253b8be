"""Asking the API server: deadlines, patience with a busy one, and what its refusals mean."""

import contextlib
import email.utils
import http
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import NO_CRDS, ApiError, api_error
from kgctl_py.kube.auth import rest_config
from kgctl_py.kube.transport.background import Background
from kgctl_py.kube.transport.connection import Connection, Reply, connect
from kgctl_py.value import Value

TRIES = 5

_BUSY = (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE)
_NO_QUERY: Mapping[str, str] = MappingProxyType({})


T = TypeVar("T")


class ResponseTime(Value, frozen=True):
    """When an answer came, as Unix times: by its server's clock, if it says so, and by the local one."""

    date: float | None
    received: float


class Response(Value, frozen=True):
    """A good answer, and when it came."""

    body: bytes
    time: ResponseTime


class Client:
    """The API server that a kubeconfig chooses; nothing is read, run or asked before it is needed.

    Each request ends within `request_timeout` seconds, all its tries together, however the server behaves.
    `waiting` is entered with a few words while an answer is waited for. `crds` maps the names of CRDs to the
    URLs of their manifests, for the hint when one is missing.
    """

    def __init__(
        self,
        *,
        kubeconfig: str | None = None,
        context: str | None = None,
        request_timeout: float = 15,
        waiting: Callable[[str], AbstractContextManager[object]] = contextlib.nullcontext,
        crds: Mapping[str, str] = NO_CRDS,
    ) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._timeout = request_timeout
        self._waiting = waiting
        self._crds = crds
        self._access: rest_config.Access | None = None
        self._connection: Connection | None = None
        self._trusted = False  # whether the server has once taken the credentials of this connection
        self._lock = threading.RLock()

    @property
    def context(self) -> str:
        """The name of the context, empty in a pod."""
        return self._chosen().context

    @property
    def source(self) -> str:
        """Where the context was read."""
        return self._chosen().source

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return self._chosen().server

    def get(self, path: str, query: Mapping[str, str] = _NO_QUERY) -> Response:
        """Read `path`; raise ApiError when the server says no, KgctlError when it says nothing of use."""
        return self._ask("GET", path, query, None)

    def send(self, method: str, path: str, body: object, query: Mapping[str, str] = _NO_QUERY) -> Response:
        """Write `body` as JSON with POST, PUT or DELETE."""
        return self._ask(method, path, query, msgspec.json.encode(body))

    def connect(self) -> Connection:
        """Make the connection if there is none yet: read the kubeconfig, run its credential plugin."""
        with self._lock:
            if self._connection is None:
                self._connection = connect(self._chosen(), self._timeout)
            return self._connection

    def _chosen(self) -> rest_config.Access:
        with self._lock:
            if self._access is None:
                self._access = rest_config.load(self._kubeconfig, self._context)
            return self._access

    def stream(self, path: str, query: Mapping[str, str], *, silence: float) -> Reply:
        """Read `path` line by line as the server makes them; TimeoutError when none comes for `silence` seconds.

        Raises as `get` does, but is not patient with a busy server.
        """
        target = f"{path}?{urlencode(query)}"
        begun = self._signed_in(lambda: self._begun(target, silence))
        if not _is_good(begun.status):
            raise self._error("WATCH", path, begun)
        return begun.reply

    def _ask(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> Response:
        target = f"{path}?{urlencode(query)}" if query else path
        answer = self._signed_in(lambda: self._answer(method, target, body))
        if not _is_good(answer.status):
            raise self._error(method, path, answer)
        return Response(answer.body, answer.time)

    def _error(self, method: str, path: str, answer: "_Answer") -> ApiError:
        return api_error(
            method=method,
            path=path,
            server=self.server,
            status=answer.status,
            body=answer.body,
            crds=self._crds,
        )

    def _signed_in(self, ask: Callable[[], "_Answer"]) -> "_Answer":
        """Ask, and once more with new credentials when those that were good have run out."""
        answer = ask()
        if answer.status == http.HTTPStatus.UNAUTHORIZED and self._trusted:
            self._connection = None
            answer = ask()
        self._trusted |= answer.status != http.HTTPStatus.UNAUTHORIZED
        return answer

    def _begun(self, target: str, silence: float) -> "_Answer":
        """Give a good answer unread, and another one as a whole."""
        connection = self.connect()
        reply = self._in_time(lambda: connection.open("GET", target, timeout=silence, streamed=True))
        return _Answer(reply, b"" if _is_good(reply.status) else self._in_time(reply.read))

    def _answer(self, method: str, target: str, body: bytes | None) -> "_Answer":
        connection, deadline = self.connect(), time.monotonic() + self._timeout
        return self._in_time(lambda: _patiently(connection, method, target, body, deadline))

    def _in_time(self, ask: Callable[[], T]) -> T:
        asking = Background(ask)
        try:
            with self._waiting(f"asking {self.server}"):
                return asking.result(self._timeout)
        except TimeoutError:
            raise KgctlError(
                f'the API server "{self.server}" did not answer within {self._timeout:g} s',
                hint="is it reachable from here? --request-timeout gives it longer",
            ) from None


class _Answer(Value, frozen=True):
    """A reply, and its body as far as it was read."""

    reply: Reply
    body: bytes

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def time(self) -> ResponseTime:
        try:
            date = email.utils.parsedate_to_datetime(self.reply.headers.get("Date", "")).timestamp()
        except ValueError:
            return ResponseTime(None, self.reply.received)
        return ResponseTime(date, self.reply.received)


def _is_good(status: int) -> bool:
    return http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES


def _patiently(connection: Connection, method: str, target: str, body: bytes | None, deadline: float) -> _Answer:
    """Ask until the server is not too busy, waiting as long as it says, a few times, and not past the deadline."""
    for _ in range(TRIES):
        left = deadline - time.monotonic()
        reply = connection.open(method, target, body=body, timeout=max(left, 0.001))
        answer = _Answer(reply, reply.read())
        wait = reply.headers.get("Retry-After", "") if reply.status in _BUSY else ""
        if not wait.isdecimal() or time.monotonic() + int(wait) >= deadline:
            break
        time.sleep(int(wait))
    return answer
