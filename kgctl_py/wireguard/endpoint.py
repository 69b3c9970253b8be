"""The endpoint of a WireGuard peer: an IP address or a DNS name, and a UDP port."""

import re

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPAddress, address, address_text, parse_decimal, parse_number

__all__ = ["Endpoint", "IPAddress", "is_dns_name", "parse_endpoint", "parse_ip"]

MAX_PORT = 65535
MAX_NAME = 253
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
RFC1123_SUBDOMAIN = f"{_LABEL}([.]{_LABEL})*"
"""A pattern for any regular expression engine; a name also has at most `MAX_NAME` characters."""
NAME_RULE = f'up to {MAX_NAME} lower-case letters, digits, "-", and "."; start and end with a letter or digit'
"""The rule of `is_dns_name` in words; each part between dots also starts and ends so."""

_SUBDOMAIN = re.compile(RFC1123_SUBDOMAIN)
MISTYPED = "is a mistyped address: the last label of a host name cannot be a number"
_LONG_LABEL = "is not a host name: a label between dots has at most 63 characters"
_MAX_LABEL = 63
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_C_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}")
_IPV4_PARTS, _BYTE = 4, 256


class Endpoint(Value, frozen=True, kw_only=True):
    """An IP endpoint (`ip` alone) or a DNS endpoint (`name`, and its `ip` once resolved)."""

    name: str = ""
    ip: IPAddress | None = None
    port: int
    zone: str = ""
    """The interface for a link-local IPv6 address, as in `fe80::1%eth0`."""
    text: str = ""
    """A DNS endpoint as written: Kilo prints its brackets and leading zeros unchanged."""

    @property
    def host(self) -> str:
        """The DNS name, or the IP address in its canonical form, with its zone."""
        return self.name or f"{self.ip}{self._zone}"

    @property
    def _zone(self) -> str:
        return f"%{self.zone}" if self.zone else ""

    def __str__(self) -> str:
        if self.name:
            return self.text or f"{self.name}:{self.port}"
        host = (address_text(self.ip) if self.ip else str(None)) + self._zone
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def is_dns_name(text: str) -> bool:
    """Return whether `text` is a lower-case RFC 1123 subdomain, by Kubernetes' rule (no limit on a label)."""
    return len(text) <= MAX_NAME and _SUBDOMAIN.fullmatch(text) is not None


def ends_in_number(name: str) -> bool:
    """Return whether the last label of a host name is a number, which means a mistyped address.

    The rule comes from the URL standard and RFC 3696, section 2: no top-level domain is a number.
    """
    return _NUMBER.fullmatch(name.removesuffix(".").rpartition(".")[2]) is not None


def impossible_name(name: str) -> str:
    """Return why a DNS name that Kilo and Kubernetes accept is not a valid host name; empty if it is valid."""
    if ends_in_number(name):
        return MISTYPED
    return _LONG_LABEL if any(len(label) > _MAX_LABEL for label in name.split(".")) else ""


def is_short_ipv4(text: str) -> bool:
    """Return whether inet_aton(3) reads `text` as an IPv4 address: one to four numbers, also hexadecimal."""
    parts = text.split(".")
    if len(parts) > _IPV4_PARTS or not all(map(_C_NUMBER.fullmatch, parts)):
        return False
    numbers = [
        int(part, 16) if part[:2].lower() == "0x" else int(part, 8 if part[0] == "0" else 10) for part in parts
    ]
    return all(number < _BYTE for number in numbers[:-1]) and numbers[-1] < _BYTE ** (5 - len(parts))


def parse_ip(text: str) -> IPAddress | None:
    """Parse an address as Go's `net.ParseIP`: strict, without a zone, IPv4-mapped IPv6 as IPv4; otherwise None."""
    parsed = parse_number(text)
    return address(*parsed) if parsed else None


def parse_endpoint(text: str) -> Endpoint:
    """Parse `IP:port`, `[IP]:port`, or `name:port` as Kilo does (pkg/wireguard/conf.go); raise ValueError."""
    host, port_text = _split_host_port(text)
    port = parse_decimal(port_text, MAX_PORT)
    if not port:
        raise ValueError(f"has no port between 1 and {MAX_PORT}")
    ip = parse_ip(host)
    if ip:
        return Endpoint(ip=ip, port=port)
    if not is_dns_name(host):
        raise ValueError("has a host that is neither an IP address nor a lower-case DNS name")
    return Endpoint(name=host, port=port, text=text)


def _split_host_port(text: str) -> tuple[str, str]:
    """Split as Go's `net.SplitHostPort`: brackets are allowed only around the whole host."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    inner = host[1:-1] if bracketed else host
    rest = inner + port
    if not colon or (":" in inner and not bracketed) or "[" in rest or "]" in rest:
        raise ValueError("is not HOST:PORT")
    return inner, port
