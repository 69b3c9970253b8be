"""The topologies of a changing mesh: only changed segments are computed again."""

from collections.abc import Iterable, Iterator, Mapping

from kgctl_py.mesh.address import IPAddress, IPInterface
from kgctl_py.mesh.build_with_agreed_settings import (
    LookUp,
    agreed_subnet,
    build_topology,
    look_nothing_up,
    stated_granularities,
)
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node
from kgctl_py.mesh.segments_and_leaders import Segment, segment_name, undecided_nodes
from kgctl_py.mesh.topology import Topology, new_segment
from kgctl_py.value import Value

_Change = tuple[Node | None, Node | None]
"""A ready node before and now; None if it was not ready, or is not ready any more."""


class _Last(Value, frozen=True):
    """The last mesh, its ready nodes by name, its topology, and whether DNS can change the topology."""

    mesh: Mesh
    nodes: Mapping[str, Node]
    topology: Topology
    is_looked_up: bool


class SuccessiveTopologies:
    """Computes the topology of one mesh after the other, each equal to the result of `build_topology`.

    Only last-seen times can differ: a node that changes nothing else keeps its old one.
    """

    def __init__(self, *, granularity: Granularity | None = None, look_up: LookUp = look_nothing_up) -> None:
        self._granularity, self._look_up = granularity, look_up
        self._last: _Last | None = None

    def topology(self, mesh: Mesh) -> Topology:
        """Return the topology of `mesh`; raise KgctlError as `build_topology` does."""
        last, self._last = self._last, None  # after an error, the next topology is built from scratch
        topology = last and self._updated(last, mesh)
        if topology:
            looked_up = False
        else:
            topology, looked_up = self._built(mesh)
        self._last = _Last(mesh, {node.name: node for node in mesh.ready_nodes}, topology, looked_up)
        return topology

    def _built(self, mesh: Mesh) -> tuple[Topology, bool]:
        looked_up = []

        def look_up(names: set[str]) -> Mapping[str, IPAddress]:
            looked_up.append(names)
            return self._look_up(names)

        return build_topology(mesh, granularity=self._granularity, look_up=look_up), bool(looked_up)

    def _updated(self, last: _Last, mesh: Mesh) -> Topology | None:
        """Return the last topology with the changes; None if they can concern all segments."""
        topology, nodes = last.topology, mesh.ready_nodes
        if last.is_looked_up or _have_location_ips((*last.nodes.values(), *nodes)):
            return None
        changes = tuple(_changes(last.nodes, nodes))
        if self._settings(last, mesh, changes) != (topology.granularity, topology.subnet):
            return None
        segments = _segments(topology, changes) if changes else topology.segments
        if segments is None:
            return None
        if segments is not topology.segments:
            topology = topology.with_segments(segments)
        return topology if mesh.peers == last.mesh.peers else topology.with_peers(mesh.ready_peers)

    def _settings(
        self, last: _Last, mesh: Mesh, changes: Iterable[_Change]
    ) -> tuple[Granularity | None, IPInterface]:
        """Return the granularity and the subnet; count them again only if a changed node can change the result."""
        if all(_stated(old) == _stated(new) for old, new in changes) and _state_a_subnet(mesh.ready_nodes):
            return last.topology.granularity, last.topology.subnet
        stated = next(iter(stated_granularities(mesh.ready_nodes)), None)
        return self._granularity or stated, agreed_subnet(mesh)


def _changes(before: Mapping[str, Node], now: Iterable[Node]) -> Iterator[_Change]:
    left = dict(before)
    for node in now:
        old = left.pop(node.name, None)
        if old is not node and (old is None or old.ageless() != node.ageless()):
            yield old, node
    for old in left.values():
        yield old, None


def _have_location_ips(nodes: Iterable[Node]) -> bool:
    """Return whether any node has allowed location IPs, which can depend on all other addresses."""
    return any(node.allowed_location_ips for node in nodes)


def _stated(node: Node | None) -> object:
    return node and (node.granularity, node.wireguard_ip)


def _state_a_subnet(ready: Iterable[Node]) -> bool:
    """Return whether a ready node reports the Kilo subnet, so that nodes that are not ready do not matter."""
    return any(node.wireguard_ip for node in ready)


def _segments(topology: Topology, changes: Iterable[_Change]) -> tuple[Segment, ...] | None:
    """Return the segments after the changes; None if segments are added or removed, or DNS decides a leader."""
    places = {segment.name: place for place, segment in enumerate(topology.segments)}
    members: dict[str, dict[str, Node]] = {}
    for change in changes:
        for number, node in enumerate(change):
            if node is None:
                continue
            name = segment_name(node, topology.granularity)
            if name not in places:
                return None
            nodes = members.setdefault(name, {each.name: each for each in topology.segments[places[name]].nodes})
            if number:
                nodes[node.name] = node
            else:
                del nodes[node.name]
    segments = list(topology.segments)
    for name, nodes in members.items():
        sorted_nodes = tuple(nodes[each] for each in sorted(nodes))
        if not sorted_nodes or undecided_nodes(sorted_nodes):
            return None
        segments[places[name]] = new_segment(name, sorted_nodes, segments[places[name]].wireguard_ip)
    return tuple(segments)
