"""Segments: the groups of nodes that share one WireGuard interface."""

from collections.abc import Iterable

from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr
from kgctl_py.mesh.model import Granularity, Node
from kgctl_py.value import Value


class Segment(Value, frozen=True, kw_only=True):
    """Nodes that are reached through one leader, under the name Kilo gives them: `location:X` or `node:X`."""

    name: str
    nodes: tuple[Node, ...]
    leader: Node
    wireguard_ip: IPAddress
    allowed_ips: tuple[IPInterface, ...]
    allowed_location_ips: tuple[IPInterface, ...] = ()

    @property
    def location(self) -> str:
        """The bare name of the location, or of the node that is a segment by itself."""
        return self.name.partition(":")[2]


def segment_name(node: Node, granularity: Granularity) -> str:
    """Name the segment of a node: without an internal IP it is one by itself (kilo pkg/mesh/topology.go)."""
    if granularity is Granularity.LOCATION and node.internal_ip:
        return f"location:{node.location}"
    return f"node:{node.name}"


def group(nodes: Iterable[Node], granularity: Granularity) -> dict[str, tuple[Node, ...]]:
    """Sort nodes into segments: segments by name, and the nodes of each by name."""
    groups: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: node.name):
        groups.setdefault(segment_name(node, granularity), []).append(node)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def allowed_ips(nodes: Iterable[Node], wireguard_ip: IPAddress) -> tuple[IPInterface, ...]:
    """Return what is routed to a segment: each node's pod CIDR and internal IP, then the WireGuard IP."""
    cidrs = []
    for node in nodes:
        if node.subnet:
            cidrs.append(node.subnet)
        if node.internal_ip:
            cidrs.append(node.internal_ip.host())
    return (*cidrs, host_cidr(wireguard_ip))
