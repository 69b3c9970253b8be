"""Kilo's rules for addresses: its default subnet, and which addresses are public or reachable."""

from collections.abc import Iterable

from kgctl_py.wireguard.cidr import IPAddress, IPInterface, host, parse_cidr
from kgctl_py.wireguard.endpoint import Endpoint, impossible_name, parse_ip

__all__ = [
    "DEFAULT_SUBNET",
    "IPAddress",
    "IPInterface",
    "address_or_cidr",
    "host_addresses",
    "host_cidr",
    "is_public",
    "is_reachable",
    "masked",
    "parse_cidr",
    "unusable",
    "unusable_endpoint",
]

DEFAULT_SUBNET = parse_cidr("10.4.0.0/16")
"""The subnet of kg without `--subnet`."""


def masked(cidr: IPInterface) -> IPInterface:
    """Return the same CIDR with its host bits cleared."""
    return cidr.masked()


def host_cidr(ip: IPAddress) -> IPInterface:
    """Return the CIDR of `ip` alone: /32 or /128."""
    return host(ip)


def address_or_cidr(text: str) -> IPInterface:
    """Return the CIDR in `text`, or that of an address alone; raise ValueError."""
    if "/" in text:
        return parse_cidr(text)
    if ip := parse_ip(text):
        return host_cidr(ip)
    raise ValueError("is neither an IP address nor a CIDR")


def host_addresses(cidrs: Iterable[IPInterface]) -> tuple[IPInterface, ...]:
    """Return the host routes, /32 and /128, which can be addresses of an interface."""
    return tuple(cidr for cidr in cidrs if cidr.prefixlen == cidr.max_prefixlen)


def is_public(ip: IPAddress) -> bool:
    """Return whether Kilo treats `ip` as public: it is in none of the four ranges that Kilo knows."""
    cidr = host(ip)
    return not any(cidr.overlaps(private) for private in _PRIVATE)


def is_reachable(ip: IPAddress) -> bool:
    """Return whether `ip` is reachable from other networks: it is not private, shared, link-local, or a loopback.

    The ranges are those of RFC 1918, 6598, 1122, 3927, 4193, and 4291; the ranges for documentation count as
    reachable.
    """
    return not any(host(ip).overlaps(near) for near in _NOT_REACHABLE)


def unusable(cidr: IPInterface) -> str:
    """Return why no peer can have the addresses of `cidr`; empty if it can have some (RFC 6890, RFC 5771)."""
    inside = (why for net, why in _UNUSABLE if cidr.prefixlen >= net.prefixlen and net.overlaps(cidr))
    return next(inside, "")


def unusable_endpoint(endpoint: Endpoint) -> str:
    """Return why `endpoint` is unreachable, although Kilo accepts it; empty if packets can reach it.

    A loopback address is allowed, because a proxy on the same machine can have it.
    """
    if endpoint.ip is None:
        return impossible_name(endpoint.name)
    cidr = host(endpoint.ip)
    return "" if any(local.overlaps(cidr) for local in _LOCAL) else unusable(cidr)


_UNUSABLE = tuple(
    (parse_cidr(text), why)
    for text, why in (
        ("0.0.0.0/8", "is not the address of a host"),
        ("::/128", "is not the address of a host"),
        ("255.255.255.255/32", "is the broadcast address"),
        ("127.0.0.0/8", "is a loopback address"),
        ("::1/128", "is a loopback address"),
        ("169.254.0.0/16", "is a link-local address"),
        ("fe80::/10", "is a link-local address"),
        ("224.0.0.0/4", "is a multicast address"),
        ("ff00::/8", "is a multicast address"),
    )
)
_LOCAL = tuple(map(parse_cidr, ("127.0.0.0/8", "::1/128", "169.254.0.0/16")))
_PRIVATE = tuple(
    parse_cidr(text)
    # as in kilo pkg/mesh/ip.go: its IPv6 range is fd00::/16, not RFC 4193's fc00::/7
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/16")
)
_NOT_REACHABLE = tuple(
    parse_cidr(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
