"""Classes of similar members: a trace between two of them has the same result for all members of their classes.

Most nodes and peers of a mesh differ only by name. A member with overlapping networks, discovered endpoints, or
allowed location IPs has its own class. A test compares all results with single traces.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from kgctl_py import names
from kgctl_py.mesh.address import IPAddress, is_reachable
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Granularity, Node, Peer
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace_targets import Target
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.conf import clamped

K = TypeVar("K", bound=Hashable)

_OWN = Place(Kind.NODE, "")
"""Replaces the name of a member, and of its segment, so that names do not matter."""


class Alike(Value, frozen=True):
    """The class of a member, and its segment, because members of one segment need no tunnel."""

    number: int
    segment: str


def classes(tables: RoutingTables, targets: Mapping[K, Target]) -> Mapping[K, Alike]:
    """Return the class of each target."""
    classifier = _Classifier(tables, targets.values())
    numbers: dict[Hashable, int] = {}
    alike = {}
    for member, target in targets.items():
        number = numbers.setdefault(classifier.key(target), len(numbers))
        alike[member] = Alike(number, classifier.segment_name(target.place))
    return alike


class _Classifier:
    """Collects the data that the verdict of a trace can depend on."""

    def __init__(self, tables: RoutingTables, targets: Iterable[Target]) -> None:
        self.tables, self.topology = tables, tables.topology
        self._segment_keys: dict[str, Hashable] = {}
        nodes = (node for segment in self.topology.segments for node in segment.nodes)
        self._networks = {node.name: node.internal_ip and node.internal_ip.masked() for node in nodes}
        leaders = [segment.leader for segment in self.topology.segments]
        endpoints = [node.endpoint for node in leaders] + [peer.endpoint for peer in self.topology.peers]
        endpoints += [
            *self.topology.discovered.values(),
            *(e for n in leaders for e in n.discovered_endpoints.values()),
        ]
        self._called = {endpoint.ip for endpoint in endpoints if endpoint and endpoint.ip}
        self._entangled: set[str | Place] = set()
        self._signatures: dict[tuple[Place | None, IPAddress], Hashable] = {}
        for target in targets:
            for ip in target.addresses:
                self._signatures[target.place, ip] = self._signature(target.place, ip)

    def segment_name(self, place: Place | None) -> str:
        if place is None or place.kind is Kind.PEER:
            return ""
        if place.kind is Kind.NETWORK:
            return place.name
        is_ready = place.name in self.topology.ready_names
        return self.topology.segment_of(place.name).name if is_ready else ""

    def key(self, target: Target) -> Hashable:
        """Return the data that decides which members a target reaches, and which reach it."""
        place = target.place
        if place is None or target.fault:
            return "fault"
        signatures = tuple(self._signatures[place, ip] for ip in target.addresses)
        return self._place_key(place), signatures

    def _place_key(self, place: Place) -> Hashable:
        if place in self._entangled or place.kind is Kind.NETWORK:
            return place
        if place.kind is Kind.PEER:
            return self._peer_key(self.topology.given_peers[place.name])
        segment = self.topology.segment_of(place.name)
        if segment.name not in self._segment_keys:
            self._segment_keys[segment.name] = self._segment_key(segment)
        key = self._segment_keys[segment.name]
        subnets = self._subnets(place.name, segment) if key == segment.name else None
        return key, segment.leader.name == place.name, subnets

    def _subnets(self, name: str, segment: Segment) -> Hashable:
        """Return the subnet of a node, and those of its location that contain its internal IP."""
        own = self.tables.node(Place(Kind.NODE, name))
        ip = own.internal_ip.host() if own and own.internal_ip else None
        every = {self._networks[node.name] for node in segment.nodes}
        return self._networks[name], frozenset(one for one in every if one and ip and one.overlaps(ip))

    def _peer_key(self, peer: Peer) -> Hashable:
        if str(peer.public_key) in self.topology.discovered:
            return Place(Kind.PEER, peer.name)
        return "peer", names.PEERING in peer.labels, *_calling(peer)

    def _segment_key(self, segment: Segment) -> Hashable:
        leader = segment.leader
        networks = {self._networks[node.name] for node in segment.nodes}
        is_special = (
            self.topology.granularity is Granularity.CROSS
            or segment.allowed_location_ips
            or segment.name in self._entangled
            or str(leader.key) in self.topology.discovered
            or len(networks) > 1
        )
        if is_special:
            return segment.name
        heard = frozenset((key, str(endpoint)) for key, endpoint in leader.discovered_endpoints.items())
        widths = {network and (network.version, network.prefixlen) for network in networks}
        return "segment", *_calling(leader), heard, frozenset(widths)

    def _signature(self, place: Place | None, ip: IPAddress) -> Hashable:
        """Return the owners of an address, and the prefix lengths of their networks; remember the other owners."""
        own = self.segment_name(place)
        held: list[tuple[str | Place, tuple[int, ...]]] = []
        for owner, widths in self.tables.widths(ip):
            name = owner.name if isinstance(owner, Segment) else owner
            held.append((_OWN if name in (own, place) else name, widths))
        self._entangled.update(name for name, _ in held if name != _OWN)
        is_called = ip if ip in self._called else None
        return ip.version, is_called, tuple(held)


def _calling(member: Node | Peer) -> tuple[Hashable, ...]:
    """Return the data that decides whether a member can open tunnels to others, and others to it."""
    keepalive = member.persistent_keepalive
    return _callable(member.endpoint), member.ip_versions, bool(keepalive), bool(clamped(keepalive))


def _callable(endpoint: Endpoint | None) -> tuple[bool, int] | None:
    """Return whether an endpoint is reachable, and the IP version for it; 0 if it is not known."""
    if endpoint is None:
        return None
    if endpoint.ip is None or endpoint.name:
        return endpoint.ip is None or is_reachable(endpoint.ip), 0
    return is_reachable(endpoint.ip), endpoint.ip.version
