"""Parse configuration files as wg(8) and wg-quick(8) do; no message contains a value."""

import re
from collections.abc import Iterator
from typing import Any

from kgctl_py.wireguard import field_values as read
from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import MAX_PORT
from kgctl_py.wireguard.sections import BLANKS, IGNORED, Field, Parsed, Section, add_field, read_fields, table_of
from kgctl_py.wireguard.split_dns import is_split_dns_command

_KEY_FILE = re.compile(r"wg set (?:%i|\S+) private-key (\S+)")
"""The command in a file for wg-quick that reads the private key from another file."""


def parse_conf(text: str) -> Parsed:
    """Return the configuration in a file; raise ValueError with the line for an error of `wg`.

    An invalid PrivateKey is ignored, because it can be a placeholder. The comment directly above a `[Peer]`
    becomes the comment of the peer.
    """
    sections = list(_sections(text))
    if not sections:
        raise ValueError("it has neither an [Interface] nor a [Peer] section")
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
    """Yield the sections; only LF ends a line, and a comment can follow a value.

    wg(8) removes all blanks from a line, wg-quick(8) only those around a key and a value.
    """
    section, comment, is_quick = None, "", False
    for number, line in enumerate(text.split("\n"), 1):
        statement, _, remark = (part.strip(BLANKS) for part in line.partition("#"))
        dense = statement.translate(_WITHOUT_BLANKS)
        if dense.lower() in (_INTERFACE, _PEER):
            if section:
                yield section
            section, is_quick = Section(dense.lower(), number, comment), statement.lower() == _INTERFACE
        elif statement:
            _add(section, number, statement, dense, is_quick=is_quick)
        comment = "" if statement else remark
    if section:
        yield section


def _add(section: Section | None, number: int, statement: str, dense: str, *, is_quick: bool) -> None:
    """Add a line to a section; raise ValueError if neither wg(8) nor wg-quick(8) accepts it."""
    name = statement.partition("=")[0].strip(BLANKS).lower()
    if section and is_quick and name in _QUICK_FIELDS:
        if name == "postup" and is_split_dns_command(statement.partition("=")[2].strip(BLANKS)):
            return
        add_field(section, number, statement)
        return
    add_field(section, number, dense)
    _, name, value = section.lines[-1] if section else (0, "", "")
    known = _INTERFACE_FIELDS if section and section.name == _INTERFACE else _PEER_FIELDS
    if name.lower() not in known or name.lower() in _QUICK_FIELDS:
        raise ValueError(f'line {number}: "{name}" is not a field of this section')
    if not value:
        raise ValueError(f"line {number}: {known[name.lower()].name} is empty, which wg refuses")
    if name.lower() == "privatekey" and not value.startswith(read.PLACEHOLDER):
        _check_key(number, value)


def _check_key(number: int, value: str) -> None:
    try:
        read.canonical_key(value)
    except ValueError as error:
        raise ValueError(f"line {number}: PrivateKey {error}") from None


def _peer(section: Section, ignored: dict[str, None]) -> Peer:
    fields = read_fields(section, _PEER_FIELDS, ignored, {})
    if "public_key" not in fields:
        raise ValueError(f"line {section.line} begins a [Peer] without a PublicKey")
    return Peer(comment=section.comment, **fields)


_WITHOUT_BLANKS = str.maketrans("", "", BLANKS)
_INTERFACE, _PEER = "[interface]", "[peer]"
_COMMANDS = ("PreUp", "PostUp", "PreDown", "PostDown")
_QUICK_FIELDS = table_of(
    Field("Address", "addresses", read.cidrs),
    Field("DNS", "dns", read.words),
    Field("MTU", "mtu", read.mtu),
    Field("Table", "table", read.table),
    Field("SaveConfig", IGNORED, read.truth),
    *(Field(name, IGNORED, str) for name in _COMMANDS),
)
"""The fields that only wg-quick(8) reads."""
_INTERFACE_FIELDS = _QUICK_FIELDS | table_of(
    Field("PrivateKey", "private_key", read.canonical_key),
    Field("ListenPort", "listen_port", read.number(MAX_PORT)),
    Field("FwMark", IGNORED, read.mark),
)
_PEER_FIELDS = table_of(
    Field("PublicKey", "public_key", read.canonical_key),
    Field("PresharedKey", "preshared_key", read.canonical_preshared_key),
    Field("AllowedIPs", "allowed_ips", read.allowed_ips),
    Field("Endpoint", "endpoint", read.endpoint),
    Field("PersistentKeepalive", "persistent_keepalive", read.keepalive),
)
