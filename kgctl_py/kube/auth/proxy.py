"""The proxy to an API server."""

import base64
from typing import Any
from urllib.parse import unquote, urlsplit

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth.rest_config import Access, is_loopback, is_url

_SCHEMES = ("http", "https", "socks5", "socks5h")


def choose_proxy(configuration: Any, access: Access) -> None:
    """Set the proxy that Go would use, where the package `kubernetes` chooses another.

    A proxy-url holds for every host; a proxy from the environment, which may lack a scheme, not for the loopback;
    a user and password in the URL of a proxy are sent to it.
    """
    if access.cluster.proxy_url:
        configuration.no_proxy = None
    elif not configuration.proxy or is_loopback(urlsplit(configuration.host).hostname or ""):
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
