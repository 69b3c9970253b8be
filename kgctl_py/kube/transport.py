"""The transport of requests to an API server: direct, or with `kubernetes` if a proxy or login needs it."""

import email.utils
from collections.abc import Iterator
from typing import Protocol

from kgctl_py.kube.auth.credentials import Credentials, check_token
from kgctl_py.kube.auth.merge_kubeconfigs import may_need_proxy
from kgctl_py.kube.background_thread import Cancellation
from kgctl_py.kube.http_connection import USUAL_BOUNDS, Bounds, Request
from kgctl_py.kube.server_clock import ResponseTime
from kgctl_py.value import Value

_LONGEST_DATE = 64


class Headers(Protocol):
    """The headers of a reply; names are case-insensitive."""

    def get(self, name: str, default: str, /) -> str:
        """Return the value of a header."""
        ...


class Reply(Protocol):
    """The reply to a request: its status, its headers, and a body to read."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Headers:
        """The headers."""
        ...

    @property
    def received(self) -> float:
        """The local Unix time at which the headers arrived."""
        ...

    def read(self) -> bytes:
        """Return the whole decompressed body; raise the same errors as `Transport.open`."""
        ...

    def parts(self) -> Iterator[bytes]:
        """Yield the decompressed body in parts as they arrive; raise the same errors as `Transport.open`."""
        ...

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the body as they arrive, until it ends or is closed; raise errors as `open` does."""
        ...

    def close(self) -> None:
        """Close the reply and its connection, even while another thread reads."""
        ...


class Transport(Protocol):
    """Connections to one server with the credentials of one user, for several threads at once."""

    def open(self, request: Request, *, timeout: float, cancellation: Cancellation) -> Reply:
        """Send a request and return the reply with any status.

        Raise TimeoutError if a step takes longer than `timeout` seconds or after `cancellation`, also while the
        body is read; raise KgctlError without a reply.
        """
        ...


class OpenTransport(Value, frozen=True):
    """A transport, and the Unix time from which it needs new credentials."""

    transport: Transport
    expires: float


def open_transport(credentials: Credentials, bounds: Bounds = USUAL_BOUNDS) -> OpenTransport:
    """Return a transport with `credentials`; raise KgctlError if they cannot be used."""
    access, user = credentials.access, credentials.user
    check_token(access, user)
    if may_need_proxy(access):
        from kgctl_py.kube.negotiated_transport import Negotiated

        return OpenTransport(Negotiated(access, user, bounds), credentials.expires)
    from kgctl_py.kube.direct_transport import Direct

    return OpenTransport(Direct(access, user, bounds), credentials.expires)


class Exchange(Value, frozen=True):
    """A reply, and its body if it was read."""

    reply: Reply
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def time(self) -> ResponseTime:
        """The time of the response."""
        return ResponseTime(_timestamp(self.reply.headers.get("Date", "")), self.reply.received)


def _timestamp(date: str) -> float | None:
    """Return the Unix time of a header `Date`; None if it is not a date."""
    if len(date) > _LONGEST_DATE:
        return None
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
