"""The proxy on the way to an API server."""

import base64
import ipaddress
import os
from typing import Any
from urllib.parse import unquote, urlsplit

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth.rest_config import Access, is_url

_SCHEMES = ("http", "https", "socks5", "socks5h")


_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def may_need_proxy(access: Access) -> bool:
    """Tell whether a proxy is named, for this cluster or in the environment; whether it is used is seen later."""
    if access.cluster.proxy_url:
        return True
    named = any(os.environ.get(name) or os.environ.get(name.lower()) for name in _VARIABLES)
    return named and not _is_loopback(urlsplit(access.server).hostname or "")


def choose_proxy(configuration: Any, access: Access) -> None:
    """Set the proxy that Go would use, where the package chose another.

    A proxy-url is used for every host; one from the environment never for the loopback, and perhaps without
    its scheme; and a proxy's own user and password are sent to it.
    """
    if access.cluster.proxy_url:
        configuration.no_proxy = None
    elif not configuration.proxy or _is_loopback(urlsplit(configuration.host).hostname or ""):
        configuration.proxy = None
        return
    if "://" not in configuration.proxy:
        configuration.proxy = f"http://{configuration.proxy}"
    if not is_url(configuration.proxy, *_SCHEMES):
        raise KgctlError(f"the proxy to the API server is no URL: see proxy-url in {access.source}, HTTPS_PROXY")
    import importlib.util

    proxy = urlsplit(configuration.proxy)
    if proxy.scheme.startswith("socks") and not importlib.util.find_spec("socks"):
        raise KgctlError("a SOCKS proxy needs the package PySocks", hint="uv pip install pysocks")
    if proxy.username:
        basic = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        configuration.proxy_headers = {"Proxy-Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
