"""Parse the fields of configuration files; no message contains a value."""

import re
from collections.abc import Callable, Iterable

from kgctl_py.foreign_files import describe_foreign
from kgctl_py.wireguard.cidr import BITS, IPInterface, parse_decimal, parse_number
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import MAX_PORT, Endpoint, ends_in_number, is_short_ipv4, parse_endpoint, parse_ip
from kgctl_py.wireguard.key import Key

MAX_MTU = 65535
_COMMENT = re.compile(rb"#[^\n]*")
_HOST = re.compile(r"[A-Za-z0-9._-]+")
_MARK = re.compile(r"[0-9]{1,20}|0x[0-9a-fA-F]{1,20}")
PLACEHOLDER = "PUT-THE-"
"""The first characters of the text that kgctl writes in place of a key."""


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in the encoding of its byte order mark; comments can have any bytes.

    Raise ValueError.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in _COMMENT.sub(b"", data):
        found = describe_foreign(data)
        raise ValueError(f"is {found.what}" if found else "is not text")
    return data.decode("utf-8", "replace")


def number(most: int) -> Callable[[str], int]:
    """Return a parser of numbers from 0 to `most`."""

    def read(text: str) -> int:
        value = parse_decimal(text, most)
        if value is None:
            raise ValueError(f"is not a number from 0 to {most}")
        return value

    return read


def mtu(text: str) -> int | None:
    """Parse an MTU; None if empty, as in wg-quick(8)."""
    return number(MAX_MTU)(text) or None if text else None


def keepalive(text: str) -> int:
    """Parse a keepalive in seconds, or `off`."""
    return 0 if text.lower() == "off" else number(MAX_KEEPALIVE)(text)


def preshared_key(text: str) -> Key | None:
    """Parse a preshared key; None for zeros or a placeholder."""
    if text.startswith(PLACEHOLDER):
        return None
    key = Key.parse(text)
    return key if any(key.raw) else None


def canonical_key(text: str) -> Key:
    """Parse a key as wg(8): without stray bits in its last character, which Go ignores."""
    key = Key.parse(text)
    if str(key) != text:
        raise ValueError("is not a WireGuard key (32 bytes in base64)")
    return key


def canonical_preshared_key(text: str) -> Key | None:
    """Parse a preshared key as wg(8); None for zeros or a placeholder."""
    if text.startswith(PLACEHOLDER):
        return None
    key = canonical_key(text)
    return key if any(key.raw) else None


def mark(text: str) -> str:
    """Parse a firewall mark: a decimal or hexadecimal number, or `off`."""
    if text.lower() != "off" and (not _MARK.fullmatch(text) or int(text, 0 if "x" in text else 10) >= 2**32):
        raise ValueError("is not a number from 0 to 0xffffffff")
    return text


def truth(text: str) -> bool:
    """Parse `true` or `false`."""
    if text.lower() not in ("true", "false"):
        raise ValueError("is neither true nor false")
    return text.lower() == "true"


def allowed_ips(text: str) -> tuple[IPInterface, ...]:
    """Parse networks as wg(8): separated by commas, without a comma at the end."""
    return tuple(map(_cidr, text.split(",")))


def words(text: str) -> tuple[str, ...]:
    """Parse words separated by spaces or commas."""
    return tuple(re.findall(r"[^\s,]+", text))


def cidrs(text: str) -> tuple[IPInterface, ...]:
    """Parse networks; a single address becomes its host CIDR."""
    return tuple(map(_cidr, words(text)))


def endpoint(text: str) -> Endpoint:
    """Parse an endpoint; a host that Kilo would refuse becomes a name, and an address can have a zone."""
    try:
        parsed = parse_endpoint(text.lower())
        if _is_host(parsed.name or str(parsed.ip)):
            return parsed
        raise ValueError("is not HOST:PORT")
    except ValueError:
        host, colon, port_text = text.rpartition(":")
        port = parse_decimal(port_text, MAX_PORT)
        bracketed = host.startswith("[")
        name = host.removeprefix("[").removesuffix("]") if bracketed else host
        if not (colon and _is_host(name)) or port is None or bracketed != host.endswith("]"):
            raise ValueError("is not HOST:PORT") from None
        address, _, zone = name.partition("%")
        ip = parse_ip(address) if ":" in address else None
        return Endpoint(ip=ip, zone=zone, port=port) if ip else Endpoint(name=name, port=port, text=text)


def _is_host(name: str) -> bool:
    """Return whether `name` is valid for the resolver of a C library: an address, also with a zone, or a name."""
    address, _, zone = name.partition("%")
    if ":" in address:
        return parse_ip(address) is not None and (not zone or _HOST.fullmatch(zone) is not None)
    return _HOST.fullmatch(name) is not None and (not ends_in_number(name) or is_short_ipv4(name))


def table(text: str) -> str:
    """Parse a routing table; None for `auto` or an empty text."""
    return "" if text == "auto" else text


def search_domains(names: Iterable[str]) -> tuple[str, ...]:
    """Return the search domains of systemd, without those that are only for routing."""
    return tuple(name.removeprefix("~") for name in names if name != "~.")


def _cidr(text: str) -> IPInterface:
    address, slash, prefix = text.partition("/")
    parsed = parse_number(address)
    bits = BITS[parsed[0]] if parsed else 0
    length = parse_decimal(prefix, bits) if slash else bits
    if parsed is None or length is None:
        raise ValueError("is not a list of ADDRESS/PREFIX")
    return IPInterface(*parsed, length)
