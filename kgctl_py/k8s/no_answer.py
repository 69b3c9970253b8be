"""Why an API server gave no answer, told from urllib3's exceptions so that a person knows where to look."""

import http.client
import ssl

from kgctl_py.errors import KgctlError
from kgctl_py.k8s.access import Access

_TRY_AGAIN = "try again; if it stays so, look at the API server and at what stands before it"


def no_answer(error: Exception, access: Access) -> Exception:
    """Give the KgctlError, or for a deadline the TimeoutError, that `error` means."""
    from urllib3 import exceptions

    server, cause, hint = f'the API server "{access.server}"', _cause(error), _TRY_AGAIN
    if isinstance(error, exceptions.SSLError):
        return _no_tls(server, cause)
    if isinstance(error, exceptions.ProxyError):
        message = f"the proxy on the way to {server} cannot be used: {_words(cause)}"
    elif isinstance(error, exceptions.NewConnectionError):
        message, hint = f"cannot reach {server}: {_words(cause)}", f"is it the right one? See {access.source}"
    elif isinstance(error, exceptions.TimeoutError):  # as NewConnectionError is too
        return TimeoutError()
    elif isinstance(cause, http.client.IncompleteRead):
        message = f"the answer of {server} was cut off"
    else:
        message = f"{server} broke off: {_words(cause)}"
    return KgctlError(message, hint=hint)


def _no_tls(server: str, cause: BaseException) -> KgctlError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return KgctlError(
            f"the certificate of {server} is not trusted: {cause.verify_message}",
            hint="check certificate-authority and server (or tls-server-name) of the cluster in the kubeconfig",
        )
    reason = getattr(cause, "reason", None) or "the handshake failed"
    return KgctlError(f"cannot speak TLS with {server}: {reason.lower().replace('_', ' ')}")


def _cause(error: BaseException) -> BaseException:
    """Give what lies under the exceptions that wrap it."""
    inner = [argument for argument in error.args if isinstance(argument, BaseException)]
    below = inner[-1] if inner else error.__cause__
    return _cause(below) if below else error


def _words(error: BaseException) -> str:
    words = getattr(error, "strerror", None) or str(error)
    return words[:1].lower() + words[1:]
