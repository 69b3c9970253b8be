"""What is believed of the values that a cluster tells of itself: each function gives the value, or ValueError."""

import re
from collections.abc import Callable

from kgctl_py.mesh.address import IPAddress, IPInterface, masked, parse_cidr
from kgctl_py.wireguard.cidr import parse_decimal
from kgctl_py.wireguard.endpoint import MAX_PORT, is_dns_name, parse_ip

_WIDEST = {4: 8, 6: 32}
"""The shortest prefixes believed of a Service CIDR; Kubernetes itself takes none below /12 and /64."""


def cidr(text: str) -> IPInterface:
    """Read a CIDR without its host bits."""
    return masked(parse_cidr(text))


def service_cidr(text: str) -> IPInterface:
    """Read a CIDR that Services may have; not one that would draw half the world into the tunnel."""
    found = cidr(text)
    if found.prefixlen < _WIDEST[found.version]:
        raise ValueError("is too wide to be a Service CIDR")
    return found


def ip(text: str) -> IPAddress:
    """Read an IP address."""
    address = parse_ip(text)
    if address is None:
        raise ValueError("is not an IP address")
    return address


def domain(text: str) -> str:
    """Read a DNS name, without the dot of the root."""
    name = text.removesuffix(".")
    if not is_dns_name(name):
        raise ValueError("is not a lower-case DNS name")
    return name


def port(text: str) -> int:
    """Read a port."""
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


granularity = _matching("location|full", 'is neither "location" nor "full"')
interface = _matching(r"[A-Za-z0-9_=+.-]{1,15}", "is no name of an interface")
mtu = _matching("auto|[0-9]{1,5}", "is no MTU")
label = _matching(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", "is no name of a label")
