"""The content of a picture: a card for each location, or each node of a small full mesh, and one for the peers."""

import math
import re
from collections.abc import Iterable, Sequence

from kgctl_py import names
from kgctl_py.escape_text import visible
from kgctl_py.mesh.behind_nat import leaders_behind_nat, leaders_with_private_endpoint
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.run_graphviz import Detail
from kgctl_py.render.graph.picture.text_width import shortened
from kgctl_py.value import Value, replace

MOST_IN_FULL = 30
"""The number of nodes or peers up to which all addresses are shown, by default."""
_NODES_APART = 8
"""The number of nodes up to which a full mesh shows each tunnel."""
_MOST_PEER_ROWS = 12
"""The number of peers up to which they are a table, not a list in columns."""
_LONGEST = 44
DISCOVERED = " ~"
"""The marker of a discovered endpoint."""
NO_LOCATION = "(no location)"
BEHIND_NAT = "behind NAT"
PRIVATE = "private endpoint"
"""The mark of a leader that others may not reach, but that is not known to be behind NAT."""
_ADDRESSES = ("pod CIDR", "internal IP", "WireGuard IP", "endpoint", "")


class Row(Value, frozen=True):
    """A line of a card's table; the first cell is a name."""

    cells: tuple[str, ...]
    leads: bool = False


class Listing(Value, frozen=True, kw_only=True):
    """Lines in as many columns as fit, with a cell for each head; the lines of a ghost are not ready."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    ghost: bool = False


class Card(Value, frozen=True, kw_only=True):
    """A box of the picture: labeled facts, a table, lists, and `ends`, its number of tunnel ends.

    It is `behind_nat` if all these ends are, so that it opens the tunnels to other cards.
    """

    title: str
    aside: str = ""
    location: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    listings: tuple[Listing, ...] = ()
    ends: int = 0
    behind_nat: bool = False
    is_peers: bool = False

    @property
    def takes_part(self) -> bool:
        """Whether any tunnel ends at this card."""
        return self.ends > 0


class View(Value, frozen=True, kw_only=True):
    """The mesh that is drawn, how much of each node is shown, and the leaders with an endpoint of limited use."""

    mesh: Mesh
    topology: Topology
    in_full: bool
    apart: bool
    """Whether each node has its own card."""
    behind_nat: frozenset[str]
    private: frozenset[str]


def location_cards(mesh: Mesh, topology: Topology, detail: Detail) -> list[Card]:
    """Return a card for each location, by name; in a small full mesh, one for each node."""
    in_full = detail is Detail.FULL or (detail is Detail.AUTO and len(mesh.nodes) <= MOST_IN_FULL)
    apart = topology.granularity is Granularity.FULL and len(mesh.nodes) <= _NODES_APART and in_full
    nat = leaders_behind_nat(topology)
    private = leaders_with_private_endpoint(topology) - nat
    view = View(mesh=mesh, topology=topology, in_full=in_full, apart=apart, behind_nat=nat, private=private)
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in sorted(mesh.nodes, key=lambda node: _counted(node.name)):
        groups.setdefault((node.location, node.name if apart else ""), []).append(node)
    return [
        _card(location, groups[location, name], view)
        for location, name in sorted(groups, key=lambda group: tuple(map(_counted, group)))
    ]


def peers_card(mesh: Mesh, topology: Topology, detail: Detail) -> Card | None:
    """Return the card of all peers, or None in a mesh without peers."""
    if not mesh.peers:
        return None
    peers = sorted(mesh.peers, key=lambda peer: _counted(peer.name))
    ready = [peer for peer in peers if not peer.why_not_ready()]
    in_full = detail is Detail.FULL or (detail is Detail.AUTO and len(mesh.peers) <= MOST_IN_FULL)
    card = Card(
        title="Peers",
        aside=_count(len(mesh.peers), "peer", len(mesh.peers) - len(ready)),
        ends=len(ready),
        is_peers=True,
    )
    heads = ("peer", "allowed IPs", "endpoint", "owner")
    lines = [_peer_line(peer, topology, most=3 if in_full else 2) for peer in ready]
    ghosts = [peer for peer in peers if peer.why_not_ready()]
    reasons = [(_name(peer.name), _owner(peer), _name(peer.why_not_ready())) for peer in ghosts]
    out = _listing(("not ready", "owner", "reason"), reasons, ghost=True)
    if len(ready) <= _MOST_PEER_ROWS and in_full:
        return replace(_with_table(card, heads, list(map(Row, lines))), listings=out)
    return replace(card, listings=(*_listing(heads, lines), *out))


def plural(number: int, thing: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _counted(name: str) -> tuple[tuple[int, str], ...]:
    """Return the key that sorts names as people count: node-2 comes before node-10."""
    return tuple((len(part.lstrip("0")) if part.isdigit() else 0, part) for part in re.split("([0-9]+)", name))


def _card(location: str, nodes: Sequence[Node], view: View) -> Card:
    mesh, topology = view.mesh, view.topology
    ready = [node for node in nodes if not node.why_not_ready(mesh.now)]
    segments = list(
        {topology.segment_of(node.name).name: topology.segment_of(node.name) for node in ready}.values()
    )
    place = _name(location) if location else NO_LOCATION
    count = _count(len(nodes), "node", len(nodes) - len(ready))
    meshed = len(segments) > 1 and topology.granularity is Granularity.FULL
    inside = f", {plural(math.comb(len(segments), 2), 'tunnel')} inside" if meshed else ""
    card = Card(
        title=_name(nodes[0].name) if view.apart else place,
        aside=place if view.apart else count + inside,
        location=location,
        ends=len(segments),
        behind_nat=bool(segments) and all(segment.leader.name in view.behind_nat for segment in segments),
    )
    card = replace(card, facts=_facts(segments, card, view))
    out = _ghosts((node for node in nodes if node not in ready), mesh)
    if view.apart:
        return replace(card, facts=(*card.facts, *((head, text) for one in out for head, text in _apart(one))))
    if view.in_full:
        return replace(_with_rows(card, segments, ready, view), listings=out)
    leaders = [segment.leader for segment in segments] if len(segments) == 1 else []
    ends = {segment.leader.name: segment for segment in segments}
    lines = [_line(node, ends.get(node.name), card, view) for node in ready if node not in leaders]
    return replace(card, listings=(*_listing(("node", *_ADDRESSES), lines), *out))


def _ghosts(nodes: Iterable[Node], mesh: Mesh) -> tuple[Listing, ...]:
    lines = [
        (_name(node.name), str(node.subnet or ""), _name(", ".join(node.why_not_ready(mesh.now))))
        for node in nodes
    ]
    return _listing(("not ready", "pod CIDR", "reason"), lines, ghost=True)


def _apart(ghost: Listing) -> Iterable[tuple[str, str]]:
    """Return the facts of a node that is not ready."""
    own = dict(zip(ghost.heads, ghost.lines[0], strict=True))
    return [("not ready", own["reason"]), *((head, own[head]) for head in ("pod CIDR",) if head in own)]


def _line(node: Node, segment: Segment | None, card: Card, view: View) -> tuple[str, ...]:
    """Return the name of a node with its addresses; for one that leads itself, with those of its tunnels."""
    nat = PRIVATE if node.name in view.private else ""
    if node.name in view.behind_nat and not card.behind_nat:  # if all are, the card says so once
        nat = BEHIND_NAT
    way = (str(segment.wireguard_ip), _endpoint(node, view.topology), nat) if segment else ("", "", "")
    return _name(node.name), str(node.subnet or ""), _internal(node), *way


def _facts(segments: Sequence[Segment], card: Card, view: View) -> tuple[tuple[str, str], ...]:
    """Return what is true of all tunnels of a card: with one leader, its addresses."""
    leaders = [segment.leader for segment in segments]
    beats = {leader.persistent_keepalive for leader in leaders}
    keepalive = f"keepalive {beats.pop()} s" if len(beats) == 1 and any(beats) else ""
    nat = ", ".join(text for text in ("opens its tunnels", keepalive) if text) if card.behind_nat else ""
    if len(segments) != 1:
        return ((BEHIND_NAT, nat.replace("opens its", "they open their")),) if nat else ()
    (segment,), (leader,) = segments, leaders
    with_addresses = view.apart or not view.in_full
    facts = (
        ("leader", _name(leader.name) if not view.in_full else ""),
        ("WireGuard IP", str(segment.wireguard_ip)),
        ("endpoint", _endpoint(leader, view.topology)),
        (BEHIND_NAT, nat),
        (PRIVATE, "others may be unable to reach it" if leader.name in view.private else ""),
        ("keepalive", "" if nat else keepalive.removeprefix("keepalive ")),
        ("pod CIDR", str(leader.subnet or "") if with_addresses else ""),
        ("internal IP", _internal(leader) if with_addresses else ""),
        ("also routes", _few(segment.allowed_location_ips)),
    )
    return tuple((label, value) for label, value in facts if value)


def _with_rows(card: Card, segments: Sequence[Segment], nodes: Sequence[Node], view: View) -> Card:
    ends = {segment.leader.name: segment for segment in segments}
    alone = len(segments) == 1

    def row(node: Node) -> Row:
        segment = ends.get(node.name)
        leads = segment is not None and (alone or len(segment.nodes) > 1)
        name, *addresses = _line(node, None if alone else segment, card, view)
        return Row((name, "leader" if leads else "", *addresses), leads=leads)

    return _with_table(card, ("node", "", *_ADDRESSES), sorted(map(row, nodes), key=lambda row: not row.leads))


def _with_table(card: Card, heads: Sequence[str], rows: Sequence[Row]) -> Card:
    used = _used(heads, [row.cells for row in rows])
    kept = tuple(replace(row, cells=tuple(row.cells[n] for n in used)) for row in rows)
    return replace(card, heads=tuple(heads[n] for n in used), rows=kept)


def _listing(
    heads: Sequence[str], lines: Sequence[tuple[str, ...]], *, ghost: bool = False
) -> tuple[Listing, ...]:
    """Return a list, or nothing if there are no lines."""
    used = _used(heads, lines)
    kept = tuple(tuple(line[n] for n in used) for line in lines)
    return (Listing(heads=tuple(heads[n] for n in used), lines=kept, ghost=ghost),) if lines else ()


def _used(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Sequence[int]:
    """Return the columns that are not empty in every line."""
    return [n for n in range(len(heads)) if any(line[n] for line in lines)]


def _peer_line(peer: Peer, topology: Topology, *, most: int) -> tuple[str, ...]:
    return _name(peer.name), _few(peer.allowed_ips, most), _endpoint(peer, topology), _owner(peer)


def _owner(peer: Peer) -> str:
    return _name(peer.annotations.get(names.OWNER, ""))


def _endpoint(member: Node | Peer, topology: Topology) -> str:
    """Return the endpoint that configurations use: a discovered one takes precedence, and is marked."""
    key = member.key if isinstance(member, Node) else member.public_key
    discovered = topology.discovered_endpoint(key, member.persistent_keepalive)
    if discovered and discovered != member.endpoint:
        return f"{_name(str(discovered))}{DISCOVERED}"
    return _name(str(member.endpoint or ""))


def _internal(node: Node) -> str:
    return str(node.internal_ip.ip) if node.internal_ip else ""


def _few(cidrs: Sequence[object], most: int = 3) -> str:
    rest = f", {len(cidrs) - most} more" if len(cidrs) > most else ""
    return ", ".join(map(str, cidrs[:most])) + rest


def _count(all_of_them: int, thing: str, out: int) -> str:
    return plural(all_of_them, thing) + (f", {out} not ready" if out else "")


def _name(text: str) -> str:
    return shortened(visible(text), _LONGEST)
