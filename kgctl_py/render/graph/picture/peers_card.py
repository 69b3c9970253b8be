"""The card for peers: a table of a few peers or a list of many, and the peers that are not ready."""

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.picture.cards import (
    MOST_IN_FULL,
    Card,
    Row,
    by_number,
    count_text,
    endpoint_text,
    few,
    listing,
    shown_name,
    with_table,
)
from kgctl_py.render.graph.run_graphviz import Detail
from kgctl_py.value import replace

_MOST_PEER_ROWS = 12
"""The number of peers up to which they are a table, not a list in columns."""


def peers_card(mesh: Mesh, topology: Topology, detail: Detail) -> Card | None:
    """Return the card of all peers, or None in a mesh without peers."""
    if not mesh.peers:
        return None
    peers = sorted(mesh.peers, key=lambda peer: by_number(peer.name))
    ready = [peer for peer in peers if not peer.why_not_ready()]
    in_full = detail is Detail.FULL or (detail is Detail.AUTO and len(mesh.peers) <= MOST_IN_FULL)
    card = Card(
        title="Peers",
        aside=count_text(len(mesh.peers), "peer", len(mesh.peers) - len(ready)),
        ends=len(ready),
        is_peers=True,
    )
    heads = ("peer", "allowed IPs", "endpoint", "owner")
    lines = [_peer_line(peer, topology, most=3 if in_full else 2) for peer in ready]
    ghosts = [peer for peer in peers if peer.why_not_ready()]
    reasons = [(shown_name(peer.name), _owner(peer), shown_name(peer.why_not_ready())) for peer in ghosts]
    out = listing(("not ready", "owner", "reason"), reasons, ghost=True)
    if len(ready) <= _MOST_PEER_ROWS and in_full:
        return replace(with_table(card, heads, list(map(Row, lines))), listings=out)
    return replace(card, listings=(*listing(heads, lines), *out))


def _peer_line(peer: Peer, topology: Topology, *, most: int) -> tuple[str, ...]:
    return shown_name(peer.name), few(peer.allowed_ips, most), endpoint_text(peer, topology), _owner(peer)


def _owner(peer: Peer) -> str:
    return shown_name(peer.annotations.get(names.OWNER, ""))
