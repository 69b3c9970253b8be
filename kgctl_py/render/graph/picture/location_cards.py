"""The cards for nodes: one for each location, or for each node of a small full mesh."""

import math
from collections.abc import Iterable, Sequence

from kgctl_py.mesh.behind_nat import leaders_behind_nat, leaders_with_private_endpoint
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.picture.cards import (
    BEHIND_NAT,
    MOST_IN_FULL,
    PRIVATE,
    Card,
    Listing,
    Row,
    by_number,
    count_text,
    endpoint_text,
    few,
    listing,
    plural,
    shown_name,
    with_table,
)
from kgctl_py.render.graph.run_graphviz import Detail
from kgctl_py.value import Value, replace

_NODES_APART = 8
"""The number of nodes up to which a full mesh shows each tunnel."""
NO_LOCATION = "(no location)"
_ADDRESSES = ("pod CIDR", "internal IP", "WireGuard IP", "endpoint", "")


class View(Value, frozen=True, kw_only=True):
    """The mesh, the level of detail, and the leaders whose endpoints work only for some nodes."""

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
    for node in sorted(mesh.nodes, key=lambda node: by_number(node.name)):
        groups.setdefault((node.location, node.name if apart else ""), []).append(node)
    return [
        _card(location, groups[location, name], view)
        for location, name in sorted(groups, key=lambda group: tuple(map(by_number, group)))
    ]


def _card(location: str, nodes: Sequence[Node], view: View) -> Card:
    mesh, topology = view.mesh, view.topology
    ready = [node for node in nodes if not node.why_not_ready(mesh.now)]
    segments = list(
        {topology.segment_of(node.name).name: topology.segment_of(node.name) for node in ready}.values()
    )
    place = shown_name(location) if location else NO_LOCATION
    count = count_text(len(nodes), "node", len(nodes) - len(ready))
    meshed = len(segments) > 1 and topology.granularity is Granularity.FULL
    inside = f", {plural(math.comb(len(segments), 2), 'tunnel')} inside" if meshed else ""
    card = Card(
        title=shown_name(nodes[0].name) if view.apart else place,
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
    return replace(card, listings=(*listing(("node", *_ADDRESSES), lines), *out))


def _ghosts(nodes: Iterable[Node], mesh: Mesh) -> tuple[Listing, ...]:
    lines = [
        (shown_name(node.name), str(node.subnet or ""), shown_name(", ".join(node.why_not_ready(mesh.now))))
        for node in nodes
    ]
    return listing(("not ready", "pod CIDR", "reason"), lines, ghost=True)


def _apart(ghost: Listing) -> Iterable[tuple[str, str]]:
    """Return the facts of a node that is not ready."""
    own = dict(zip(ghost.heads, ghost.lines[0], strict=True))
    return [("not ready", own["reason"]), *((head, own[head]) for head in ("pod CIDR",) if head in own)]


def _line(node: Node, segment: Segment | None, card: Card, view: View) -> tuple[str, ...]:
    """Return the name of a node with its addresses; for one that leads itself, with those of its tunnels."""
    nat = PRIVATE if node.name in view.private else ""
    if node.name in view.behind_nat and not card.behind_nat:  # if all are, the card says so once
        nat = BEHIND_NAT
    way = (str(segment.wireguard_ip), endpoint_text(node, view.topology), nat) if segment else ("", "", "")
    return shown_name(node.name), str(node.subnet or ""), _internal(node), *way


def _facts(segments: Sequence[Segment], card: Card, view: View) -> tuple[tuple[str, str], ...]:
    """Return the facts about all tunnels of a card; with one leader, also its addresses."""
    leaders = [segment.leader for segment in segments]
    beats = {leader.persistent_keepalive for leader in leaders}
    keepalive = f"keepalive {beats.pop()} s" if len(beats) == 1 and any(beats) else ""
    nat = ", ".join(text for text in ("opens its tunnels", keepalive) if text) if card.behind_nat else ""
    if len(segments) != 1:
        return ((BEHIND_NAT, nat.replace("opens its", "they open their")),) if nat else ()
    (segment,), (leader,) = segments, leaders
    with_addresses = view.apart or not view.in_full
    facts = (
        ("leader", shown_name(leader.name) if not view.in_full else ""),
        ("WireGuard IP", str(segment.wireguard_ip)),
        ("endpoint", endpoint_text(leader, view.topology)),
        (BEHIND_NAT, nat),
        (PRIVATE, "others may be unable to reach it" if leader.name in view.private else ""),
        ("keepalive", "" if nat else keepalive.removeprefix("keepalive ")),
        ("pod CIDR", str(leader.subnet or "") if with_addresses else ""),
        ("internal IP", _internal(leader) if with_addresses else ""),
        ("also routes", few(segment.allowed_location_ips)),
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

    return with_table(card, ("node", "", *_ADDRESSES), sorted(map(row, nodes), key=lambda row: not row.leads))


def _internal(node: Node) -> str:
    return str(node.internal_ip.ip) if node.internal_ip else ""
