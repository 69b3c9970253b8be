"""DNS endpoints whose addresses decide which node leads: their names, and nodes with the addresses filled in."""

from collections.abc import Iterable, Mapping

from kgctl_py.mesh import segment
from kgctl_py.mesh.model import Granularity, Node
from kgctl_py.value import replace
from kgctl_py.wireguard.endpoint import IPAddress


def names_to_look_up(nodes: Iterable[Node], granularity: Granularity) -> set[str]:
    """Return the DNS names without whose addresses a leader cannot be elected."""
    groups = segment.group(nodes, granularity).values()
    undecided = (node for group in groups for node in segment.undecided(group))
    return {node.endpoint.name for node in undecided if node.endpoint and node.endpoint.name}


def with_addresses(nodes: Iterable[Node], addresses: Mapping[str, IPAddress]) -> tuple[Node, ...]:
    """Return the nodes, those with a DNS endpoint in `addresses` with its address."""
    return tuple(_with_address(node, addresses) for node in nodes)


def _with_address(node: Node, addresses: Mapping[str, IPAddress]) -> Node:
    if node.endpoint is None or node.endpoint.name not in addresses:
        return node
    return replace(node, endpoint=replace(node.endpoint, ip=addresses[node.endpoint.name]))
