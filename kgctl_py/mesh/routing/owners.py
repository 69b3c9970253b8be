"""The owners of an address in a topology, each with the networks that contain the address."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.network_owners import NetworkOwners
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value


class SegmentNetworks(Value, frozen=True, kw_only=True):
    """A segment and some of its networks."""

    segment: Segment
    allowed_ips: tuple[IPInterface, ...]
    allowed_location_ips: tuple[IPInterface, ...]

    @property
    def every(self) -> tuple[IPInterface, ...]:
        """All networks, in the order of the configuration."""
        return (*self.allowed_ips, *self.allowed_location_ips)


class PeerNetworks(Value, frozen=True, kw_only=True):
    """A peer and some of its allowed IPs."""

    peer: Peer
    allowed_ips: tuple[IPInterface, ...]


class Owners(Value, frozen=True, kw_only=True):
    """The segments, peers, and nodes that have an address, in the order of the topology."""

    segments: tuple[SegmentNetworks, ...]
    peers: tuple[PeerNetworks, ...]
    nodes: tuple[Node, ...]
    given: Mapping[str, tuple[IPInterface, ...]]
    """The allowed IPs of peers by their names, also those that other peers got."""

    def location_ips_of(self, name: str) -> tuple[IPInterface, ...]:
        """Return the allowed location IPs of the segment with this name."""
        return next((one.allowed_location_ips for one in self.segments if one.segment.name == name), ())


class OwnerIndex:
    """Finds the owners of addresses by prefix, so that the number of networks does not matter."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._nodes = tuple(node for segment in topology.segments for node in segment.nodes)
        self._given = tuple(topology.given_peers.values())
        self._segment_index = _Index(
            (*segment.allowed_ips, *segment.allowed_location_ips) for segment in topology.segments
        )
        self._peer_index = _Index(peer.allowed_ips for peer in topology.peers)
        self._given_index = _Index(peer.allowed_ips for peer in self._given)
        self._node_index = _Index(_networks(node) for node in self._nodes)
        self._found: dict[IPAddress, Owners] = {}

    def of(self, ip: IPAddress) -> Owners:
        """Return the owners of the networks that contain an address."""
        if ip not in self._found:
            self._found[ip] = self._owners(host_cidr(ip))
        return self._found[ip]

    def widths(self, ip: IPAddress) -> Iterator[tuple[Segment | Place, tuple[int, ...]]]:
        """Yield the owners of networks that contain an address, with the prefix lengths."""
        host = host_cidr(ip)
        for number, cidrs in self._segment_index.containing(host):
            yield self._topology.segments[number], _lengths(cidrs)
        for number, cidrs in self._peer_index.containing(host):
            yield Place(Kind.PEER, self._topology.peers[number].name), _lengths(cidrs)
        for number, cidrs in self._node_index.containing(host):
            yield Place(Kind.NODE, self._nodes[number].name), _lengths(cidrs)

    def _owners(self, host: IPInterface) -> Owners:
        topology = self._topology
        return Owners(
            segments=tuple(
                _segment_networks(topology.segments[number], positions)
                for number, positions in self._segment_index.positions(host)
            ),
            peers=tuple(
                PeerNetworks(peer=topology.peers[number], allowed_ips=cidrs)
                for number, cidrs in self._peer_index.containing(host)
            ),
            nodes=tuple(self._nodes[number] for number, _ in self._node_index.positions(host)),
            given={self._given[number].name: cidrs for number, cidrs in self._given_index.containing(host)},
        )


class _Index:
    """Owners by their numbers, and their networks by their positions."""

    def __init__(self, networks: Iterable[Sequence[IPInterface]]) -> None:
        self._networks = tuple(networks)
        self._owners: NetworkOwners[tuple[int, int]] = NetworkOwners()
        for number, cidrs in enumerate(self._networks):
            for position, cidr in enumerate(cidrs):
                self._owners.add(cidr, (number, position))

    def positions(self, host: IPInterface) -> Iterator[tuple[int, list[int]]]:
        """Yield the number of each owner of an address, and the positions of the networks that contain it."""
        found: dict[int, list[int]] = {}
        for number, position in sorted(self._owners.holders(host)):
            found.setdefault(number, []).append(position)
        yield from found.items()

    def containing(self, host: IPInterface) -> Iterator[tuple[int, tuple[IPInterface, ...]]]:
        """Yield the number of each owner of an address, and the networks that contain it, in their order."""
        for number, positions in self.positions(host):
            yield number, tuple(self._networks[number][position] for position in positions)


def _segment_networks(segment: Segment, positions: Iterable[int]) -> SegmentNetworks:
    count = len(segment.allowed_ips)
    inside, beside = [], []
    for position in positions:
        if position < count:
            inside.append(segment.allowed_ips[position])
        else:
            beside.append(segment.allowed_location_ips[position - count])
    return SegmentNetworks(segment=segment, allowed_ips=tuple(inside), allowed_location_ips=tuple(beside))


def _networks(node: Node) -> tuple[IPInterface, ...]:
    return tuple(cidr for cidr in (node.subnet, node.internal_ip and node.internal_ip.host()) if cidr)


def _lengths(cidrs: Iterable[IPInterface]) -> tuple[int, ...]:
    return tuple(sorted({cidr.prefixlen for cidr in cidrs}))
