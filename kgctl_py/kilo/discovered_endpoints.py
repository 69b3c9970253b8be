"""The endpoints at which a node has seen its peers, from its annotation `discovered-endpoints`."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import IgnoredValue
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.endpoint import MAX_PORT, IPAddress, parse_ip

_ZONE = re.compile(r"[A-Za-z0-9_.@-]{1,32}")
_NONE: dict[str, Endpoint] = {}


def discovered_endpoints(text: str) -> tuple[Mapping[str, Endpoint], tuple[IgnoredValue, ...]]:
    """Read a JSON object of key -> `{"IP", "Port", "Zone"}` as Go's `encoding/json` into `*net.UDPAddr`.

    As in Go, one value of a wrong type invalidates all. An entry without an address or with an invalid port is
    ignored. Return the endpoints, and what is ignored.
    """
    if not text:
        return _NONE, ()
    try:
        entries = msgspec.json.decode(text, type=dict[str, dict[str, Any] | None] | None) or {}
        addresses = {key: _address(entry or {}) for key, entry in entries.items()}
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return _NONE, (IgnoredValue(field=names.DISCOVERED_ENDPOINTS, text=text, why=f"is not usable: {error}"),)
    usable = {
        key: Endpoint(ip=ip, port=port, zone=zone)
        for key, (ip, port, zone) in addresses.items()
        if ip and _is_port(port) and _is_zone(zone)
    }
    ignored = (
        IgnoredValue(
            field=f"{names.DISCOVERED_ENDPOINTS}[{key}]",
            text=f"{ip}, port {port}{f', zone {zone}' if zone else ''}",
            why="is not an endpoint",
        )
        for key, (ip, port, zone) in addresses.items()
        if key not in usable
    )
    return usable, tuple(ignored)


def _is_zone(zone: str) -> bool:
    """Return whether a zone is empty or a valid interface name; anything else would break a configuration."""
    return not zone or _ZONE.fullmatch(zone) is not None


def _is_port(port: int) -> bool:
    return 1 <= port <= MAX_PORT


def _address(entry: Mapping[str, Any]) -> tuple[IPAddress | None, int, str]:
    """Return the address, port and zone of an entry; as in Go, names match in any case and the last one wins."""
    fields = {name.lower(): value for name, value in entry.items() if value is not None}
    ip, port, zone = fields.get("ip", ""), fields.get("port", 0), fields.get("zone", "")
    if not isinstance(ip, str) or not isinstance(zone, str) or type(port) is not int:
        raise ValueError("an IP, Port, or Zone of the wrong type")
    address = parse_ip(ip)
    if ip and not address:
        raise ValueError(f'"{ip}" is not an IP address')
    return address, port, zone
