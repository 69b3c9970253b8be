"""Parse tunnels of systemd-networkd, a .netdev and a .network (systemd.netdev(5), systemd.network(5))."""

from typing import Any

from kgctl_py.wireguard import field_values as read
from kgctl_py.wireguard.conf import Conf, Interface, Peer
from kgctl_py.wireguard.endpoint import MAX_PORT
from kgctl_py.wireguard.key import Key
from kgctl_py.wireguard.sections import BLANKS, Field, Parsed, Section, ini_sections, read_fields, table_of

_HARMLESS = ("Kind", "Description", "Name", "FirewallMark")


def parse_networkd(netdev: str, network: str = "") -> Parsed:
    """Return the configuration in two files; raise ValueError with the line for an invalid value."""
    sections = list(ini_sections(_joined(netdev)))
    ignored: dict[str, None] = {}
    fields: dict[str, Any] = {}
    for section in sections:
        if section.name in ("NetDev", "WireGuard"):
            fields = read_fields(section, _INTERFACE_FIELDS, ignored, fields)
    peers = [section for section in sections if section.name == "WireGuardPeer"]
    name, key_file = fields.pop("name", ""), fields.pop("private_key_file", "")
    marked, table = (
        fields.pop("mark", ""),
        fields.pop("table", "off"),
    )  # by default, networkd creates no routes
    interface = Interface(**fields, **_network(network), table="" if marked or table == "main" else table)
    conf = Conf(interface=interface, peers=tuple(_peer(section, ignored) for section in peers))
    ignored = dict.fromkeys(field for field in ignored if field not in _HARMLESS)
    lines = tuple(section.line for section in peers)
    return Parsed(conf, tuple(ignored), lines, private_key_file=key_file, name=name)


def _peer(section: Section, ignored: dict[str, None]) -> Peer:
    fields = read_fields(section, _PEER_FIELDS, ignored, {})
    if "public_key" not in fields:
        raise ValueError(f"line {section.line} begins a [WireGuardPeer] without a PublicKey")
    return Peer(comment=section.comment, **fields)


def _joined(text: str) -> str:
    """Return a text with its continued lines joined; comments between them are skipped (systemd.syntax(7))."""
    lines: list[list[str]] = []
    continues = False
    for line in text.split("\n"):
        is_comment = line.lstrip(BLANKS).startswith(("#", ";"))
        if continues and is_comment:
            continue
        if not continues:
            lines.append([])
        continues = line.endswith("\\") and not is_comment
        lines[-1].append(line[:-1] if continues else line)
    return "\n".join(map(" ".join, lines))


def _network(text: str) -> dict[str, Any]:
    """Return the addresses, name servers, and search domains of the .network."""
    fields: dict[str, Any] = {}
    for section in ini_sections(_joined(text)):
        if section.name in ("Network", "Address"):
            fields = read_fields(section, _NETWORK_FIELDS, {}, fields)
    domains = read.search_domains(fields.pop("domains", ()))
    return {"addresses": fields.get("addresses", ()), "dns": (*fields.get("dns", ()), *domains)}


_INTERFACE_FIELDS = table_of(
    Field("Name", "name", str),
    Field("MTUBytes", "mtu", read.mtu),
    Field("PrivateKey", "private_key", Key.parse),
    Field("PrivateKeyFile", "private_key_file", str),
    Field("ListenPort", "listen_port", lambda text: None if text == "auto" else read.number(MAX_PORT)(text)),
    Field("RouteTable", "table", str),
    Field("FirewallMark", "mark", str),
)
_PEER_FIELDS = table_of(
    Field("PublicKey", "public_key", Key.parse),
    Field("PresharedKey", "preshared_key", read.preshared_key),
    Field("AllowedIPs", "allowed_ips", read.cidrs),
    Field("Endpoint", "endpoint", read.endpoint),
    Field("PersistentKeepalive", "persistent_keepalive", read.keepalive),
)
_NETWORK_FIELDS = table_of(
    Field("Address", "addresses", read.cidrs),
    Field("DNS", "dns", read.words),
    Field("Domains", "domains", read.words),
)
