"""Validators for settings of a cluster: each returns the value, or raises ValueError."""

import re
from collections.abc import Callable

from kgctl_py.mesh.address import IPAddress, IPInterface, masked, parse_cidr
from kgctl_py.wireguard.cidr import parse_decimal
from kgctl_py.wireguard.endpoint import MAX_PORT, is_dns_name, parse_ip

_WIDEST = {4: 8, 6: 32}
"""The shortest valid prefix of a Service CIDR by IP version; Kubernetes itself requires /12 and /64."""


def cidr(text: str) -> IPInterface:
    """Return a CIDR without its host bits."""
    return masked(parse_cidr(text))


def service_cidr(text: str) -> IPInterface:
    """Return a CIDR for Services; a wide one would route much of the Internet into the tunnel."""
    interface = cidr(text)
    if interface.prefixlen < _WIDEST[interface.version]:
        raise ValueError("is too wide to be a Service CIDR")
    return interface


def ip(text: str) -> IPAddress:
    """Return an IP address."""
    address = parse_ip(text)
    if address is None:
        raise ValueError("is not an IP address")
    return address


def domain(text: str) -> str:
    """Return a DNS name without the final dot."""
    name = text.removesuffix(".")
    if not is_dns_name(name):
        raise ValueError("is not a lower-case DNS name")
    return name


def port(text: str) -> int:
    """Return a port."""
    number = parse_decimal(text, MAX_PORT)
    if not number:
        raise ValueError(f"is not between 1 and {MAX_PORT}")
    return number


def _matching(pattern: str, why: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(why)
        return text

    return parse


granularity = _matching("location|full|cross", 'is not "location", "full", or "cross"')
interface = _matching(r"[A-Za-z0-9_=+.-]{1,15}", "is not an interface name")
mtu = _matching("auto|[0-9]{1,5}", "is not an MTU")
label = _matching(
    r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", "is not a valid label name"
)
