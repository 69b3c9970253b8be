"""The networks of a cluster with their kinds, and overlaps with the networks of another cluster."""

import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kgctl_py import names
from kgctl_py.mesh.address import IPInterface, host_cidr, masked
from kgctl_py.mesh.network_owners import OverlapIndex
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.members.member import Member


class NetworkKind(enum.StrEnum):
    """The kinds of networks, as text for people."""

    PODS = "the pod CIDR"
    RANGE = "the cluster CIDR"
    SERVICES = "the Service CIDR"
    KILO = "the Kilo subnet"
    PEER = "an allowed IP"
    INTERNAL = "the internal IP"
    LAN = "the network"
    LOCATION = "an allowed location IP"


class Network(NamedTuple):
    """A network of a cluster, with its kind and its owner.

    For an allowed IP, `peer` is the name of the Peer, which can belong to a `peering` or a `clustermesh`.
    """

    cidr: IPInterface
    kind: NetworkKind
    owner: str = ""
    peer: str = ""
    peering: str = ""
    clustermesh: str | None = None

    def __str__(self) -> str:
        return f"{self.cidr}, {self.kind}{f' of {self.owner}' if self.owner else ''}"


class NetworkIndex:
    """An index of networks that finds overlaps without comparing all pairs."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._index: OverlapIndex[Network] = OverlapIndex()
        for network in networks:
            self.add(network)

    def add(self, network: Network) -> None:
        """Add a network."""
        self._index.add(network.cidr, network)

    def overlapping(self, cidr: IPInterface) -> Network | None:
        """Return a network that overlaps `cidr`."""
        return self._index.overlapping(masked(cidr))


def pods(member: Member) -> Iterator[Network]:
    """Yield the pod CIDR of each node, ready or not."""
    for node in member.mesh.nodes:
        if node.subnet:
            yield Network(node.subnet, NetworkKind.PODS, f'node "{node.name}"')


def pod_ranges(member: Member) -> Iterator[Network]:
    """Yield the networks from which new nodes get their pod CIDRs."""
    return (Network(cidr, NetworkKind.RANGE) for cidr in member.pod_ranges)


def services(member: Member) -> Iterator[Network]:
    """Yield the Service CIDRs."""
    return (Network(cidr, NetworkKind.SERVICES) for cidr in member.services)


def kilo(member: Member) -> Iterator[Network]:
    """Yield the Kilo subnet."""
    yield Network(masked(member.topology.subnet), NetworkKind.KILO)


def internal(member: Member) -> Iterator[Network]:
    """Yield the internal IP of each node, ready or not."""
    for node in member.mesh.nodes:
        if node.internal_ip:
            yield Network(host_cidr(node.internal_ip.ip), NetworkKind.INTERNAL, f'node "{node.name}"')


def lans(member: Member) -> Iterator[Network]:
    """Yield the network that each node is in, by the prefix of its internal IP."""
    for node in member.mesh.nodes:
        if node.internal_ip:
            yield Network(masked(node.internal_ip), NetworkKind.LAN, f'node "{node.name}"')


def locations(member: Member) -> Iterator[Network]:
    """Yield the allowed location IPs that Kilo routes."""
    for segment in member.topology.segments:
        for cidr in segment.allowed_location_ips:
            yield Network(cidr, NetworkKind.LOCATION, f'"{segment.name}"')


def others(member: Member, but: Iterable[Peer]) -> Iterator[Network]:
    """Yield the allowed IPs of the Peers of a cluster, except those in `but`."""
    excepted = {peer.name for peer in but}
    for peer in member.mesh.peers:
        if peer.name in excepted:
            continue
        joined, mesh = peer.labels.get(names.PEERING, ""), peer.labels.get(names.CLUSTERMESH)
        for cidr in peer.allowed_ips:
            yield Network(cidr, NetworkKind.PEER, f'peer "{peer.name}"', peer.name, joined, mesh)
