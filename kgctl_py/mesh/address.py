"""Kilo's rules for addresses and CIDRs, which are those of Go's `net` package."""

import ipaddress

from kgctl_py.wireguard.conf import IPInterface
from kgctl_py.wireguard.endpoint import IPAddress, parse_decimal, parse_ip

__all__ = ["IPAddress", "IPInterface", "host_cidr", "is_public", "masked", "parse_cidr"]

_IPV4_BITS = 32
_MAPPED_BITS = 96
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    # as in kilo pkg/mesh/ip.go: its IPv6 range is fd00::/16, not RFC 4193's fc00::/7
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/16")
)


def parse_cidr(text: str) -> IPInterface:
    """Read a CIDR as Go's `net.ParseCIDR` but keeping the host bits, as Kilo's normalizeIP; raise ValueError.

    IPv4-mapped IPv6 becomes IPv4, its prefix counted in the last 32 bits (kilo pkg/k8s/backend.go).
    """
    address, slash, prefix_text = text.partition("/")
    if not slash:
        raise ValueError("is not a CIDR: it has no /PREFIX")
    ip = parse_ip(address)
    if ip is None:
        raise ValueError("is not a CIDR: its address is not an IP address")
    bits = _MAPPED_BITS + _IPV4_BITS if ":" in address else ip.max_prefixlen
    prefix = parse_decimal(prefix_text, bits)
    if prefix is None:
        raise ValueError(f"is not a CIDR: its prefix is not between 0 and {bits}")
    if isinstance(ip, ipaddress.IPv6Address):
        return ipaddress.IPv6Interface((ip, prefix))
    return ipaddress.IPv4Interface((ip, prefix if ":" not in address else max(0, prefix - _MAPPED_BITS)))


def masked(cidr: IPInterface) -> IPInterface:
    """Give the same CIDR with its host bits cleared."""
    network = cidr.network
    if isinstance(network, ipaddress.IPv4Network):
        return ipaddress.IPv4Interface((network.network_address, network.prefixlen))
    return ipaddress.IPv6Interface((network.network_address, network.prefixlen))


def host_cidr(ip: IPAddress) -> IPInterface:
    """Give the CIDR that holds `ip` alone: /32 or /128."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ipaddress.IPv4Interface(int(ip))
    return ipaddress.IPv6Interface(int(ip))


def is_public(ip: IPAddress) -> bool:
    """Tell whether Kilo takes `ip` for public: whatever is in none of the four ranges it knows."""
    return not any(ip in network for network in _PRIVATE)
