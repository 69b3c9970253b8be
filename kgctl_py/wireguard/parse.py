"""Configuration files, read as wg(8) and wg-quick(8) read them; no message contains a value."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kgctl_py.value import Value, field
from kgctl_py.wireguard.cidr import BITS, IPInterface, parse_decimal, parse_number
from kgctl_py.wireguard.conf import MAX_KEEPALIVE, Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import MAX_PORT, Endpoint, parse_endpoint
from kgctl_py.wireguard.key import Key

_MAX_MTU = 65535
_NAME = re.compile(r"[A-Za-z0-9]{1,24}")
"""The name of a field; a longer one could be a misplaced secret, which must not be reported as a name."""


class Parsed(Value, frozen=True):
    """The configuration in a file, and the names of the fields that were `ignored`: commands and unknown ones."""

    conf: Conf
    ignored: tuple[str, ...]


def parse_conf(text: str) -> Parsed:
    """Return the configuration in a file; raise ValueError, with the line, for what `wg` would refuse.

    A PrivateKey that is no key is ignored, since it may be a placeholder. The comment right above a `[Peer]`
    becomes the peer's.
    """
    sections = list(_sections(text))
    if not sections:
        raise ValueError("has neither an [Interface] nor a [Peer]")
    ignored: dict[str, None] = {}
    interface: dict[str, Any] = {}
    for section in sections:
        if section.name == _INTERFACE:
            interface |= _read(section, _INTERFACE_FIELDS, ignored, interface)
    conf = Conf(
        interface=Interface(**interface) if any(section.name == _INTERFACE for section in sections) else None,
        peers=tuple(_peer(section, ignored) for section in sections if section.name == _PEER),
    )
    return Parsed(conf, tuple(ignored))


class _Section(Value, frozen=True):
    """A section of a file: its name, its first line, the comment above it, and its fields with their lines."""

    name: str
    line: int
    comment: str
    lines: list[tuple[int, str, str]] = field(default_factory=list)


def _sections(text: str) -> Iterator[_Section]:
    section, comment = None, ""
    for number, line in enumerate(text.splitlines(), 1):
        statement, _, remark = (part.strip() for part in line.partition("#"))
        name = re.sub(r"\s", "", statement).lower()
        if name in (_INTERFACE, _PEER):
            if section:
                yield section
            section = _Section(name, number, comment)
        elif statement:
            key, equals, value = (part.strip() for part in statement.partition("="))
            if not section or not equals or not _NAME.fullmatch(key):
                raise ValueError(f"line {number} is neither a section nor KEY = VALUE in one")
            section.lines.append((number, key, value))
        comment = "" if statement else remark
    if section:
        yield section


def _peer(section: _Section, ignored: dict[str, None]) -> Peer:
    fields = _read(section, _PEER_FIELDS, ignored, {})
    if "public_key" not in fields:
        raise ValueError(f"line {section.line} begins a [Peer] without a PublicKey")
    return Peer(comment=section.comment, **fields)


def _read(
    section: _Section, keys: "dict[str, _Field]", ignored: dict[str, None], earlier: dict[str, Any]
) -> dict[str, Any]:
    """Return the fields of a section: of a single value the last one counts, and lists grow."""
    fields = dict(earlier)
    for number, name, text in section.lines:
        key = keys.get(name.lower())
        if key is None:
            ignored[name] = None
            continue
        try:
            value = key.read(text)
        except ValueError as error:
            if key.field != "private_key":
                raise ValueError(f"line {number}: {key.name} {error}") from None
            ignored["a PrivateKey that is none"] = None
            continue
        fields[key.field] = fields.get(key.field, ()) + value if isinstance(value, tuple) else value
    return fields


class _Field(Value, frozen=True):
    """A field of a file: its name, the attribute it fills, and how a value is read; a tuple extends a list."""

    name: str
    field: str
    read: Callable[[str], Any]


def _number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = parse_decimal(text, most)
        if number is None:
            raise ValueError(f"is no number from 0 to {most}")
        return number

    return read


def _keepalive(text: str) -> int:
    return 0 if text.lower() == "off" else _number(MAX_KEEPALIVE)(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\s,]+", text))


def _cidrs(text: str) -> tuple[IPInterface, ...]:
    return tuple(map(_cidr, _words(text)))


def _cidr(text: str) -> IPInterface:
    address, slash, prefix = text.partition("/")
    parsed = parse_number(address)
    bits = BITS[parsed[0]] if parsed else 0
    length = parse_decimal(prefix, bits) if slash else bits
    if parsed is None or length is None:
        raise ValueError("is no list of ADDRESS/PREFIX")
    return IPInterface(*parsed, length)


def _endpoint(text: str) -> Endpoint:
    """Return an endpoint; a host that Kilo would refuse, as an address with a zone, becomes a name."""
    try:
        return parse_endpoint(text.lower())
    except ValueError:
        host, colon, port_text = text.rpartition(":")
        port = parse_decimal(port_text, MAX_PORT)
        if not (host and colon and port):
            raise ValueError("is not HOST:PORT") from None
        return Endpoint(name=host, port=port, text=text)


def _table(text: str) -> str:
    return "" if text == "auto" else text


_INTERFACE, _PEER = "[interface]", "[peer]"
_INTERFACE_FIELDS = {
    key.name.lower(): key
    for key in (
        _Field("PrivateKey", "private_key", Key.parse),
        _Field("ListenPort", "listen_port", _number(MAX_PORT)),
        _Field("Address", "addresses", _cidrs),
        _Field("DNS", "dns", _words),
        _Field("MTU", "mtu", _number(_MAX_MTU)),
        _Field("Table", "table", _table),
    )
}
_PEER_FIELDS = {
    key.name.lower(): key
    for key in (
        _Field("PublicKey", "public_key", Key.parse),
        _Field("PresharedKey", "preshared_key", Key.parse_or_none),
        _Field("AllowedIPs", "allowed_ips", _cidrs),
        _Field("Endpoint", "endpoint", _endpoint),
        _Field("PersistentKeepalive", "persistent_keepalive", _keepalive),
    )
}
