"""A connection to an API server; the only importer of kubernetes, and with no_answer.py of urllib3.

The package makes the pool of connections; bodies are asked of that pool as they are, since the package's
model objects take fifty times as long. No credential is in any message.
"""

import binascii
import dataclasses
import ssl
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kgctl_py import __version__
from kgctl_py.errors import KgctlError
from kgctl_py.k8s.access import Access
from kgctl_py.k8s.kubeconfig import User
from kgctl_py.k8s.no_answer import no_answer
from kgctl_py.k8s.proxy import choose_proxy
from kgctl_py.k8s.signin import impersonation, signed_in

if TYPE_CHECKING:
    import urllib3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said; `received` is the local Unix time at which its headers came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received: float


class Connection:
    """A pool of connections to the server of `access`, with the credentials of its user."""

    def __init__(self, access: Access, timeout: float) -> None:
        import kubernetes.client

        self._access = access
        user = signed_in(access, timeout)
        configuration = kubernetes.client.Configuration()
        _load(configuration, access, user)
        choose_proxy(configuration, access)
        pool = kubernetes.client.ApiClient(configuration).rest_client.pool_manager
        self._pool: urllib3.PoolManager = pool
        self._pool.connection_pool_kw["ssl_context"] = _tls(configuration, access)
        self._headers = _headers(configuration, user)

    def ask(self, method: str, path: str, *, body: bytes | None, timeout: float) -> Answer:
        """Send one request and give the whole answer, whatever its status.

        Raises TimeoutError when a step takes longer than `timeout` seconds, KgctlError when there is no answer.
        """
        import urllib3

        headers = self._headers.copy()
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._pool.request(
                method,
                self._access.server + path,
                headers=headers,
                body=body,
                timeout=urllib3.Timeout(total=timeout),
                retries=False,
                preload_content=False,
            )
            received = time.time()
            return Answer(status=response.status, headers=response.headers, body=response.data, received=received)
        except urllib3.exceptions.HTTPError as error:
            raise no_answer(error, self._access) from None


def _load(configuration: Any, access: Access, user: User) -> None:
    """Have the package read a kubeconfig of this one cluster and user."""
    import kubernetes.config

    plain = msgspec.to_builtins(user)
    config = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": msgspec.to_builtins(access.cluster)}],
        "users": [{"name": "it", "user": {key: plain[key] for key in plain if key not in ("exec", "tokenFile")}}],
    }
    try:
        kubernetes.config.load_kube_config_from_dict(
            config, client_configuration=configuration, persist_config=False
        )
    except kubernetes.config.ConfigException as error:
        raise KgctlError(f"{access.source} cannot be used: {error}") from None
    except binascii.Error:
        raise KgctlError(f"{access.source} cannot be used: a field that ends in -data is not base64") from None
    except Exception as error:  # an auth-provider is any of several libraries, each with errors of its own
        if not user.auth_provider:
            raise
        why = type(error).__name__  # an OpenID library's words may quote a token
        raise KgctlError(f"{access.who} cannot be signed in by its auth-provider: {why}") from None


def _tls(configuration: Any, access: Access) -> ssl.SSLContext:
    """Make the TLS context that Go would: certificates older than RFC 5280's strict reading stay good."""
    import urllib3

    verified = configuration.verify_ssl
    if not verified:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    context = urllib3.util.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # on since Python 3.13; many clusters' CAs fail it
    try:
        if configuration.ssl_ca_cert:
            context.load_verify_locations(configuration.ssl_ca_cert)
        else:
            context.load_default_certs()
    except (OSError, ValueError):
        raise KgctlError(f"{access.source}: certificate-authority holds no certificate") from None
    try:
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file, password="")
    except (OSError, ValueError):
        why = "are no certificate and its key"
        raise KgctlError(f"{access.who}: client-certificate and client-key {why}") from None
    return context


def _headers(configuration: Any, user: User) -> "urllib3.HTTPHeaderDict":
    import urllib3

    headers = urllib3.HTTPHeaderDict(
        {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"kgctl/{__version__}"}
    )
    authorization = configuration.get_api_key_with_prefix("BearerToken")
    if authorization:
        headers["Authorization"] = authorization
    for name, value in impersonation(user):
        headers.add(name, value)
    return headers
