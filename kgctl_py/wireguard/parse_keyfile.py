"""Parse keyfiles of NetworkManager; no message contains a value."""

from typing import Any

from kgctl_py.wireguard import field_values as read
from kgctl_py.wireguard.cidr import IPInterface
from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import MAX_PORT
from kgctl_py.wireguard.key import Key
from kgctl_py.wireguard.sections import Field, Parsed, Section, ini_sections, read_fields, table_of

_PEER = "wireguard-peer."
_FAMILIES = ("ipv4", "ipv6")


def parse_keyfile(text: str) -> Parsed:
    """Return the configuration in a keyfile; raise ValueError with the line for an invalid value."""
    sections = list(ini_sections(text))
    ignored: dict[str, None] = {}
    name, fields = "", dict[str, Any]()
    for section in sections:
        if section.name == "connection":
            name = dict(_values(section)).get("interface-name", "")
        elif section.name == "wireguard":
            fields = read_fields(section, _INTERFACE_FIELDS, ignored, fields)
    peers = [section for section in sections if section.name.startswith(_PEER)]
    table = "off" if fields.pop("peer_routes", True) is False else ""
    interface = Interface(**fields, **_network(sections), table=table or _table(sections))
    conf = Conf(interface=interface, peers=tuple(_peer(section, ignored) for section in peers))
    ignored = dict.fromkeys(field for field in ignored if field not in _HARMLESS)
    return Parsed(conf, tuple(ignored), tuple(section.line for section in peers), name=name)


def _peer(section: Section, ignored: dict[str, None]) -> Peer:
    try:
        key = Key.parse(section.name.removeprefix(_PEER))
    except ValueError as error:
        raise ValueError(f"line {section.line}: the public key {error}") from None
    fields = read_fields(section, _PEER_FIELDS, ignored, {})
    return Peer(comment=section.comment, public_key=key, **fields)


def _network(sections: list[Section]) -> dict[str, Any]:
    """Return the addresses, name servers, and search domains of both address families."""
    addresses: list[IPInterface] = []
    servers: dict[str, None] = {}
    domains: dict[str, None] = {}
    for section in sections:
        for number, name, value in section.lines if section.name in _FAMILIES else ():
            if name.removeprefix("address").removeprefix("es").isdigit() or name == "addresses":
                addresses += _addresses(number, value)
            elif name == "dns":
                servers |= dict.fromkeys(_words(value))
            elif name == "dns-search":
                domains |= dict.fromkeys(read.search_domains(_words(value)))
    return {"addresses": tuple(addresses), "dns": (*servers, *domains)}


def _addresses(number: int, value: str) -> tuple[IPInterface, ...]:
    """Parse an address with an optional gateway, or several separated by semicolons."""
    try:
        return tuple(cidr for word in value.split(";") for cidr in read.cidrs(word.partition(",")[0]))
    except ValueError as error:
        raise ValueError(f"line {number}: the address {error}") from None


def _table(sections: list[Section]) -> str:
    tables = (dict(_values(section)).get("route-table", "") for section in sections if section.name in _FAMILIES)
    return next((table for table in tables if table not in ("", "0")), "")


def _values(section: Section) -> list[tuple[str, str]]:
    return [(name, value) for _, name, value in section.lines]


def _words(text: str) -> tuple[str, ...]:
    return read.words(text.replace(";", " "))


def _cidrs(text: str) -> tuple[IPInterface, ...]:
    return read.cidrs(text.replace(";", " "))


_INTERFACE_FIELDS = table_of(
    Field("private-key", "private_key", Key.parse),
    Field("listen-port", "listen_port", read.number(MAX_PORT)),
    Field("mtu", "mtu", read.mtu),
    Field("peer-routes", "peer_routes", lambda text: text not in ("false", "no", "0")),
)
_PEER_FIELDS = table_of(
    Field("preshared-key", "preshared_key", read.preshared_key),
    Field("allowed-ips", "allowed_ips", _cidrs),
    Field("endpoint", "endpoint", read.endpoint),
    Field("persistent-keepalive", "persistent_keepalive", read.keepalive),
)
_HARMLESS = ("preshared-key-flags", "private-key-flags")
