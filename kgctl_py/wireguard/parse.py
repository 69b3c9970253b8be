"""Configuration files, read as wg(8) and wg-quick(8) read them; no message contains a value."""

import re
from collections.abc import Iterator
from typing import Any

from kgctl_py.wireguard import field_values as read
from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import MAX_PORT
from kgctl_py.wireguard.key import Key
from kgctl_py.wireguard.sections import Field, Parsed, Section, add_field, read_fields, table_of

_KEY_FILE = re.compile(r"wg set (?:%i|\S+) private-key (\S+)")
"""How a file for wg-quick names the file with its key."""


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
            interface = read_fields(section, _INTERFACE_FIELDS, ignored, interface)
    peers = [section for section in sections if section.name == _PEER]
    conf = Conf(
        interface=Interface(**interface) if any(section.name == _INTERFACE for section in sections) else None,
        peers=tuple(_peer(section, ignored) for section in peers),
    )
    key_file = _KEY_FILE.search(text)
    return Parsed(conf, tuple(ignored), tuple(section.line for section in peers), key_file[1] if key_file else "")


def _sections(text: str) -> Iterator[Section]:
    """Yield the sections; only LF ends a line, and a comment may stand behind a value."""
    section, comment = None, ""
    for number, line in enumerate(text.split("\n"), 1):
        statement, _, remark = (part.strip() for part in line.partition("#"))
        name = re.sub(r"\s", "", statement).lower()
        if name in (_INTERFACE, _PEER):
            if section:
                yield section
            section = Section(name, number, comment)
        elif statement:
            add_field(section, number, statement)
        comment = "" if statement else remark
    if section:
        yield section


def _peer(section: Section, ignored: dict[str, None]) -> Peer:
    fields = read_fields(section, _PEER_FIELDS, ignored, {})
    if "public_key" not in fields:
        raise ValueError(f"line {section.line} begins a [Peer] without a PublicKey")
    return Peer(comment=section.comment, **fields)


_INTERFACE, _PEER = "[interface]", "[peer]"
_INTERFACE_FIELDS = table_of(
    Field("PrivateKey", "private_key", Key.parse),
    Field("ListenPort", "listen_port", read.number(MAX_PORT)),
    Field("Address", "addresses", read.cidrs),
    Field("DNS", "dns", read.words),
    Field("MTU", "mtu", read.mtu),
    Field("Table", "table", read.table),
)
_PEER_FIELDS = table_of(
    Field("PublicKey", "public_key", Key.parse),
    Field("PresharedKey", "preshared_key", read.preshared_key),
    Field("AllowedIPs", "allowed_ips", read.cidrs),
    Field("Endpoint", "endpoint", read.endpoint),
    Field("PersistentKeepalive", "persistent_keepalive", read.keepalive),
)
