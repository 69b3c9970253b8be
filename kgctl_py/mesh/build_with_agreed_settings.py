"""Build the topology of a mesh from its ready nodes, their most frequent settings, and resolved endpoints."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import DEFAULT_SUBNET, IPAddress, IPInterface, masked
from kgctl_py.mesh.nodes_and_peers import Granularity, IgnoredReason, Mesh, Node
from kgctl_py.mesh.segments_and_leaders import group_nodes, undecided_nodes
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace

T = TypeVar("T")

LookUp = Callable[[set[str]], Mapping[str, IPAddress]]
"""Returns the known addresses of host names."""


def look_nothing_up(_: set[str]) -> Mapping[str, IPAddress]:
    """Resolve no host names, and return no addresses."""
    return {}


def build_topology(
    mesh: Mesh,
    *,
    granularity: Granularity | None = None,
    subnet: IPInterface | None = None,
    look_up: LookUp = look_nothing_up,
    viewpoint: str = "",
) -> Topology:
    """Return the topology of `mesh`, after resolving the endpoints that determine a leader.

    Raise KgctlError if no node is ready, no node reports a granularity, or the Kilo subnet is exhausted.
    """
    if not mesh.ready_nodes:
        from kgctl_py.mesh.find_by_name import no_ready_nodes  # most meshes have a ready node

        raise no_ready_nodes(mesh)
    nodes = mesh.ready_nodes
    granularity = granularity or next(iter(stated_granularities(nodes)), None)
    if granularity is None:
        unknown = next(iter(unknown_granularities(nodes)), None)
        if unknown is not None:
            raise KgctlError(
                f'the nodes state the granularity "{unknown}", which this kgctl does not know',
                hint="use a newer kgctl: a newer or patched Kilo runs on these nodes",
            )
        raise KgctlError(
            "no ready node reports a granularity",
            hint="choose one with --mesh-granularity location, full, or cross",
        )
    return Topology.build(
        nodes=_resolved(nodes, granularity, look_up),
        peers=mesh.ready_peers,
        granularity=granularity,
        subnet=subnet or agreed_subnet(mesh),
        viewpoint=viewpoint,
    )


def _resolved(nodes: tuple[Node, ...], granularity: Granularity, look_up: LookUp) -> tuple[Node, ...]:
    if not any(node.endpoint and not node.endpoint.ip for node in nodes):
        return nodes  # in most meshes, every endpoint is an address
    groups = group_nodes(nodes, granularity)
    undecided = [node for group in groups.values() for node in undecided_nodes(group)]
    hosts = {node.endpoint.name for node in undecided if node.endpoint and node.endpoint.name}
    addresses = look_up(hosts) if hosts else {}
    return tuple(_with_address(node, addresses) for node in nodes) if addresses else nodes


def _with_address(node: Node, addresses: Mapping[str, IPAddress]) -> Node:
    if node.endpoint is None or node.endpoint.name not in addresses:
        return node
    return replace(node, endpoint=replace(node.endpoint, ip=addresses[node.endpoint.name]))


def stated_granularities(nodes: Iterable[Node]) -> Sequence[Granularity]:
    """Return the reported granularities, the most frequent first; for ties, that of the first node by name."""
    return _by_votes(node.granularity for node in nodes)


def unknown_granularities(nodes: Iterable[Node]) -> Sequence[str]:
    """Return the reported granularities that this program does not know, the most frequent first."""
    return _by_votes(
        value.text
        for node in nodes
        for value in node.ignored_values
        if value.reason is IgnoredReason.UNKNOWN_GRANULARITY
    )


def stated_subnets(mesh: Mesh) -> Sequence[IPInterface]:
    """Return the Kilo subnets that ready nodes report, the most frequent first, or those of other nodes."""
    return _stated(mesh.ready_nodes) or _stated(mesh.nodes)


def agreed_subnet(mesh: Mesh) -> IPInterface:
    """Return the Kilo subnet of the mesh, or the default of kg if no node reports one."""
    return next(iter(stated_subnets(mesh)), DEFAULT_SUBNET)


def _stated(nodes: Iterable[Node]) -> Sequence[IPInterface]:
    return _by_votes(node.wireguard_ip and masked(node.wireguard_ip) for node in nodes)


def _by_votes(votes: Iterable[T | None]) -> Sequence[T]:
    """Return the distinct values, the most frequent first; equally frequent ones keep their order."""
    return [value for value, _ in Counter(vote for vote in votes if vote is not None).most_common()]
