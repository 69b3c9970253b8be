"""The content of a picture: a card for each location, or each node of a small full mesh, and one for the peers."""

import math
import re
from collections.abc import Iterable, Sequence

from kgctl_py import names
from kgctl_py.escape_text import visible
from kgctl_py.mesh.model import Granularity, Mesh, Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.picture import Detail
from kgctl_py.render.graph.text_width import shortened
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
    """A box of the picture: labeled facts, a table, lists, and `ends`, its number of tunnel ends."""

    title: str
    aside: str = ""
    location: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    listings: tuple[Listing, ...] = ()
    ends: int = 0
    is_peers: bool = False

    @property
    def takes_part(self) -> bool:
        """Whether any tunnel ends at this card."""
        return self.ends > 0


def location_cards(mesh: Mesh, topology: Topology, detail: Detail) -> list[Card]:
    """Return a card for each location, by name; in a small full mesh, one for each node."""
    in_full = detail is Detail.FULL or (detail is Detail.AUTO and len(mesh.nodes) <= MOST_IN_FULL)
    apart = topology.granularity is Granularity.FULL and len(mesh.nodes) <= _NODES_APART and in_full
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in sorted(mesh.nodes, key=lambda node: _counted(node.name)):
        groups.setdefault((node.location, node.name if apart else ""), []).append(node)
    return [
        _card(location, groups[location, name], mesh, topology, in_full=in_full, apart=apart)
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


def _card(
    location: str, nodes: Sequence[Node], mesh: Mesh, topology: Topology, *, in_full: bool, apart: bool
) -> Card:
    ready = [node for node in nodes if not node.why_not_ready(mesh.now)]
    segments = list(
        {topology.segment_of(node.name).name: topology.segment_of(node.name) for node in ready}.values()
    )
    place = _name(location) if location else NO_LOCATION
    count = _count(len(nodes), "node", len(nodes) - len(ready))
    meshed = len(segments) > 1 and topology.granularity is Granularity.FULL
    inside = f", {plural(math.comb(len(segments), 2), 'tunnel')} inside" if meshed else ""
    card = Card(
        title=_name(nodes[0].name) if apart else place,
        aside=place if apart else count + inside,
        location=location,
        ends=len(segments),
        facts=_facts(segments[0], topology, alone=apart) if len(segments) == 1 else (),
    )
    out = _ghosts((node for node in nodes if node not in ready), mesh)
    if apart:
        return replace(card, facts=(*card.facts, *((head, text) for one in out for head, text in _apart(one))))
    if in_full:
        return replace(_with_rows(card, segments, ready, topology), listings=out)
    leaders = [segment.leader for segment in segments] if len(segments) == 1 else []
    lines = [_line(node, topology, dials=meshed) for node in ready if node not in leaders]
    return replace(_led_by(card, leaders), listings=(*_listing(("node", "pod CIDR", "endpoint"), lines), *out))


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


def _line(node: Node, topology: Topology, *, dials: bool) -> tuple[str, ...]:
    """Return the name of a node with its pod CIDR, and the endpoint of one that has tunnels itself."""
    return _name(node.name), str(node.subnet or ""), _endpoint(node, topology) if dials else ""


def _led_by(card: Card, leaders: Iterable[Node]) -> Card:
    named = [("leader", _name(leader.name)) for leader in leaders]
    subnets = [("pod CIDR", str(leader.subnet)) for leader in leaders if leader.subnet]
    return replace(card, facts=(*named, *card.facts, *subnets))


def _facts(segment: Segment, topology: Topology, *, alone: bool) -> tuple[tuple[str, str], ...]:
    leader = segment.leader
    facts = (
        ("WireGuard IP", str(segment.wireguard_ip)),
        ("endpoint", _endpoint(leader, topology)),
        ("keepalive", f"{leader.persistent_keepalive} s" if leader.persistent_keepalive else ""),
        ("pod CIDR", str(leader.subnet or "") if alone else ""),
        ("internal IP", _internal(leader) if alone else ""),
        ("also routes", _few(segment.allowed_location_ips)),
    )
    return tuple((label, value) for label, value in facts if value)


def _with_rows(card: Card, segments: Sequence[Segment], nodes: Sequence[Node], topology: Topology) -> Card:
    leaders = {segment.leader.name: segment for segment in segments}
    alone = len(segments) == 1
    heads = ("node", "", "pod CIDR", "internal IP", *(() if alone else ("WireGuard IP", "endpoint")))

    def row(node: Node) -> Row:
        segment = leaders.get(node.name)
        leads = segment is not None and (alone or len(segment.nodes) > 1)
        own = (_name(node.name), "leader" if leads else "", str(node.subnet or ""), _internal(node))
        way = (str(segment.wireguard_ip), _endpoint(node, topology)) if segment else ("", "")
        return Row(own if alone else (*own, *way), leads=leads)

    return _with_table(card, heads, sorted(map(row, nodes), key=lambda row: not row.leads))


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
