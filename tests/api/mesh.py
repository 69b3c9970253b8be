"""The mesh that stands on the API server of the tests: two locations with a node each, and two peers."""

import base64
import time
from collections.abc import Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.kilo import resources

HOUR = 3600

SHOWCONF_LAPTOP = """\
[Peer]
AllowedIPs = 10.42.1.0/24, 192.168.1.1/32, 10.4.0.1/32
Endpoint = 203.0.113.1:51820
PersistentKeepalive = 25
PublicKey = {north}

[Peer]
AllowedIPs = 10.42.2.0/24, 192.168.2.1/32, 10.4.0.2/32
Endpoint = 203.0.113.2:51820
PersistentKeepalive = 25
PublicKey = {south}

[Peer]
AllowedIPs = 10.5.0.2/32
PersistentKeepalive = 25
PublicKey = {phone}
"""


def key(name: str) -> str:
    """Return a public key that is nobody's, the same for the same name."""
    return base64.b64encode(name.encode().ljust(32, b"_")).decode()


def node(name: str, location: str, number: int) -> dict[str, Any]:
    """Return a Node that is ready for the next hour."""
    annotations = {
        names.ENDPOINT: f"203.0.113.{number}:51820",
        names.GRANULARITY: "location",
        names.INTERNAL_IP: f"192.168.{number}.1/24",
        names.KEY: key(name),
        names.LAST_SEEN: str(int(time.time()) + HOUR),
        names.LOCATION: location,
        names.WIREGUARD_IP: f"10.4.0.{number}/16",
    }
    metadata = {"name": name, "annotations": annotations}
    spec = {"podCIDR": f"10.42.{number}.0/24"}
    return {"kind": "Node", "apiVersion": "v1", "metadata": metadata, "spec": spec}


def peer(name: str, address: str) -> dict[str, Any]:
    """Return a Peer at `address`."""
    spec = {"allowedIPs": [f"{address}/32"], "publicKey": key(name), "persistentKeepalive": 25}
    return {
        "kind": names.PEER_KIND,
        "apiVersion": names.API_VERSION,
        "metadata": {"name": name},
        "spec": spec,
    }


def peers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the Peers, each with the path to POST it to."""
    yield resources.PEERS_PATH, peer("laptop", "10.5.0.1")
    yield resources.PEERS_PATH, peer("phone", "10.5.0.2")


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every object, each with the path to POST it to."""
    yield resources.NODES_PATH, node("north", "alps", 1)
    yield resources.NODES_PATH, node("south", "coast", 2)
    yield from peers()


def showconf_laptop() -> str:
    """Return what `kgctl showconf peer laptop` prints."""
    return SHOWCONF_LAPTOP.format(north=key("north"), south=key("south"), phone=key("phone"))
