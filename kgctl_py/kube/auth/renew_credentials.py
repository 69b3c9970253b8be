"""A transport with the credentials of a kubeconfig, which are renewed when they expire or are refused."""

import http
import threading
import time
from collections.abc import Callable

from kgctl_py.kube.auth.credentials import Patience, obtain_credentials
from kgctl_py.kube.auth.merge_kubeconfigs import Access
from kgctl_py.kube.http_connection import Bounds
from kgctl_py.kube.transport import Exchange, OpenTransport, Transport, open_transport


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

    def connect(self) -> Transport:
        """Return the transport; obtain credentials if there are none yet, or if they expired."""
        with self._lock:
            if self._open is None or time.time() >= self._open.expires:
                credentials = obtain_credentials(self.access, self._patience)
                self._access = credentials.access  # with the newest refresh token, also if nothing can be opened
                self._open = open_transport(credentials, self._bounds)
            return self._open.transport

    def exchange(self, send: Callable[[Transport], Exchange]) -> Exchange:
        """Return the result of `send`; call it again with new credentials if accepted ones are refused."""
        transport = self.connect()
        exchange = send(transport)
        if exchange.status == http.HTTPStatus.UNAUTHORIZED and self._accepted:
            exchange = send(self._renew(transport))
        self._accepted |= exchange.status != http.HTTPStatus.UNAUTHORIZED
        return exchange

    def _renew(self, refused: Transport) -> Transport:
        """Return a transport with new credentials, unless another thread already obtained them."""
        with self._lock:
            if self._open and self._open.transport is refused:
                self._open = None
            return self.connect()
