"""The nodes, peers, and locations of a world with the addresses that they have."""

import dataclasses
from collections.abc import Iterator

from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.worlds.plan import ClusterPlan, LocationPlan, NodePlan, PeerPlan, WorldPlan

ROUTER = 254
PORT = 51820
APART = 100
"""The distance from the subnet of a location to that of its nodes that are apart."""


def address(ipv6: bool, network: int, subnet: int, host: int) -> str:
    """Return an address in a subnet of one of the networks of all worlds."""
    return f"fd{network:02}:0:0:{subnet}::{host}" if ipv6 else f"10.{network}.{subnet}.{host}"


def subnet_of(ipv6: bool, network: int, subnet: int) -> str:
    """Return such a subnet."""
    return f"fd{network:02}:0:0:{subnet}::/64" if ipv6 else f"10.{network}.{subnet}.0/24"


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocationSite:
    """A location with its network; `lan` is the subnet of that network, which twins share."""

    index: int
    cluster: int
    ipv6: bool
    plan: LocationPlan
    lan: int

    @property
    def network(self) -> str:
        """The network beside it."""
        return subnet_of(self.ipv6, 92, self.index + 1)

    @property
    def host(self) -> str:
        """The address of a host in the network beside it."""
        return address(self.ipv6, 92, self.index + 1, 1)

    @property
    def gateway(self) -> str:
        """The address of its router to the internet."""
        return f"10.1.{self.lan}.{ROUTER}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodeSite:
    """A node with its addresses; `internet_ip` is empty behind NAT."""

    name: str
    number: int
    within: int
    location: LocationSite
    plan: NodePlan

    @property
    def ipv6(self) -> bool:
        """Whether its addresses in the mesh are IPv6 ones."""
        return self.location.ipv6

    @property
    def only_public(self) -> bool:
        """Whether its internal IP is that on the internet, which has no IPv6."""
        return self.location.plan.only_public and not self.location.plan.nat and not self.ipv6

    @property
    def pod(self) -> str:
        """The address of its pod."""
        return address(self.ipv6, 42, self.number, 1)

    @property
    def pod_cidr(self) -> str:
        """Its pod CIDR."""
        return subnet_of(self.ipv6, 42, self.number)

    @property
    def second_pod(self) -> str:
        """The address of a pod in its second pod CIDR."""
        return address(not self.ipv6, 43, self.number, 2)

    @property
    def pod_cidrs(self) -> list[str]:
        """All its pod CIDRs."""
        second = [subnet_of(not self.ipv6, 43, self.number)] if self.plan.second_pod_cidr else []
        return [self.pod_cidr, *second]

    @property
    def internet_ip(self) -> str:
        """Its address on the internet."""
        return "" if self.location.plan.nat else f"203.0.113.{self.number}"

    @property
    def lan(self) -> int:
        """Its subnet in the network of its location."""
        return self.location.lan + (APART if self.plan.apart else 0)

    @property
    def lan_ip(self) -> str:
        """Its address in the network of its location."""
        return address(self.ipv6, 1, self.lan, self.within)

    @property
    def lan_ipv4(self) -> str:
        """Its IPv4 address there."""
        return address(False, 1, self.lan, self.within)

    @property
    def internal_ip(self) -> str:
        """Its internal IP, empty for none."""
        if not self.plan.has_internal_ip:
            return ""
        return self.internet_ip if self.only_public else self.lan_ip

    @property
    def endpoint_ip(self) -> str:
        """Where it says that it can be called."""
        return self.internet_ip or self.lan_ipv4


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeerSite:
    """A peer with its addresses."""

    name: str
    number: int
    cluster: int
    ipv6: bool
    plan: PeerPlan

    @property
    def ip(self) -> str:
        """Its address in the mesh."""
        return address(self.ipv6, 5, self.cluster, self.plan.address)

    @property
    def second_ip(self) -> str:
        """Its address of the other IP version."""
        return address(not self.ipv6, 5, self.cluster, self.plan.address)

    @property
    def network_host(self) -> str:
        """The address of a host in the network behind it."""
        return address(self.ipv6, 6, self.number, 2)

    @property
    def internet_ip(self) -> str:
        """The address of its host, or of the router of its home, on the internet."""
        return f"203.0.113.{100 + self.number}"

    @property
    def allowed_ips(self) -> list[str]:
        """Its allowed IPs."""
        networks = [subnet_of(self.ipv6, 6, self.number)] if self.plan.network else []
        second = [f"{self.second_ip}/{32 if self.ipv6 else 128}"] if self.plan.dual else []
        return [f"{self.ip}/{128 if self.ipv6 else 32}", *networks, *second]


def location_sites(plan: WorldPlan) -> Iterator[LocationSite]:
    """Return the locations of all clusters."""
    index = 0
    for number, cluster in enumerate(plan.clusters):
        first = index
        for location in cluster.locations:
            lan = (first if _is_twin(cluster, location) else index) + 1
            yield LocationSite(index=index, cluster=number, ipv6=cluster.ipv6, plan=location, lan=lan)
            index += 1


def node_sites(plan: WorldPlan, locations: tuple[LocationSite, ...]) -> Iterator[NodeSite]:
    """Return the nodes of all clusters."""
    number = 0
    for location in locations:
        for within, given in enumerate(location.plan.nodes, 1):
            number += 1
            node = given
            if plan.clusters[location.cluster].granularity is Granularity.CROSS:
                # what kg does there without an internal IP is in no release of Kilo
                node = dataclasses.replace(given, has_internal_ip=True)
            yield NodeSite(name=f"n{number}", number=number, within=within, location=location, plan=node)


def peer_sites(plan: WorldPlan) -> Iterator[PeerSite]:
    """Return the peers of all clusters."""
    peers = ((number, cluster, peer) for number, cluster in enumerate(plan.clusters) for peer in cluster.peers)
    for number, (cluster, its, peer) in enumerate(peers, 1):
        yield PeerSite(name=f"p{number}", number=number, cluster=cluster, ipv6=its.ipv6, plan=peer)


def _is_twin(cluster: ClusterPlan, location: LocationPlan) -> bool:
    """Tell whether a location has the addresses of the first one.

    Nodes of twins must tell the addresses that they have. Of IPv6, the kernel refuses a route through an address
    that has a route of its own through another interface, so it depends on the order which one kg sets.
    """
    twins = (cluster.locations[0], location)
    return (
        location.twin
        and not cluster.ipv6
        and all(
            node.has_internal_ip and not (one.only_public and not one.nat) for one in twins for node in one.nodes
        )
    )
