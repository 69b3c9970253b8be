"""Segments, the nodes that share one WireGuard interface, and their leaders (kilo pkg/mesh/topology.go)."""

import enum
import itertools
from collections.abc import Iterable, Sequence

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, is_public
from kgctl_py.mesh.nodes_and_peers import Granularity, Node
from kgctl_py.value import Value


class Segment(Value, frozen=True, kw_only=True):
    """Nodes that share a leader, with the name in Kilo: `location:X` or `node:X`."""

    name: str
    nodes: tuple[Node, ...]
    leader: Node
    wireguard_ip: IPAddress
    allowed_ips: tuple[IPInterface, ...]
    allowed_location_ips: tuple[IPInterface, ...] = ()

    @property
    def location(self) -> str:
        """The name of the location, or of the node if it is its own segment."""
        return self.name.partition(":")[2]


class DropCause(enum.Enum):
    """Why an allowed location IP is dropped: the other owner of its addresses."""

    DECLARED = enum.auto()
    """Another segment also declares them."""
    ROUTED = enum.auto()
    """They are a pod CIDR, an internal IP, or a WireGuard IP."""
    PEER = enum.auto()


class DroppedLocationIP(Value, frozen=True, kw_only=True):
    """An allowed location IP that Kilo does not route, and the owner of the addresses."""

    segment: str
    cidr: IPInterface
    holder: str
    cause: DropCause


def segment_name(node: Node, granularity: Granularity) -> str:
    """Return the segment name of a node; without an internal IP, it has its own (kilo pkg/mesh/topology.go)."""
    if granularity is Granularity.LOCATION and node.internal_ip:
        return f"location:{node.location}"
    return f"node:{node.name}"


def group_nodes(nodes: Iterable[Node], granularity: Granularity) -> dict[str, tuple[Node, ...]]:
    """Sort nodes into segments: segments by name, and the nodes of each by name."""
    groups: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: node.name):
        groups.setdefault(segment_name(node, granularity), []).append(node)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def routed_ips(nodes: Iterable[Node], wireguard_ip: IPAddress) -> tuple[IPInterface, ...]:
    """Return the networks of a segment: the pod CIDR and internal IP of each node, then the WireGuard IP."""
    cidrs = []
    for node in nodes:
        if node.subnet:
            cidrs.append(node.subnet)
        if node.internal_ip:
            cidrs.append(node.internal_ip.host())
    return (*cidrs, host_cidr(wireguard_ip))


def elect_leader(nodes: Sequence[Node]) -> Node:
    """Return the leader of the nodes of a segment: leader annotations first, then public endpoints."""
    candidates = _candidates(nodes)
    if len(candidates) == 1:
        return candidates[0]
    return next((node for node in candidates if _has_public_endpoint(node)), candidates[0])


def next_leader(segment: Segment) -> Node | None:
    """Return the node that leads without the current leader, or None if the segment has no other node."""
    others = [node for node in segment.nodes if node.name != segment.leader.name]
    return elect_leader(others) if others else None


def shown_segment(name: str) -> str:
    """Return the name of a segment for messages: "location:" becomes "location:<none>"."""
    return f"{name}<none>" if name == "location:" else name


class LeaderReason(enum.StrEnum):
    """The reason why a node leads its segment."""

    ALONE = "the only node"
    VOLUNTEER_PUBLIC = "leader annotation, public endpoint"
    VOLUNTEER = "leader annotation"
    PUBLIC = "public endpoint"
    FIRST = "first by name"


def leader_reason(segment: Segment) -> LeaderReason:
    """Return the reason why the leader leads, by the order of `elect_leader`."""
    leader, public = segment.leader, _has_public_endpoint(segment.leader)
    if len(segment.nodes) == 1:
        return LeaderReason.ALONE
    if leader.leader:
        return LeaderReason.VOLUNTEER_PUBLIC if public else LeaderReason.VOLUNTEER
    return LeaderReason.PUBLIC if public else LeaderReason.FIRST


def undecided_nodes(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return the nodes whose DNS endpoints must be resolved before the leader of their segment is known."""
    if len(nodes) == 1:
        return ()  # the only node leads, wherever its endpoint is
    candidates = _candidates(nodes)
    rivals = tuple(itertools.takewhile(lambda node: not _has_public_endpoint(node), candidates))
    unresolved = tuple(node for node in rivals if node.endpoint and not node.endpoint.ip)
    first_leads_anyway = unresolved == candidates[:1] and rivals == candidates
    return () if first_leads_anyway else unresolved


def _candidates(nodes: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node.leader) or tuple(nodes)


def _has_public_endpoint(node: Node) -> bool:
    return bool(node.endpoint and node.endpoint.ip and is_public(node.endpoint.ip))
