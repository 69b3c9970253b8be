"""Where a WireGuard peer listens: an IP address or a DNS name, and a UDP port."""

import re

from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPAddress, address, address_text, parse_decimal, parse_number

__all__ = ["Endpoint", "IPAddress", "is_dns_name", "parse_endpoint", "parse_ip"]

MAX_PORT = 65535
MAX_NAME = 253
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
RFC1123_SUBDOMAIN = f"{_LABEL}([.]{_LABEL})*"
"""A pattern for any engine of regular expressions; a name also has at most `MAX_NAME` characters."""

_SUBDOMAIN = re.compile(RFC1123_SUBDOMAIN)


class Endpoint(Value, frozen=True, kw_only=True):
    """An IP endpoint (`ip` alone) or a DNS endpoint (`name`, and its `ip` once resolved)."""

    name: str = ""
    ip: IPAddress | None = None
    port: int
    text: str = ""
    """A DNS endpoint as it was written: Kilo prints brackets and leading zeros of it unchanged."""

    @property
    def host(self) -> str:
        """The DNS name, or the IP address in its canonical form."""
        return self.name or str(self.ip)

    def __str__(self) -> str:
        if self.name:
            return self.text or f"{self.name}:{self.port}"
        host = address_text(self.ip) if self.ip else str(None)
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def is_dns_name(text: str) -> bool:
    """Return whether `text` is a lower-case RFC 1123 subdomain, by Kubernetes' rule (no limit on a label)."""
    return len(text) <= MAX_NAME and _SUBDOMAIN.fullmatch(text) is not None


def parse_ip(text: str) -> IPAddress | None:
    """Read an address as Go's `net.ParseIP`: strict, without a zone, IPv4-mapped IPv6 as IPv4; else None."""
    parsed = parse_number(text)
    return address(*parsed) if parsed else None


def parse_endpoint(text: str) -> Endpoint:
    """Read `IP:port`, `[IP]:port` or `name:port` as Kilo does (pkg/wireguard/conf.go); raise ValueError."""
    host, port_text = _split_host_port(text)
    port = parse_decimal(port_text, MAX_PORT)
    if not port:
        raise ValueError(f"has no port between 1 and {MAX_PORT}")
    ip = parse_ip(host)
    if ip:
        return Endpoint(ip=ip, port=port)
    if not is_dns_name(host):
        raise ValueError("has no IP address or lower-case DNS name as its host")
    return Endpoint(name=host, port=port, text=text)


def _split_host_port(text: str) -> tuple[str, str]:
    """Split as Go's `net.SplitHostPort`: brackets are only taken around the whole host."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    inner = host[1:-1] if bracketed else host
    if not colon or (":" in inner and not bracketed) or any(c in inner + port for c in "[]"):
        raise ValueError("is not HOST:PORT")
    return inner, port
