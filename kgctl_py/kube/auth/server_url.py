"""URLs as client-go reads them: that of an API server, also without a scheme, and never with a password."""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from kgctl_py.kube.auth.kubeconfig_file import Cluster, User

_USERINFO = re.compile(r"(^|//)[^/@\s]*@")


def server_url(cluster: Cluster, user: User) -> str:
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
