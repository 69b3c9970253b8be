"""The credentials of a user, from a kubeconfig, a token file or a credential plugin."""

import base64
import math
import re
import string
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from kgctl_py import __version__, limits
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth.kubeconfig_file import User
from kgctl_py.kube.auth.merge_kubeconfigs import Access
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.kube.auth import exec_plugin

_TOKEN = frozenset(string.ascii_letters + string.digits + "!#$&'*+-.^_`|~")
"""The characters of a token in RFC 7230, except "%", which escapes others."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.6.2


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


def _without_credentials(user: User) -> User:
    return User(as_=user.as_, as_uid=user.as_uid, as_groups=user.as_groups, as_user_extra=user.as_user_extra)


def authorization(user: User) -> str:
    """Return the value of the header Authorization; empty for a user without a token or a password."""
    if user.token:
        return f"Bearer {user.token}"
    if user.username:
        basic = f"{user.username}:{user.password or ''}".encode()
        return f"Basic {base64.b64encode(basic).decode()}"
    return ""


def request_headers(user: User) -> Iterator[tuple[str, str]]:
    """Yield the headers of every request except `Accept`: the user agent, authorization, and impersonation.

    Raise KgctlError for an invalid header; the message contains only its name, which is not secret.
    """
    yield "User-Agent", f"kgctl/{__version__}"
    if value := authorization(user):
        yield _header("Authorization", value)
    for name, value in _impersonation(user):
        yield _header(name, value)


def _header(name: str, value: str) -> tuple[str, str]:
    """Return a header with its value as UTF-8, in the form that `http.client` sends unchanged."""
    if not _HEADER_NAME.fullmatch(name):
        raise KgctlError("the user of the kubeconfig has an as-user-extra whose name is not valid in a header")
    if not value.isprintable():
        raise KgctlError(f'the user of the kubeconfig has a control character in the value of the header "{name}"')
    return name, value.encode(errors="surrogatepass").decode("latin-1")


def _impersonation(user: User) -> Iterator[tuple[str, str]]:
    fields: dict[str, Sequence[str | None]] = {
        "User": [user.as_],
        "Uid": [user.as_uid],
        "Group": user.as_groups or [],
    }
    fields |= {f"Extra-{_escaped(key)}": values for key, values in (user.as_user_extra or {}).items()}
    for name, values in fields.items():
        yield from ((f"Impersonate-{name}", value) for value in values if value)


def _escaped(key: str) -> str:
    """Return the key of an extra as a part of a header's name (client-go transport/round_trippers.go)."""
    return "".join(
        chr(byte) if chr(byte) in _TOKEN else f"%{byte:02x}" for byte in key.lower().encode(errors="replace")
    )


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
