"""The URL of an API server and the headers of requests as in client-go; no message contains a credential."""

import base64
import ipaddress
import re
import string
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from kgctl_py import __version__
from kgctl_py.errors import KgctlError

if TYPE_CHECKING:
    from kgctl_py.kube.auth import Cluster, User

_USERINFO = re.compile(r"(^|//)[^/@\s]*@")
_TOKEN = frozenset(string.ascii_letters + string.digits + "!#$&'*+-.^_`|~")
"""The characters of a token in RFC 7230, except "%", which escapes others."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.6.2


def server_url(cluster: "Cluster", user: "User") -> str:
    """Return the URL of the server of `cluster`, without a user, a query, and a final slash.

    `host:port` uses https if there is a CA, a client certificate, or insecure-skip-tls-verify (client-go
    rest/url_utils.go).
    """
    server = cluster.server or ""
    if "://" not in server and server and "/" not in server.rstrip("/"):
        has_ca = cluster.certificate_authority or cluster.certificate_authority_data
        has_certificate = user.client_certificate or user.client_certificate_data
        secure = has_ca or has_certificate or cluster.insecure_skip_tls_verify
        server = f"{'https' if secure else 'http'}://{server}"
    return without_userinfo(server).partition("?")[0].partition("#")[0].rstrip("/")


def without_userinfo(url: str) -> str:
    """Return a URL, also an invalid one, without the user and the password in it."""
    return _USERINFO.sub(r"\1", url)


def hidden_userinfo(text: str) -> str:
    """Return an invalid URL without anything that can be a user and a password."""
    scheme, marks, rest = text.rpartition("://")
    return scheme + marks + rest.rpartition("@")[2]


def host_of(url: str) -> str:
    """Return the host of a URL; the "%" before the zone of an IPv6 address is escaped as "%25" in the URL."""
    return unquote(urlsplit(url).hostname or "")


def host_header(url: str) -> str:
    """Return the value of the header Host, without the zone, which is local to this machine."""
    host, port = host_of(url).partition("%")[0], urlsplit(url).port
    bracketed = f"[{host}]" if ":" in host else host
    return f"{bracketed}:{port}" if port else bracketed


def is_url(text: str, *schemes: str) -> bool:
    """Return whether `text` is a URL with a host and one of `schemes`."""
    try:
        url = urlsplit(text)
        return url.scheme in schemes and bool(url.hostname) and is_host(url.hostname or "") and url.port != 0
    except ValueError:
        return False


def is_host(name: str) -> bool:
    """Return whether `name` is a valid host name; TLS and the resolver fail with unclear errors for others."""
    if name.isascii():
        return name.isprintable() and " " not in name
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def authorization(user: "User") -> str:
    """Return the value of the header Authorization; empty for a user without a token or a password."""
    if user.token:
        return f"Bearer {user.token}"
    if user.username:
        basic = f"{user.username}:{user.password or ''}".encode()
        return f"Basic {base64.b64encode(basic).decode()}"
    return ""


def request_headers(user: "User") -> Iterator[tuple[str, str]]:
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


def _impersonation(user: "User") -> Iterator[tuple[str, str]]:
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
