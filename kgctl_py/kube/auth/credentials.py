"""The credentials of a user, from a kubeconfig, a token file, or a credential plugin, and their renewal."""

import base64
import http
import math
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from kgctl_py import limits
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, User
from kgctl_py.kube.auth.url_and_headers import authorization, is_loopback
from kgctl_py.kube.http_connection import USUAL_BOUNDS, Bounds, Exchange
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.auth import exec_plugin
    from kgctl_py.kube.transport import Transport


class Patience(Value, frozen=True):
    """How long obtaining credentials can take, and whether a user can read and answer."""

    request_seconds: float = limits.REQUEST_TIMEOUT
    attended: bool = True


class Credentials(Value, frozen=True):
    """A user with credentials, the Unix time from which they have to be renewed, and the access to renew them."""

    user: User
    expires: float
    access: Access


def obtain_credentials(access: Access, patience: Patience) -> Credentials:
    """Return the user of `access` with credentials from its token file, plugin, or auth-provider, if any.

    Over http there are no credentials, as in client-go, because others on the network could read them.
    """
    user, expires = access.user, math.inf
    if not access.is_encrypted:
        return Credentials(_without_credentials(user), expires, access)
    if user.token_file:
        user = msgspec.structs.replace(user, token=_token(user.token_file, user.token, access), token_file=None)
    elif user.exec and not authorization(user):
        from kgctl_py.kube.auth import exec_plugin  # imports subprocess

        plugin_terms = exec_plugin.Terms(
            seconds=exec_plugin.LONGEST if patience.attended else patience.request_seconds,
            attended=patience.attended,
        )
        credential = exec_plugin.credential(user.exec, access.cluster, plugin_terms)
        user, expires = _with_credential(user, credential), credential.expires
    elif user.auth_provider and not user.token:
        from kgctl_py.kube.auth import oidc  # few users have an auth-provider

        login = oidc.log_in(access, patience.request_seconds)
        user, expires = msgspec.structs.replace(user, token=login.id_token), login.expires
        access = login.access
    return Credentials(user, expires, access)


def check_token(access: Access, user: User) -> None:
    """Raise KgctlError for a token that cannot be in a header."""
    if user.token and not (user.token.isascii() and user.token.isprintable()):
        raise KgctlError(f"{access.who} has a token with invalid characters")


def withholds_credentials(access: Access) -> bool:
    """Return whether the user has credentials that are not sent, because the server uses http."""
    user = access.user
    some = user.token or user.token_file or user.exec or user.auth_provider or user.username
    return not access.is_encrypted and bool(some)


def _without_credentials(user: User) -> User:
    return User(as_=user.as_, as_uid=user.as_uid, as_groups=user.as_groups, as_user_extra=user.as_user_extra)


def _token(path: str, otherwise: str | None, access: Access) -> str:
    """Return the token in a file; `otherwise` if the file cannot be read or is empty, as in client-go."""
    try:
        token = limits.read_bytes(path, most=limits.LARGEST_SETTING).decode().strip() or otherwise or ""
    except (OSError, ValueError) as error:
        if otherwise:
            return otherwise
        from kgctl_py.os_errors import reason

        why = reason(error, otherwise="it is not text")
        raise KgctlError(f'{access.who}: cannot read the token file "{path}": {why}') from None
    if not token:
        raise KgctlError(f'{access.who}: the token file "{path}" is empty', hint="log in again")
    return token


def _with_credential(user: User, credential: "exec_plugin.Credential") -> User:
    if not (credential.client_certificate_data and credential.client_key_data):
        return msgspec.structs.replace(user, token=credential.token)
    return msgspec.structs.replace(
        user,
        token=credential.token,
        client_certificate_data=_base64(credential.client_certificate_data),
        client_key_data=_base64(credential.client_key_data),
    )


def _base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


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


def may_need_proxy(access: Access) -> bool:
    """Return whether the cluster or the environment has a proxy, possibly for other hosts."""
    if access.cluster.proxy_url:
        return True
    url = urlsplit(access.server)
    name = f"{url.scheme}_proxy"
    return bool(os.environ.get(name.upper()) or os.environ.get(name)) and not is_loopback(url.hostname or "")


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
