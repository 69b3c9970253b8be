"""Errors of the transport to an API server, as messages with hints."""

import enum
import http.client
import ssl

from kgctl_py import os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access
from kgctl_py.kube.http_connection import LARGEST_TRAILERS, OversizedError
from kgctl_py.limits import LARGEST_BODY, LONGEST_LINE

_NO_API_SERVER = "check that it is a Kubernetes API server"
_TRY_AGAIN = "try again; if it fails again, check the API server and its load balancer"


class Step(enum.Enum):
    """The step of a request that failed."""

    PROXY = enum.auto()
    CONNECTION = enum.auto()
    ANSWER = enum.auto()


def transport_error(error: BaseException, access: Access, step: Step) -> Exception:
    """Return the KgctlError for `error` in a `step`; for a timeout, the TimeoutError."""
    server, hint = f'the API server "{access.server}"', _TRY_AGAIN
    if isinstance(error, ssl.SSLError):
        return _no_tls(server, error)
    if isinstance(error, OversizedError):
        trailers = f"{LARGEST_TRAILERS >> 10} KiB of trailers"
        most = f"{LARGEST_BODY >> 30} GiB, {LONGEST_LINE >> 20} MiB in a line, or {trailers}"
        return KgctlError(
            f"the response from {server} is too large: kgctl reads at most {most}", hint=_NO_API_SERVER
        )
    if step is Step.PROXY:
        message = f"cannot use the proxy to {server}: {_reason(error)}"
        hint = f"check {proxy_setting(access)}"
    elif isinstance(error, TimeoutError):
        return TimeoutError()
    elif step is Step.CONNECTION:
        message = f"cannot reach {server}: {_reason(error)}"
        hint = f"check that the server is running, and that {access.source} has its address"
    elif isinstance(error, http.client.IncompleteRead):
        message = f"the response from {server} is incomplete"
    else:
        message = f"lost the connection to {server}: {_reason(error)}"
    return KgctlError(message, hint=hint)


def proxy_setting(access: Access) -> str:
    """Return where the proxy to the API server is set."""
    if access.cluster.proxy_url:
        return f"proxy-url in {access.source}"
    return "HTTPS_PROXY and NO_PROXY" if access.is_encrypted else "HTTP_PROXY and NO_PROXY"


def _reason(error: BaseException) -> str:
    """Return the reason of the operating system; other errors can quote the request with a credential."""
    if isinstance(error, http.client.HTTPException) and not isinstance(error, OSError):
        return "its response is not HTTP/1.1"
    return os_errors.reason(error, otherwise="its address or its response is malformed")


def _no_tls(server: str, error: ssl.SSLError) -> KgctlError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return KgctlError(
            f"the certificate of {server} is not trusted: {error.verify_message}",
            hint="check certificate-authority and server (or tls-server-name) in the kubeconfig",
        )
    reason = error.reason or "the handshake failed"
    return KgctlError(f"cannot speak TLS with {server}: {reason.lower().replace('_', ' ')}")
