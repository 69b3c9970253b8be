"""Error responses of an API server, as messages with hints."""

import http
import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import shortened
from kgctl_py.kube.decoding import WireError
from kgctl_py.kube.objects import protobuf

NO_CRDS: Mapping[str, str] = MappingProxyType({})
_STATUS = "Status"
_MESSAGE_FIELD = 3
"""The field of a Status in protobuf with its message."""
_NO_SUCH_PATH = b"404 page not found"
"""The response of an API server to a request for an unknown group, for example without the CRD of Peers."""
_LONGEST_QUOTE = 200
_BUSY = "please try again later"
"""In the text that an API server sends while it starts, stops, or has too many requests, in place of a Status."""
_CAN_BE_BUSY = (http.HTTPStatus.INTERNAL_SERVER_ERROR, http.HTTPStatus.SERVICE_UNAVAILABLE)
_MOST_READ = 2**16
"""The bytes of a page in which its first words are: a body can have millions of them."""
_ANONYMOUS = '"system:anonymous"'
_RESOURCE_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/[^/]+/(?:namespaces/[^/]+/)?(?P<resource>[^/]+)(?:/(?P<name>[^/]+))?"
)
_NEEDS_TLS = re.compile("HTTP request to an HTTPS server|HTTP request was sent to HTTPS port")
"""What Go and nginx answer to http on a port for https."""
_ADMISSION = re.compile(
    r"(?:ValidatingAdmissionPolicy '(?P<policy>[^']+)' with binding '[^']+' denied request"
    r'|admission webhook "(?P<webhook>[^"]+)" denied the request): (?P<why>.+)',
    re.DOTALL,
)
"""The words of an API server whose admission control refuses a change."""
_LONGEST_MESSAGE = 2000
_VERBS = {"WATCH": "watch", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Status(msgspec.Struct, frozen=True):
    """The message of a meta/v1 Status, and its HTTP status."""

    kind: str = ""
    message: str | None = None
    code: int | None = None


class ApiError(KgctlError):
    """An error response with its HTTP `status`."""

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status

    @property
    def refused(self) -> bool:
        """Whether the request had no effect; a request that fails with 5xx can have one."""
        return self.status < http.HTTPStatus.INTERNAL_SERVER_ERROR


def api_error(
    *, method: str, path: str, server: str, status: int, body: bytes, crds: Mapping[str, str] = NO_CRDS
) -> ApiError:
    """Return the error for the response `status` with `body`; `crds` has the commands that create CRDs."""
    answer = _status(body)
    if answer is None:
        return _foreign_error(server, status, body)
    words = shortened(answer.message or _phrase(status), _LONGEST_MESSAGE)
    if denied := _ADMISSION.search(words):
        by = f'policy "{denied["policy"]}"' if denied["policy"] else f'webhook "{denied["webhook"]}"'
        return ApiError(
            f"the admission {by} of the cluster does not allow this change: {denied['why']}", status=status
        )
    who, hint = f'the API server "{server}"', ""
    if status == http.HTTPStatus.UNAUTHORIZED or (status == http.HTTPStatus.FORBIDDEN and _ANONYMOUS in words):
        message, hint = f"{who} rejected the credentials", "log in again, or check the user in the kubeconfig"
    elif status == http.HTTPStatus.FORBIDDEN:
        message, hint = f"{who} does not allow this request", f"ask for this RBAC rule: {rule(method, path)}"
    elif status == http.HTTPStatus.NOT_FOUND and (crd := _crd(path)) in crds:
        message = f'{who} has no {crd.partition(".")[0].capitalize()}: CRD "{crd}" is missing'
        hint = crds[crd]
    else:
        message = f'{who} answered {status} to {method} "{path}"'
    return ApiError(f"{message}: {words}", status=status, hint=hint)


def _foreign_error(server: str, status: int, body: bytes) -> ApiError:
    """Return the error for a response that does not come from an API server, but from a proxy in front of it."""
    words = " ".join(body[:_MOST_READ].decode(errors="replace").split())
    shown = f': "{words[:_LONGEST_QUOTE]}{"…" * (len(words) > _LONGEST_QUOTE)}"' if words else ""
    is_page = words.startswith(("<", "\ufeff<"))
    says_busy = status in _CAN_BE_BUSY and _BUSY in words and not is_page
    if status == http.HTTPStatus.TOO_MANY_REQUESTS or says_busy:
        message = f'the API server "{server}" is busy: {status} {_phrase(status)}{shown}'
        return ApiError(message, status=status, hint="try again later")
    message = f'the response from "{server}" does not come from Kubernetes: {status} {_phrase(status)}{shown}'
    hint = "check that this is the API server, and not a proxy or a login page"
    if server.startswith("http://") and _NEEDS_TLS.search(words):
        hint = f"set server in the kubeconfig to https://{server.removeprefix('http://')}"
    return ApiError(message, status=status, hint=hint)


def reported_error(*, path: str, server: str, body: bytes) -> ApiError:
    """Return the error for a Status in a watch of `path`."""
    status = _status(body)
    code = (status.code if status else None) or 0
    return api_error(method="WATCH", path=path, server=server, status=code, body=body)


def _status(body: bytes) -> Status | None:
    """Return the Status in a body, or None; an API server also sends another text for an unknown path."""
    if body.strip() == _NO_SUCH_PATH:
        return Status(kind=_STATUS, message=_NO_SUCH_PATH.decode())
    try:
        is_protobuf = body.startswith(protobuf.MAGIC)
        status = _status_in_protobuf(body) if is_protobuf else msgspec.json.decode(body, type=Status)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, WireError):
        return None
    return status if status.kind == _STATUS else None


def _status_in_protobuf(body: bytes) -> Status:
    kind, message = "", None
    for field, start, end in protobuf.embedded(body, len(protobuf.MAGIC), len(body)):
        if field == protobuf.TYPE_META:
            kind = protobuf.texts(body, start, end).get(protobuf.KIND, "")
        elif field == protobuf.RAW:
            message = protobuf.texts(body, start, end).get(_MESSAGE_FIELD)
    return Status(kind=kind, message=message)


def _crd(path: str) -> str:
    """Return the name of the CRD for the list at `path`; empty if `path` is not a list."""
    match = _RESOURCE_PATH.fullmatch(path)
    return f"{match['resource']}.{match['group']}" if match and match["group"] and not match["name"] else ""


def _phrase(status: int) -> str:
    return http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else "no reason given"


def rule(method: str, path: str) -> str:
    """Return the RBAC rule that allows a request, in the form of the `rules:` of a ClusterRole."""
    match = _RESOURCE_PATH.fullmatch(path)
    if not match:
        return f'{{nonResourceURLs: ["{path}"], verbs: ["{method.lower()}"]}}'
    verb = _VERBS.get(method, "get" if match["name"] else "list")
    return f'{{apiGroups: ["{match["group"] or ""}"], resources: ["{match["resource"]}"], verbs: ["{verb}"]}}'
