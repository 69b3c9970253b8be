"""The protocols of connections to an API server: direct ones, and those of `kubernetes` through proxies."""

from collections.abc import Iterator
from typing import Protocol

from kgctl_py.kube.background_thread import Cancellation
from kgctl_py.kube.http_connection import Request


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
