"""CIDRs as numbers, parsed as in the `net` package of Go; a large mesh has tens of thousands."""

import ipaddress
from typing import NamedTuple

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV4, IPV6 = 4, 6

_OCTETS = {str(number): number for number in range(256)}
BITS = {IPV4: 32, IPV6: 128}
"""The bits of an address by its version."""
_PREFIX_LENGTHS = {str(number): number for number in range(129)}
"""Every prefix length as text, so that most lengths need only a lookup."""
_IPV4_PREFIX_LENGTHS = {str(number): number for number in range(33)}


class IPInterface(NamedTuple):
    """An address with a prefix length and host bits, as in `ipaddress`, but ten times faster.

    `version` is 4 or 6, `number` is the address as an unsigned integer, and `prefixlen` is in bits.
    """

    version: int
    number: int
    prefixlen: int

    @property
    def max_prefixlen(self) -> int:
        """The number of bits of an address: 32 or 128."""
        return BITS[self.version]

    @property
    def ip(self) -> IPAddress:
        """The address without its prefix length."""
        return address(self.version, self.number)

    @property
    def network(self) -> IPNetwork:
        """The network of the address."""
        number = self.masked().number
        if self.version == IPV4:
            return ipaddress.IPv4Network((number, self.prefixlen))
        return ipaddress.IPv6Network((number, self.prefixlen))

    def prefix(self, length: int) -> int:
        """Return the first `length` bits of the address as a number."""
        return self.number >> (BITS[self.version] - length)

    def masked(self) -> "IPInterface":
        """Return the CIDR without host bits."""
        host_bits = BITS[self.version] - self.prefixlen
        number = self.number >> host_bits << host_bits
        return self if number == self.number else IPInterface(self.version, number, self.prefixlen)

    def host(self) -> "IPInterface":
        """Return the /32 or /128 of the address."""
        return IPInterface(self.version, self.number, BITS[self.version])

    def overlaps(self, other: "IPInterface") -> bool:
        """Return whether an address is in both networks."""
        length = min(self.prefixlen, other.prefixlen)
        return self.version == other.version and self.prefix(length) == other.prefix(length)

    def __str__(self) -> str:
        if self.version == IPV4:
            return f"{_dotted(self.number)}/{self.prefixlen}"
        return f"{self.ip}/{self.prefixlen}"


def address_text(ip: IPAddress) -> str:
    """Return the text of an address as `str` does, but four times as fast for IPv4."""
    return _dotted(int(ip)) if ip.version == IPV4 else str(ip)


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def host(ip: IPAddress) -> IPInterface:
    """Return the /32 or /128 of `ip`."""
    return IPInterface(ip.version, int(ip), ip.max_prefixlen)


def address(version: int, number: int) -> IPAddress:
    """Return the address for a number."""
    return ipaddress.IPv4Address(number) if version == IPV4 else ipaddress.IPv6Address(number)


def parse_number(text: str) -> tuple[int, int] | None:
    """Parse an address as Go's `net.ParseIP`: strict, without a zone, IPv4-mapped IPv6 as IPv4; otherwise None.

    Return its version and number.
    """
    if ":" in text:
        return _ipv6_number(text)
    try:
        a, b, c, d = text.split(".")
        return IPV4, _OCTETS[a] << 24 | _OCTETS[b] << 16 | _OCTETS[c] << 8 | _OCTETS[d]
    except (ValueError, KeyError):
        return None


def _ipv6_number(text: str) -> tuple[int, int] | None:
    try:
        ip = ipaddress.IPv6Address(text) if "%" not in text else None
    except ValueError:
        return None
    if ip is None:
        return None
    mapped = ip.ipv4_mapped
    return (IPV4, int(mapped)) if mapped else (IPV6, int(ip))


def parse_decimal(text: str, most: int) -> int | None:
    """Parse a number from 0 to `most` as Go does, without a sign, with leading zeros; otherwise None."""
    number = _PREFIX_LENGTHS.get(text)
    if number is not None:
        return number if number <= most else None
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit() and len(digits) <= len(str(most))):
        return None  # Python can refuse to parse a number with more digits
    number = int(digits or "0")
    return number if number <= most else None


def parse_cidr(text: str) -> IPInterface:
    """Parse a CIDR as Go's `net.ParseCIDR`, but keep the host bits, as Kilo's normalizeIP; raise ValueError.

    IPv4-mapped IPv6 becomes IPv4, its prefix counted in the last 32 bits (kilo pkg/k8s/backend.go).
    """
    address_part, slash, prefix_text = text.partition("/")
    try:  # twice as fast for usual IPv4 CIDRs
        a, b, c, d = address_part.split(".")
        number = _OCTETS[a] << 24 | _OCTETS[b] << 16 | _OCTETS[c] << 8 | _OCTETS[d]
        return IPInterface(IPV4, number, _IPV4_PREFIX_LENGTHS[prefix_text])
    except (ValueError, KeyError):
        return _parse_unusual_cidr(address_part, slash, prefix_text)


def _parse_unusual_cidr(address_part: str, slash: str, prefix_text: str) -> IPInterface:
    """Parse any CIDR; raise ValueError."""
    if not slash:
        is_address = parse_number(address_part) is not None
        raise ValueError(f"is not a CIDR{': it has no prefix length, such as /32' if is_address else ''}")
    parsed = parse_number(address_part)
    if parsed is None:
        raise ValueError("is not a CIDR: its address is not an IP address")
    version, number = parsed
    bits = BITS[IPV6 if ":" in address_part else IPV4]
    prefix = parse_decimal(prefix_text, bits)
    if prefix is None:
        raise ValueError(f"is not a CIDR: its prefix length is not between 0 and {bits}")
    mapped = bits - BITS[version]
    return IPInterface(version, number, max(0, prefix - mapped))
