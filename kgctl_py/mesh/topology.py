"""The topology that Kilo computes from ready nodes and peers: segments, tunnels, and owners of allowed IPs.

Every agent runs the same computation (kilo pkg/mesh/topology.go), so kgctl must return exactly the same results: a
better topology would not match the mesh.
"""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kgctl_py import wireguard
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPAddress, IPInterface, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity, Node, Peer
from kgctl_py.mesh.segments_and_leaders import DroppedLocationIP, Segment, elect_leader, group_nodes, routed_ips
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.cidr import address


class LostAllowedIP(Value, frozen=True, kw_only=True):
    """An allowed IP of a peer, at position `index`, that goes to the peer `holder`, whose name sorts first."""

    peer: str
    index: int
    cidr: IPInterface
    holder: str


class Topology(Value, frozen=True, kw_only=True, dict=True):
    """Segments and peers in Kilo's order, with the data for the configurations of their members."""

    granularity: Granularity
    subnet: IPInterface
    segments: tuple[Segment, ...]
    peers: tuple[Peer, ...]
    """Ready peers by name, without the allowed IPs that go to other peers."""
    given_peers: Mapping[str, Peer]
    """The same peers with all their allowed IPs, by name."""
    discovered: Mapping[str, wireguard.Endpoint]
    dropped: tuple[DroppedLocationIP, ...]
    lost: tuple[LostAllowedIP, ...]

    @classmethod
    def build(
        cls,
        *,
        nodes: Iterable[Node],
        peers: Iterable[Peer],
        granularity: Granularity,
        subnet: IPInterface,
        viewpoint: str = "",
    ) -> "Topology":
        """Compute the topology of ready nodes and peers as seen from the node `viewpoint`, or the first by name.

        Raise KgctlError if the Kilo subnet has fewer addresses than segments.
        """
        given = _by_name(peers)
        kept_peers, lost = deduplicated(given.values())
        groups = group_nodes(nodes, granularity)
        addressed = tuple(
            new_segment(name, members, ip)
            for (name, members), ip in zip(groups.items(), _allocate(subnet, len(groups)), strict=True)
        )
        segments, dropped = _filtered(addressed, kept_peers)
        return cls(
            granularity=granularity,
            subnet=subnet,
            segments=segments,
            peers=kept_peers,
            given_peers=given,
            discovered=_discovered(segments, viewpoint),
            dropped=dropped,
            lost=lost,
        )

    def with_segments(self, segments: tuple[Segment, ...]) -> "Topology":
        """Return the topology with other segments, none of which has allowed location IPs."""
        return replace(self, segments=segments, discovered=_discovered(segments, viewpoint=""))

    def with_peers(self, peers: Iterable[Peer]) -> "Topology":
        """Return the topology with other ready peers, and without allowed location IPs."""
        given = _by_name(peers)
        kept_peers, lost = deduplicated(given.values())
        return replace(self, peers=kept_peers, given_peers=given, lost=lost)

    @functools.cached_property
    def _segments_by_node(self) -> Mapping[str, Segment]:
        return {node.name: seg for seg in self.segments for node in seg.nodes}

    def segment_of(self, node: str) -> Segment:
        """Return the segment of a ready node."""
        return self._segments_by_node[node]

    @property
    def service_segment(self) -> Segment | None:
        """The segment through which peers reach Services: that of the first node by name, as in the Go kgctl."""
        first = min(self.ready_names, default=None)
        return None if first is None else self.segment_of(first)

    @property
    def ready_names(self) -> Collection[str]:
        """The names of all ready nodes."""
        return self._segments_by_node.keys()

    def tunnel_ends(self, own: Segment) -> tuple[Segment, ...]:
        """Return the segments to which the leader of `own` has a tunnel."""
        return tuple(seg for seg in self.segments if self.has_tunnel(own, seg))

    def has_tunnel(self, own: Segment, other: Segment) -> bool:
        """Return whether the leaders of two segments have a tunnel."""
        return other is not own and not self._share_a_network(own, other)

    def tunnels(self) -> Iterator[tuple[Segment, Segment]]:
        """Return each pair of segments whose leaders have a tunnel, once."""
        pairs = itertools.combinations(self.segments, 2)
        return ((seg, other) for seg, other in pairs if not self._share_a_network(seg, other))

    @property
    def tunnel_count(self) -> int:
        """The number of pairs in `tunnels`."""
        shared = (
            Counter(seg.leader.location for seg in self.segments) if self.granularity is Granularity.CROSS else {}
        )
        return math.comb(len(self.segments), 2) - sum(math.comb(count, 2) for count in shared.values())

    def are_neighbours(self, own: Segment, node: str) -> bool:
        """Return whether a ready node is reachable without a tunnel: it is in `own`, or leads a neighbor."""
        other = self.segment_of(node)
        return other is own or (self._share_a_network(own, other) and other.leader.name == node)

    def _share_a_network(self, seg: Segment, other: Segment) -> bool:
        return self.granularity is Granularity.CROSS and seg.leader.location == other.leader.location

    def interface_address(self, node: str) -> IPInterface:
        """Return the address of a leader's interface as kg sets it: its WireGuard IP in the Kilo subnet."""
        prefix = self.subnet.prefixlen
        return parse_cidr(f"{self.segment_of(node).wireguard_ip}/{prefix}")

    def discovered_endpoint(self, key: wireguard.Key | None, keepalive: int) -> wireguard.Endpoint | None:
        """Return the discovered endpoint of a key with a keepalive; Kilo ignores that of others."""
        return self.discovered.get(str(key)) if keepalive else None


def new_segment(name: str, nodes: tuple[Node, ...], ip: IPAddress) -> Segment:
    """Return the segment of nodes, sorted by name, with its leader and without allowed location IPs."""
    return Segment(
        name=name,
        nodes=nodes,
        leader=elect_leader(nodes),
        wireguard_ip=ip,
        allowed_ips=routed_ips(nodes, ip),
    )


def _by_name(peers: Iterable[Peer]) -> Mapping[str, Peer]:
    return {peer.name: peer for peer in sorted(peers, key=lambda peer: peer.name)}


def _filtered(
    segments: tuple[Segment, ...], peers: Iterable[Peer]
) -> tuple[tuple[Segment, ...], tuple[DroppedLocationIP, ...]]:
    """Return the segments with their allowed location IPs, and the allowed location IPs that are not routed."""
    if not any(node.allowed_location_ips for seg in segments for node in seg.nodes):
        return segments, ()
    from kgctl_py.mesh.location_ips import filter_location_ips

    return filter_location_ips(segments, peers)


def _allocate(subnet: IPInterface, count: int) -> Sequence[IPAddress]:
    """Assign addresses in order after the address of the subnet, which is not used (kilo pkg/mesh/ip.go)."""
    network = subnet.network
    if count >= network.num_addresses:
        free = network.num_addresses - 1
        raise KgctlError(
            f'the Kilo subnet "{network}" is exhausted: it has {free} address{"" if free == 1 else "es"} '
            f"for {count} segment{'' if count == 1 else 's'}",
            hint="give every kg a larger --subnet",
        )
    first = int(network.network_address) + 1
    return tuple(address(subnet.version, number) for number in range(first, first + count))


def deduplicated(peers: Iterable[Peer]) -> tuple[tuple[Peer, ...], tuple[LostAllowedIP, ...]]:
    """Give each allowed IP, by text, to the first peer that has it; `peers` are sorted by name."""
    holders: dict[IPInterface, str] = {}
    kept, lost = [], []
    for peer in peers:
        cidrs = []
        for index, cidr in enumerate(peer.allowed_ips):
            if cidr in holders:
                lost.append(LostAllowedIP(peer=peer.name, index=index, cidr=cidr, holder=holders[cidr]))
            else:
                holders[cidr] = peer.name
                cidrs.append(cidr)
        kept.append(replace(peer, allowed_ips=tuple(cidrs)))
    return tuple(kept), tuple(lost)


def _discovered(segments: Iterable[Segment], viewpoint: str) -> Mapping[str, wireguard.Endpoint]:
    """Merge the discovered endpoints: those of `viewpoint` take precedence, then by segment and name."""
    nodes = [node for seg in segments for node in seg.nodes]
    reporting = [node for node in nodes if node.discovered_endpoints]  # few nodes have discovered endpoints
    if not reporting:
        return {}
    viewpoint = viewpoint or min(node.name for node in nodes)
    endpoints: dict[str, wireguard.Endpoint] = {}
    for node in sorted(reporting, key=lambda node: node.name != viewpoint):
        for key, endpoint in node.discovered_endpoints.items():
            endpoints.setdefault(key, endpoint)
    return endpoints
