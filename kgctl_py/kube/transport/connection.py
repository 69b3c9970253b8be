"""A connection to an API server: direct, or through the `kubernetes` package where it must be negotiated."""

from collections.abc import Iterator
from typing import Protocol

from kgctl_py.kube.auth.credentials import obtain_credentials
from kgctl_py.kube.auth.proxy import may_need_proxy
from kgctl_py.kube.auth.rest_config import Access


class Headers(Protocol):
    """The headers of an answer, their names in any case."""

    def get(self, name: str, default: str, /) -> str:
        """Give the value of one."""
        ...


class Reply(Protocol):
    """An answer whose headers have come."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Headers:
        """What the server said of the body, and of itself."""
        ...

    @property
    def received(self) -> float:
        """The local Unix time at which the headers came."""
        ...

    def read(self) -> bytes:
        """Give the whole body, decompressed; raise as `Connection.open` does."""
        ...

    def lines(self) -> Iterator[bytes]:
        """Give the lines of the body as they come; raise as `Connection.open` does, or end when it is closed."""
        ...

    def close(self) -> None:
        """Give up the rest of the body; another thread that waits for it stops waiting."""
        ...


class Connection(Protocol):
    """A way to one server, with the credentials of one user; it may be used by several threads at once."""

    def open(
        self, method: str, path: str, *, body: bytes | None = None, timeout: float, streamed: bool = False
    ) -> Reply:
        """Send one request, and give the answer, whatever its status; a `streamed` one comes as it is made.

        Raises TimeoutError when a step takes longer than `timeout` seconds, KgctlError when there is no answer.
        """
        ...


def connect(access: Access, timeout: float) -> Connection:
    """Sign in to the server of `access`, running its credential plugin for at most `timeout` seconds."""
    user = obtain_credentials(access, timeout)
    if user.auth_provider or may_need_proxy(access):
        from kgctl_py.kube.transport.negotiated import Negotiated

        return Negotiated(access, user)
    from kgctl_py.kube.transport.direct import Direct

    return Direct(access, user)
