"""A transport with the credentials of a kubeconfig, which are renewed when they expire or are refused.

It is direct, or with `kubernetes` if a proxy or login needs it.
"""

import http
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kgctl_py.kube.auth.credentials import Credentials, Patience, check_token, obtain_credentials
from kgctl_py.kube.auth.merge_kubeconfigs import Access, may_need_proxy
from kgctl_py.kube.http_connection import USUAL_BOUNDS, Bounds, Exchange
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.transport import Transport


class OpenTransport(Value, frozen=True):
    """A transport, and the Unix time from which it needs new credentials."""

    transport: "Transport"
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


class RenewedTransport:
    """The transport of one user to one server, for several threads at once.

    `load` reads the kubeconfig; it is called once, at the first request.
    """

    def __init__(self, load: Callable[[], Access], patience: Patience, bounds: Bounds) -> None:
        self._load = load
        self._patience = patience
        self._bounds = bounds
        self._access: Access | None = None
        self._open: OpenTransport | None = None
        self._accepted = False  # whether the server accepted the credentials before
        self._lock = threading.RLock()

    @property
    def access(self) -> Access:
        """The server and the user; raise KgctlError if the kubeconfig cannot be used."""
        with self._lock:
            if self._access is None:
                self._access = self._load()
            return self._access

    def connect(self) -> "Transport":
        """Return the transport; obtain credentials if there are none yet, or if they expired."""
        with self._lock:
            if self._open is None or time.time() >= self._open.expires:
                credentials = obtain_credentials(self.access, self._patience)
                self._access = credentials.access  # with the newest refresh token, also if nothing can be opened
                self._open = open_transport(credentials, self._bounds)
            return self._open.transport

    def exchange(self, send: Callable[["Transport"], Exchange]) -> Exchange:
        """Return the result of `send`; call it again with new credentials if accepted ones are refused."""
        transport = self.connect()
        exchange = send(transport)
        if exchange.status == http.HTTPStatus.UNAUTHORIZED and self._accepted:
            exchange = send(self._renew(transport))
        self._accepted |= exchange.status != http.HTTPStatus.UNAUTHORIZED
        return exchange

    def _renew(self, refused: "Transport") -> "Transport":
        """Return a transport with new credentials, unless another thread already obtained them."""
        with self._lock:
            if self._open and self._open.transport is refused:
                self._open = None
            return self.connect()
