"""The values of the whole mesh that every node states for itself: the most frequent counts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.model import Granularity, IgnoredReason, Mesh, Node

T = TypeVar("T")

DEFAULT_SUBNET = parse_cidr("10.4.0.0/16")
"""What kg uses without `--subnet`."""


def granularities(nodes: Iterable[Node]) -> Sequence[Granularity]:
    """Return the granularities that nodes state, the most frequent first; of equals the first node's by name."""
    return _by_votes(node.granularity for node in nodes)


def unknown_granularities(nodes: Iterable[Node]) -> Sequence[str]:
    """Return the granularities that nodes state and this program does not know, the most frequent first."""
    return _by_votes(
        value.text
        for node in nodes
        for value in node.ignored_values
        if value.reason is IgnoredReason.UNKNOWN_GRANULARITY
    )


def subnets(mesh: Mesh) -> Sequence[IPInterface]:
    """Return the Kilo subnets that ready nodes state, most frequent first; those of other nodes when none does."""
    return _stated(mesh.ready_nodes) or _stated(mesh.nodes)


def subnet(mesh: Mesh) -> IPInterface:
    """Return the Kilo subnet of the mesh, kg's default when no node states one."""
    return next(iter(subnets(mesh)), DEFAULT_SUBNET)


def _stated(nodes: Iterable[Node]) -> Sequence[IPInterface]:
    return _by_votes(node.wireguard_ip and masked(node.wireguard_ip) for node in nodes)


def _by_votes(votes: Iterable[T | None]) -> Sequence[T]:
    """Order by count; `most_common` keeps the order of first appearance among equals."""
    return [value for value, _ in Counter(vote for vote in votes if vote is not None).most_common()]
