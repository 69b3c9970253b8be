"""The values of a tunnel's fields, read from what people write; no message contains a value."""

import re
from collections.abc import Callable, Iterable

from kgctl_py.wireguard.cidr import BITS, IPInterface, parse_decimal, parse_number
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import MAX_PORT, Endpoint, parse_endpoint
from kgctl_py.wireguard.key import Key

MAX_MTU = 65535
_PLACEHOLDER = "PUT-THE-"
"""How what kgctl writes in the place of a key begins."""


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 or what its mark says, and any bytes in comments; raise ValueError."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data:
        raise ValueError("is no text")
    return data.decode("utf-8", "replace")


def number(most: int) -> Callable[[str], int]:
    """Return what reads a number from 0 to `most`."""

    def read(text: str) -> int:
        value = parse_decimal(text, most)
        if value is None:
            raise ValueError(f"is no number from 0 to {most}")
        return value

    return read


def mtu(text: str) -> int | None:
    """Read an MTU; an empty one is none, as for wg-quick(8)."""
    return number(MAX_MTU)(text) or None if text else None


def keepalive(text: str) -> int:
    """Read a keepalive in seconds, or `off`."""
    return 0 if text.lower() == "off" else number(MAX_KEEPALIVE)(text)


def preshared_key(text: str) -> Key | None:
    """Read a preshared key; one of zeros, or a place for one, is none."""
    if text.startswith(_PLACEHOLDER):
        return None
    key = Key.parse(text)
    return key if any(key.raw) else None


def words(text: str) -> tuple[str, ...]:
    """Read words with spaces or commas between them."""
    return tuple(re.findall(r"[^\s,]+", text))


def cidrs(text: str) -> tuple[IPInterface, ...]:
    """Read networks, of an address alone its host CIDR."""
    return tuple(map(_cidr, words(text)))


def endpoint(text: str) -> Endpoint:
    """Read an endpoint; a host that Kilo would refuse, as an address with a zone, becomes a name."""
    try:
        return parse_endpoint(text.lower())
    except ValueError:
        host, colon, port_text = text.rpartition(":")
        port = parse_decimal(port_text, MAX_PORT)
        if not (host and colon and port):
            raise ValueError("is not HOST:PORT") from None
        return Endpoint(name=host.removeprefix("[").removesuffix("]"), port=port, text=text)


def table(text: str) -> str:
    """Read a routing table; `auto` is none, as nothing is."""
    return "" if text == "auto" else text


def search_domains(names: Iterable[str]) -> tuple[str, ...]:
    """Return the search domains among systemd's, without the marks for what is only routed."""
    return tuple(name.removeprefix("~") for name in names if name != "~.")


def _cidr(text: str) -> IPInterface:
    address, slash, prefix = text.partition("/")
    parsed = parse_number(address)
    bits = BITS[parsed[0]] if parsed else 0
    length = parse_decimal(prefix, bits) if slash else bits
    if parsed is None or length is None:
        raise ValueError("is no list of ADDRESS/PREFIX")
    return IPInterface(*parsed, length)
