"""Kilo's rules for addresses and CIDRs, which are those of Go's `net` package."""

from kgctl_py.wireguard.cidr import IPV4, IPAddress, IPInterface, host, parse_number
from kgctl_py.wireguard.endpoint import parse_decimal

__all__ = ["IPAddress", "IPInterface", "host_cidr", "is_public", "is_reachable", "masked", "parse_cidr"]

_IPV4_BITS = 32
_IPV6_BITS = 128
_MAPPED_BITS = _IPV6_BITS - _IPV4_BITS


def parse_cidr(text: str) -> IPInterface:
    """Read a CIDR as Go's `net.ParseCIDR` but keeping the host bits, as Kilo's normalizeIP; raise ValueError.

    IPv4-mapped IPv6 becomes IPv4, its prefix counted in the last 32 bits (kilo pkg/k8s/backend.go).
    """
    address, slash, prefix_text = text.partition("/")
    if not slash:
        raise ValueError("is not a CIDR: it has no /PREFIX")
    parsed = parse_number(address)
    if parsed is None:
        raise ValueError("is not a CIDR: its address is not an IP address")
    version, number = parsed
    bits = _IPV6_BITS if ":" in address else _IPV4_BITS
    prefix = parse_decimal(prefix_text, bits)
    if prefix is None:
        raise ValueError(f"is not a CIDR: its prefix is not between 0 and {bits}")
    mapped = version == IPV4 and bits == _IPV6_BITS
    return IPInterface(version, number, max(0, prefix - _MAPPED_BITS) if mapped else prefix)


def masked(cidr: IPInterface) -> IPInterface:
    """Give the same CIDR with its host bits cleared."""
    return cidr.masked()


def host_cidr(ip: IPAddress) -> IPInterface:
    """Give the CIDR that holds `ip` alone: /32 or /128."""
    return host(ip)


def is_public(ip: IPAddress) -> bool:
    """Tell whether Kilo takes `ip` for public: whatever is in none of the four ranges it knows."""
    cidr = host(ip)
    return not any(cidr.overlaps(private) for private in _PRIVATE)


def is_reachable(ip: IPAddress) -> bool:
    """Tell whether `ip` can be called from elsewhere: it is not private, shared, local to a link or a host.

    These are the ranges of RFC 1918, 6598, 1122, 3927, 4193 and 4291; those for documentation are as good as any.
    """
    return not any(host(ip).overlaps(near) for near in _NOT_REACHABLE)


_PRIVATE = tuple(
    parse_cidr(text)
    # as in kilo pkg/mesh/ip.go: its IPv6 range is fd00::/16, not RFC 4193's fc00::/7
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/16")
)
_NOT_REACHABLE = tuple(
    parse_cidr(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)
