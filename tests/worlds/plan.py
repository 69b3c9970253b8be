"""A world as it is drawn: its clusters' locations, nodes, and peers, and the addresses that follow from that."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.mesh.model import Granularity, Mesh
from kgctl_py.wireguard.key import Key
from kgctl_py.wireguard.keygen import public_key
from tests.in_memory import NOW, Cluster, Raw

PORT = 51820
ROUTER = 254
LAN_HOST = 1
"""The last number of the address of a host beside a location."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodePlan:
    """A node; without an internal IP it is a segment by itself."""

    leader: bool = False
    keepalive: int = 0
    has_internal_ip: bool = True
    second_pod_cidr: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocationPlan:
    """A location, behind NAT or on the internet; `lan` is a network beside it, which its first node declares.

    With `only_public`, the internal IPs of its nodes are those that they have on the internet.
    """

    nodes: tuple[NodePlan, ...]
    nat: bool = False
    only_public: bool = False
    lan: bool = False
    twin: bool = False
    """Whether it has the same addresses as the first location."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeerPlan:
    """A peer, behind NAT or on the internet; `address` numbers its allowed IP, which others may have."""

    address: int
    nat: bool = False
    listens: bool = False
    keepalive: int = 0
    psk: bool = False
    network: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorldPlan:
    """Everything about a world. With `hears`, agents tell where they hear others, and all is computed anew."""

    granularity: Granularity
    locations: tuple[LocationPlan, ...]
    peers: tuple[PeerPlan, ...]
    hears: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodeSite:
    """A node with its addresses; `internet` is empty behind NAT."""

    name: str
    number: int
    location: int
    plan: NodePlan
    lan_ip: str
    internet_ip: str
    only_public: bool

    @property
    def pod(self) -> str:
        """The address of its pod."""
        return f"10.42.{self.number}.1"

    @property
    def second_pod(self) -> str:
        """The address of a pod in its second pod CIDR."""
        return f"10.43.{self.number}.2"

    @property
    def internal_ip(self) -> str:
        """Its internal IP, empty for none."""
        if not self.plan.has_internal_ip:
            return ""
        return self.internet_ip if self.only_public else self.lan_ip

    @property
    def endpoint_ip(self) -> str:
        """Where it says that it can be called."""
        return self.internet_ip or self.lan_ip


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeerSite:
    """A peer with its addresses."""

    name: str
    number: int
    plan: PeerPlan

    @property
    def ip(self) -> str:
        """Its address in the mesh."""
        return f"10.5.0.{self.plan.address}"

    @property
    def internet_ip(self) -> str:
        """The address of its host, or of the router of its home, on the internet."""
        return f"203.0.113.{100 + self.number}"

    @property
    def allowed_ips(self) -> list[str]:
        """Its allowed IPs."""
        return [f"{self.ip}/32", *([f"10.6.{self.number}.0/24"] if self.plan.network else [])]


class Addressed:
    """A world with names, addresses and keys, and the Nodes and Peers that tell them."""

    def __init__(self, plan: WorldPlan) -> None:
        self.plan = plan
        self.nodes = tuple(_nodes(plan))
        self.peers = tuple(PeerSite(name=f"p{n}", number=n, plan=peer) for n, peer in enumerate(plan.peers, 1))
        named = [site.name for site in self.nodes] + [site.name for site in self.peers]
        self.private = {name: Key(bytes([n]) * 31 + b"\x40") for n, name in enumerate(named, 1)}
        self.public = {name: str(public_key(key)) for name, key in self.private.items()}
        self.heard: dict[str, dict[str, Any]] = {}
        """By node, where it hears each key."""

    def lan(self, location: int) -> str:
        """The first octets of the network of a location."""
        return _lan(self.plan, location)

    def cluster(self) -> Cluster:
        """Give the Nodes and Peers."""
        return Cluster([self._node(site) for site in self.nodes], [self._peer(site) for site in self.peers])

    def mesh(self) -> Mesh:
        """Give the mesh that kgctl reads."""
        return self.cluster().mesh()

    def _node(self, site: NodeSite) -> Raw:
        location = self.plan.locations[site.location]
        declares = location.lan and site.name == self.first_of(site.location).name
        annotations = {
            "location": f"l{site.location + 1}",
            "granularity": str(self.plan.granularity),
            "endpoint": f"{site.endpoint_ip}:{PORT}",
            "internal-ip": f"{site.internal_ip}/24" if site.internal_ip else "",
            "key": self.public[site.name],
            "last-seen": str(NOW),
            "wireguard-ip": "10.4.0.1/16",
            "leader": "true" if site.plan.leader else "",
            "persistent-keepalive": str(site.plan.keepalive or ""),
            "allowed-location-ips": f"192.168.{site.location + 1}.0/24" if declares else "",
            "discovered-endpoints": json.dumps(self.heard[site.name]) if self.heard.get(site.name) else "",
        }
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": site.name,
                "annotations": {names.PREFIX + name: text for name, text in annotations.items() if text},
            },
            "spec": {"podCIDR": f"10.42.{site.number}.0/24"},
        }

    def _peer(self, site: PeerSite) -> Raw:
        spec: dict[str, Any] = {"allowedIPs": site.allowed_ips, "publicKey": self.public[site.name]}
        if site.plan.listens:
            spec["endpoint"] = {"dnsOrIP": {"ip": site.internet_ip}, "port": PORT}
        if site.plan.keepalive:
            spec["persistentKeepalive"] = site.plan.keepalive
        if site.plan.psk:
            spec["presharedKey"] = str(Key(bytes([200 + site.number]) * 32))
        return {
            "apiVersion": names.API_VERSION,
            "kind": names.PEER_KIND,
            "metadata": {"name": site.name},
            "spec": spec,
        }

    def first_of(self, location: int) -> NodeSite:
        """Give the first node of a location."""
        return next(site for site in self.nodes if site.location == location)


def _nodes(plan: WorldPlan) -> Iterator[NodeSite]:
    number = 0
    for index, location in enumerate(plan.locations):
        lan = _lan(plan, index)
        for within, given in enumerate(location.nodes, 1):
            number += 1
            node = given
            if plan.granularity is Granularity.CROSS:  # what kg does there without one is in no release of Kilo
                node = dataclasses.replace(given, has_internal_ip=True)
            yield NodeSite(
                name=f"n{number}",
                number=number,
                location=index,
                plan=node,
                lan_ip=f"{lan}.{within}",
                internet_ip="" if location.nat else f"203.0.113.{number}",
                only_public=location.only_public and not location.nat,
            )


def _lan(plan: WorldPlan, location: int) -> str:
    """Give the first octets of the network of a location; the nodes of twins must tell the addresses they have."""
    twins = (plan.locations[0], plan.locations[location])
    is_twin = twins[1].twin and all(
        node.has_internal_ip and not (one.only_public and not one.nat) for one in twins for node in one.nodes
    )
    return f"10.1.{1 if is_twin else location + 1}"
