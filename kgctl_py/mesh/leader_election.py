"""Which node leads a segment, and why (kilo pkg/mesh/topology.go, findLeader)."""

import enum
import itertools
from collections.abc import Sequence

from kgctl_py.mesh.address import is_public
from kgctl_py.mesh.model import Node
from kgctl_py.mesh.segment import Segment


def elect(nodes: Sequence[Node]) -> Node:
    """Choose the leader among the nodes of a segment: one that volunteers before others, public before not."""
    candidates = _candidates(nodes)
    if len(candidates) == 1:
        return candidates[0]
    return next((node for node in candidates if _has_public_endpoint(node)), candidates[0])


class LeaderReason(enum.StrEnum):
    """What the leader of a segment was chosen for."""

    ALONE = "the only node"
    VOLUNTEER_PUBLIC = "leader annotation, public endpoint"
    VOLUNTEER = "leader annotation"
    PUBLIC = "public endpoint"
    FIRST = "first by name"


def leader_reason(segment: Segment) -> LeaderReason:
    """Return what decided that the leader leads, by the order of `elect`."""
    leader, public = segment.leader, _has_public_endpoint(segment.leader)
    if len(segment.nodes) == 1:
        return LeaderReason.ALONE
    if leader.leader:
        return LeaderReason.VOLUNTEER_PUBLIC if public else LeaderReason.VOLUNTEER
    return LeaderReason.PUBLIC if public else LeaderReason.FIRST


def undecided(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return the nodes whose DNS endpoints must be resolved before the leader of their segment is known."""
    candidates = _candidates(nodes)
    rivals = tuple(itertools.takewhile(lambda node: not _has_public_endpoint(node), candidates))
    unresolved = tuple(node for node in rivals if node.endpoint and not node.endpoint.ip)
    first_leads_anyway = unresolved == candidates[:1] and rivals == candidates
    return () if first_leads_anyway else unresolved


def _candidates(nodes: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node.leader) or tuple(nodes)


def _has_public_endpoint(node: Node) -> bool:
    return bool(node.endpoint and node.endpoint.ip and is_public(node.endpoint.ip))
