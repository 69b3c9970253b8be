"""From a mesh to its topology: ready nodes, values that hold for all, and DNS endpoints resolved."""

from collections.abc import Callable, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.mesh import agreed_values, leader_election, segment
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.find_by_name import ready_nodes
from kgctl_py.mesh.model import Granularity, Mesh, Node
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace

LookUp = Callable[[set[str]], Mapping[str, IPAddress]]
"""Returns the addresses of host names, as many as are known."""


def look_nothing_up(_: set[str]) -> Mapping[str, IPAddress]:
    """Return no address for any host name."""
    return {}


def build_topology(
    mesh: Mesh,
    *,
    granularity: Granularity | None = None,
    look_up: LookUp = look_nothing_up,
    viewpoint: str = "",
) -> Topology:
    """Return the topology of `mesh`, with the endpoints resolved that decide who leads.

    Raise KgctlError when no node is ready, none states a granularity, or the Kilo subnet is exhausted.
    """
    nodes = ready_nodes(mesh)
    granularity = granularity or next(iter(agreed_values.granularities(nodes)), None)
    if granularity is None:
        unknown = next(iter(agreed_values.unknown_granularities(nodes)), None)
        if unknown is not None:
            raise KgctlError(
                f'the nodes state the granularity "{unknown}", which this kgctl does not know',
                hint="use a newer kgctl: a newer or patched Kilo runs on these nodes",
            )
        raise KgctlError(
            "no ready node reports a granularity",
            hint="choose one with --mesh-granularity location, full or cross",
        )
    return Topology.build(
        nodes=_resolved(nodes, granularity, look_up),
        peers=mesh.ready_peers,
        granularity=granularity,
        subnet=agreed_values.subnet(mesh),
        viewpoint=viewpoint,
    )


def _resolved(nodes: tuple[Node, ...], granularity: Granularity, look_up: LookUp) -> tuple[Node, ...]:
    groups = segment.group(nodes, granularity)
    undecided = [node for group in groups.values() for node in leader_election.undecided(group)]
    hosts = {node.endpoint.name for node in undecided if node.endpoint and node.endpoint.name}
    addresses = look_up(hosts) if hosts else {}
    return tuple(_with_address(node, addresses) for node in nodes) if addresses else nodes


def _with_address(node: Node, addresses: Mapping[str, IPAddress]) -> Node:
    if node.endpoint is None or node.endpoint.name not in addresses:
        return node
    return replace(node, endpoint=replace(node.endpoint, ip=addresses[node.endpoint.name]))
