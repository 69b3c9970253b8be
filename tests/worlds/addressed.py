"""A world with names, addresses and keys: the Nodes and Peers of each cluster, and those that join two."""

import json
from typing import Any

from kgctl_py import names
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.agent_flags import AgentFlags
from kgctl_py.mesh.routing.service import Backend, Service
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.planning.plan import plan_peering
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.endpoint import parse_ip
from kgctl_py.wireguard.key import Key
from kgctl_py.wireguard.keygen import public_key
from tests.in_memory import NOW, Cluster, Raw
from tests.worlds.plan import ServicePlan, WorldPlan
from tests.worlds.sites import PORT, NodeSite, PeerSite, address, location_sites, node_sites, peer_sites, subnet_of


class Addressed:
    """A world with names, addresses and keys."""

    def __init__(self, plan: WorldPlan) -> None:
        self.plan = plan
        self.locations = tuple(location_sites(plan))
        self.nodes = tuple(node_sites(plan, self.locations))
        self.peers = tuple(peer_sites(plan))
        named = [site.name for site in self.nodes] + [site.name for site in self.peers]
        self.private = {name: Key(bytes([n]) * 31 + b"\x40") for n, name in enumerate(named, 1)}
        self.public = {name: str(public_key(key)) for name, key in self.private.items()}
        self.clusters = tuple(AddressedCluster(self, number) for number, _ in enumerate(plan.clusters))
        self.internet_ips = {site.internet_ip for site in self.nodes if site.internet_ip}
        self.lan_hosts = {site.host: f"lan-{site.index}" for site in self.locations if site.plan.lan}

    def join(self) -> None:
        """Give the clusters the Peers that `peering connect` would write, if it writes any."""
        for cluster in self.clusters:
            cluster.joining = ()
        plan = plan_peering([cluster.member() for cluster in self.clusters], PeeringSettings())
        if plan.is_refused:
            return
        for number, node in plan.annotated:
            self.clusters[int(number)].annotated.add(node)
        for half in plan.halves:
            own = self.clusters[int(half.own.name)]
            own.joining = tuple(peer.manifest() for peer in half.desired)


class AddressedCluster:
    """One cluster of a world, as it changes while the world is tried."""

    def __init__(self, world: Addressed, number: int) -> None:
        self._world = world
        self.number = number
        self.plan = world.plan.clusters[number]
        self.nodes = tuple(site for site in world.nodes if site.location.cluster == number)
        self.peers = tuple(site for site in world.peers if site.cluster == number)
        self.joining: tuple[Raw, ...] = ()
        """The Peers that stand for another cluster."""
        self.heard: dict[str, dict[str, Any]] = {}
        """By node, where it hears each key."""
        self.service_cidr = str(parse_cidr(subnet_of(self.plan.ipv6, 96, number)))
        self.annotated: set[str] = set()
        """The nodes to which `peering connect` gives a keepalive."""

    def services(self) -> tuple[Service, ...]:
        """Give the Services with their ready endpoints."""
        return tuple(self._service(number, plan) for number, plan in enumerate(self.plan.services, 1))

    def _service(self, number: int, plan: ServicePlan) -> Service:
        ip = parse_ip(address(self.plan.ipv6, 96, self.number, number))
        sites = dict.fromkeys(self.nodes[pod % len(self.nodes)] for pod in plan.pods)
        backends = ((parse_ip(site.pod), site.name) for site in sites)
        assert ip
        return Service(
            address=ip,
            networks=(parse_cidr(self.service_cidr),),
            name=f"default/s{number}",
            backends=tuple(Backend(address=pod, node=name) for pod, name in backends if pod),
            is_local=plan.local,
        )

    def flags(self) -> AgentFlags:
        """Give the flags of kg that kgctl knows."""
        return AgentFlags(
            encapsulate=self.plan.encapsulate, compatibility="", local=True, cni=self.plan.masquerades
        )

    def cluster(self) -> Cluster:
        """Give the Nodes and Peers."""
        peers = [*map(self._peer, self.peers), *self.joining]
        return Cluster([self._node(site) for site in self.nodes], peers)

    def mesh(self) -> Mesh:
        """Give the mesh that kgctl reads."""
        return self.cluster().mesh()

    def member(self) -> Member:
        """Give the cluster as one that takes part in a peering."""
        mesh = self.mesh()
        return Member(
            name=str(self.number),
            uid=str(self.number),
            mesh=mesh,
            topology=build_topology(mesh),
            services=(parse_cidr(self.service_cidr),),
        )

    def callable_keys(self) -> set[str]:
        """Give the keys of those that have a keepalive, whose endpoints agents tell."""
        mesh = self.mesh()
        keys = {str(node.key) for node in mesh.nodes if node.persistent_keepalive}
        return keys | {str(peer.public_key) for peer in mesh.peers if peer.persistent_keepalive}

    def _node(self, site: NodeSite) -> Raw:
        location = site.location
        lan = [location.network] if location.plan.lan and site.within == 1 else []
        services = [self.service_cidr] if self.plan.declares_services and site is self.nodes[0] else []
        keepalive = site.plan.keepalive or (25 if site.name in self.annotated else "")
        annotations = {
            "location": f"l{location.index + 1}",
            "granularity": str(self.plan.granularity),
            "endpoint": f"{site.endpoint_ip}:{PORT}",
            "internal-ip": f"{site.internal_ip}/{64 if site.ipv6 else 24}" if site.internal_ip else "",
            "key": self._world.public[site.name],
            "last-seen": str(NOW),
            "wireguard-ip": f"{address(site.ipv6, 70 + self.number, 0, 1)}/{64 if site.ipv6 else 16}",
            "leader": "true" if site.plan.leader else "",
            "persistent-keepalive": str(keepalive),
            "allowed-location-ips": ",".join((*lan, *services)),
            "discovered-endpoints": json.dumps(self.heard[site.name]) if self.heard.get(site.name) else "",
        }
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": site.name,
                "annotations": {names.PREFIX + name: text for name, text in annotations.items() if text},
            },
            "spec": {"podCIDR": site.pod_cidr, "podCIDRs": site.pod_cidrs},
        }

    def _peer(self, site: PeerSite) -> Raw:
        spec: dict[str, Any] = {"allowedIPs": site.allowed_ips, "publicKey": self._world.public[site.name]}
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
