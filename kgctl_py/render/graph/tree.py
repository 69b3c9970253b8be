"""The mesh as a tree of text: locations with their nodes, peers, and the reasons why some are not ready."""

from collections.abc import Iterable, Iterator

from kgctl_py.escape_text import shortened, visible
from kgctl_py.mesh.nodes_and_peers import Mesh, Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import Value

_BOXES = ("├── ", "└── ", "│   ", "    ")
_ASCII = ("|-- ", "`-- ", "|   ", "    ")
_WIDE = 40
"""The largest width of the column of names; a longer name moves only its own details to the right."""


class Branch(Value, frozen=True):
    """A line of the tree: a name, its details, and the branches below it."""

    name: str
    details: tuple[object, ...] = ()
    branches: "tuple[Branch, ...]" = ()


def takes_boxes(encoding: str) -> bool:
    """Return whether an encoding has box-drawing characters."""
    try:
        "".join(_BOXES).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def tree(mesh: Mesh, topology: Topology, *, boxes: bool = True) -> str:
    """Yield the lines of the tree, with box-drawing characters or in ASCII."""
    root = f"kilo {topology.subnet.network} (granularity {topology.granularity})"
    rows = list(_lines(_locations(mesh, topology), _BOXES if boxes else _ASCII))
    width = max((len(name) for name, _ in rows if len(name) <= _WIDE), default=0)
    return "".join(
        f"{line}\n" for line in (root, *(f"{name:{width}}  {details}".rstrip() for name, details in rows))
    )


def _lines(branches: Iterable[Branch], strokes: tuple[str, ...], indent: str = "") -> Iterator[tuple[str, str]]:
    fork, last, trunk, gap = strokes
    siblings = tuple(branches)
    for branch in siblings:
        is_last = branch is siblings[-1]
        details = "  ".join(visible(shortened(str(detail))) for detail in branch.details if detail)
        yield indent + (last if is_last else fork) + visible(shortened(branch.name)), details
        yield from _lines(branch.branches, strokes, indent + (gap if is_last else trunk))


def _locations(mesh: Mesh, topology: Topology) -> Iterator[Branch]:
    shared = {segment.location: segment for segment in topology.segments if segment.name.startswith("location:")}
    for location in sorted({node.location for node in mesh.nodes}):
        segment = shared.get(location)
        leader = segment.leader.name if segment else None
        nodes = [node for node in mesh.nodes if node.location == location and node.name != leader]
        heading = (f"leader {leader}", *_tunnel(segment, topology)) if segment else ()
        yield Branch(location or "(no location)", heading, tuple(_node(node, mesh, topology) for node in nodes))
    if mesh.peers:
        yield Branch("peers", (), tuple(_peer(peer, topology) for peer in mesh.peers))


def _node(node: Node, mesh: Mesh, topology: Topology) -> Branch:
    why = node.why_not_ready(mesh.now)
    if why:
        return Branch(node.name, (f"not ready: {', '.join(why)}",))
    segment = topology.segment_of(node.name)
    if segment.leader.name == node.name:
        return Branch(node.name, ("leader", *_tunnel(segment, topology)))
    return Branch(node.name, (node.internal_ip and node.internal_ip.ip, node.subnet))


def _tunnel(segment: Segment, topology: Topology) -> tuple[object, ...]:
    leader = segment.leader
    seen = topology.discovered_endpoint(leader.key, leader.persistent_keepalive)
    keepalive = f"(keepalive {leader.persistent_keepalive}s)" if leader.persistent_keepalive else ""
    return (segment.wireguard_ip, seen or leader.endpoint, keepalive)


def _peer(peer: Peer, topology: Topology) -> Branch:
    if peer.why_not_ready():
        return Branch(peer.name, (f"not ready: {peer.why_not_ready()}",))
    seen = topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive)
    return Branch(peer.name, (", ".join(map(str, peer.allowed_ips)), seen or peer.endpoint))
