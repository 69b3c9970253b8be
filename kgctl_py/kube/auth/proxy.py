"""The proxy to an API server, as Go chooses it (golang.org/x/net/http/httpproxy)."""

import base64
import ipaddress
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access
from kgctl_py.kube.auth.url_and_headers import host_of, is_loopback, is_url

_SCHEMES = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}


def choose_proxy(access: Access) -> str:
    """Return the URL of the proxy to the server of `access`, or an empty text; raise KgctlError if it is invalid.

    A proxy-url applies to every host. A proxy of the environment, which can be without a scheme, does not apply to
    the loopback or the hosts in NO_PROXY.
    """
    named = access.cluster.proxy_url or ""
    if not named:
        url = urlsplit(access.server)
        named = _variable(f"{url.scheme}_proxy")
        if not named or _is_exempt(host_of(access.server), url.port or _PORTS.get(url.scheme, 0)):
            return ""
        named = named if "://" in named else f"http://{named}"
    if not is_url(named, *_SCHEMES):
        hint = f"check proxy-url in {access.source}, and HTTPS_PROXY"
        raise KgctlError("the proxy of the API server is not a URL", hint=hint)
    return named.replace("socks5://", "socks5h://", 1)  # in Go, every SOCKS proxy resolves names


def use_proxy(configuration: Any, proxy: str) -> None:
    """Set a proxy in the configuration of the package `kubernetes`, with the user and password in its URL."""
    import importlib.util

    url = urlsplit(proxy)
    if url.scheme.startswith("socks") and not importlib.util.find_spec("socks"):
        raise KgctlError("a SOCKS proxy needs the package PySocks", hint="to install it: uv pip install pysocks")
    configuration.proxy, configuration.no_proxy = proxy or None, None
    if url.username:
        basic = f"{unquote(url.username)}:{unquote(url.password or '')}"
        configuration.proxy_headers = {"Proxy-Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"}


def _variable(name: str) -> str:
    """Return a variable of the environment, in upper or lower case; Go does not support ALL_PROXY."""
    if name == "http_proxy" and os.environ.get("REQUEST_METHOD"):
        return os.environ.get(name, "")  # a CGI server sets HTTP_PROXY from a header of the client
    return os.environ.get(name.upper()) or os.environ.get(name, "")


def _is_exempt(host: str, port: int) -> bool:
    """Return whether the proxy of the environment does not apply to a host."""
    host = host.lower()
    if is_loopback(host):
        return True
    return any(_matches(entry, host, port) for entry in _no_proxy())


def _no_proxy() -> Iterator[str]:
    for entry in _variable("no_proxy").lower().split(","):
        if entry.strip():
            yield entry.strip()


def _matches(entry: str, host: str, port: int) -> bool:
    """Return whether an entry of NO_PROXY matches a host: `*`, a network, or a host with an optional port."""
    if entry == "*":
        return True
    address = _address(host)
    if "/" in entry:
        return address is not None and _in_network(address, entry)
    name, wanted_port = _split_port(entry)
    if wanted_port and wanted_port != str(port):
        return False
    if _address(name) is not None:
        return address is not None and address == _address(name)
    domain = name.removeprefix("*")
    return host.endswith(domain) if domain.startswith(".") else bool(domain) and f".{host}".endswith(f".{domain}")


def _split_port(entry: str) -> tuple[str, str]:
    """Return the host and the port of HOST:PORT or [ADDRESS]:PORT; the port can be empty."""
    host, colon, port = entry.rpartition(":")
    if colon and (":" not in host or (host.startswith("[") and host.endswith("]"))):
        return host.strip("[]"), port
    return entry, ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
