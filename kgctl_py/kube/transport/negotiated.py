"""The way to an API server that must be negotiated, by auth-provider or proxy; the only importer of kubernetes.

The package makes the pool of connections; bodies are asked of that pool as they are, since the package's
model objects take fifty times as long. No credential is in any message.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth.credentials import request_headers
from kgctl_py.kube.auth.kubeconfig import User
from kgctl_py.kube.auth.proxy import choose_proxy
from kgctl_py.kube.auth.rest_config import Access
from kgctl_py.kube.auth.tls import tls_context
from kgctl_py.kube.transport.transport_errors import Step, transport_error

if TYPE_CHECKING:
    import urllib3


_PART = 2**16
"""The most bytes of a stream that are looked at at once."""


class Negotiated:
    """A pool of connections to the server of `access` for `user`; see `connection.Connection`."""

    def __init__(self, access: Access, user: User) -> None:
        import kubernetes.client
        import urllib3

        self._access = access
        tls = tls_context(access, user) if urlsplit(access.server).scheme == "https" else None
        configuration = kubernetes.client.Configuration()
        _load(configuration, access, user)
        choose_proxy(configuration, access)
        self._pool: urllib3.PoolManager = kubernetes.client.ApiClient(configuration).rest_client.pool_manager
        self._pool.connection_pool_kw["ssl_context"] = tls
        if access.cluster.insecure_skip_tls_verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        authorization = configuration.get_api_key_with_prefix("BearerToken") or ""
        self._headers = urllib3.HTTPHeaderDict(request_headers(user, authorization))

    def open(
        self, method: str, path: str, *, body: bytes | None = None, timeout: float, streamed: bool = False
    ) -> "NegotiatedReply":
        """Send one request; see `Connection.open`."""
        import urllib3

        headers = self._headers.copy()
        if not streamed:
            headers["Accept-Encoding"] = "gzip"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._pool.request(
                method,
                self._access.server + path,
                headers=headers,
                body=body,
                timeout=urllib3.Timeout(connect=timeout, read=timeout),
                retries=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise _transport_error(error, self._access) from None
        return NegotiatedReply(response, self._access)


class NegotiatedReply:
    """An answer of the pool; see `connection.Reply`."""

    def __init__(self, response: "urllib3.BaseHTTPResponse", access: Access) -> None:
        self.status = response.status
        self.headers = response.headers
        self.received = time.time()
        self._response = response
        self._access = access
        self._closed = False

    def read(self) -> bytes:
        """Give the whole body."""
        import urllib3

        try:
            return self._response.data
        except urllib3.exceptions.HTTPError as error:
            raise _transport_error(error, self._access) from None

    def lines(self) -> Iterator[bytes]:
        """Give the lines as they come; the connection is not used again."""
        import urllib3

        buffered = b""
        try:
            while part := self._response.read1(_PART):
                *whole, buffered = (buffered + part).split(b"\n")
                yield from (line + b"\n" for line in whole)
            if buffered:
                yield buffered
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if not self._closed:  # else it is what closing it does
                raise _transport_error(error, self._access) from None
        finally:
            self._response.close()

    def close(self) -> None:
        """Give up the rest."""
        self._closed = True
        with contextlib.suppress(RuntimeError, ValueError):  # it has ended by itself
            self._response.shutdown()


def _transport_error(error: Exception, access: Access) -> Exception:
    """Tell what an exception of urllib3 means by what lies under it."""
    from urllib3 import exceptions

    step = Step.ANSWER
    if isinstance(error, exceptions.ProxyError):
        step = Step.PROXY
    elif isinstance(error, exceptions.NewConnectionError):
        step = Step.CONNECTION
    elif isinstance(error, exceptions.TimeoutError):  # as NewConnectionError is too
        return TimeoutError()
    return transport_error(_cause(error), access, step)


def _cause(error: BaseException) -> BaseException:
    """Give what lies under the exceptions that wrap it."""
    inner = [argument for argument in error.args if isinstance(argument, BaseException)]
    below = inner[-1] if inner else error.__cause__
    return _cause(below) if below else error


def _load(configuration: Any, access: Access, user: User) -> None:
    """Have the package read a kubeconfig of this one cluster and user, without what is not for it."""
    import kubernetes.config

    cluster, plain = msgspec.to_builtins(access.cluster), msgspec.to_builtins(user)
    kept = ("token", "username", "password", "auth-provider")
    config = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": cluster}],
        "users": [{"name": "it", "user": {key: plain[key] for key in plain if key in kept}}],
    }
    try:
        kubernetes.config.load_kube_config_from_dict(
            config, client_configuration=configuration, persist_config=False
        )
    except kubernetes.config.ConfigException as error:
        raise KgctlError(f"{access.source} cannot be used: {error}") from None
    except Exception as error:  # an auth-provider is any of several libraries, each with errors of its own
        if not user.auth_provider:
            raise
        why = type(error).__name__  # an OpenID library's words may quote a token
        raise KgctlError(f"{access.who} cannot be signed in by its auth-provider: {why}") from None
