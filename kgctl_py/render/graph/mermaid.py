"""The topology as a Mermaid flowchart, which wikis and code hosts can draw."""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgctl_py.escape_text import visible, without_middle
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import GREY, INK, colours

MOST_CHARACTERS = 50_000
"""The maximum characters for Mermaid, unless `maxTextSize` of its configuration is raised."""
MOST_EDGES = 500
"""The maximum edges for Mermaid, unless `maxEdges` of its configuration is raised."""
_MOST_LOCATIONS = 400
"""The number of locations with short names that stays below both limits."""
_LONGEST_NAME = 40
"""The maximum length of names in a flowchart with one box per location."""
_CLEAR_EDGES = 60
"""The number of tunnels between leaders above which one symbol stands for all of them."""
_HUB = "mesh"


def mermaid(topology: Topology, not_ready: Sequence[tuple[str, str]] = ()) -> str:
    """Return the flowchart: a subgraph for each location and one for the peers, then the tunnels.

    `not_ready` has the names of the nodes outside the mesh with their reasons; they have a subgraph.
    """
    return _joined(itertools.chain(_lines(topology), _not_ready(not_ready)))


def mermaid_of_locations(topology: Topology, not_ready: Sequence[tuple[str, str]] = ()) -> str:
    """Return a flowchart with a box for each location, which Mermaid draws at any size of the mesh."""
    groups = _by_location(topology)
    text = _joined(_grouped_lines(topology, groups, len(not_ready), details=True))
    return text if is_drawn(text) else _joined(_grouped_lines(topology, groups, len(not_ready), details=False))


def _by_location(topology: Topology) -> Mapping[str, list[Segment]]:
    groups: dict[str, list[Segment]] = {}
    for segment in topology.segments:
        groups.setdefault(segment.leader.location, []).append(segment)
    return groups


def is_drawn(text: str) -> bool:
    """Return whether Mermaid, as configured on code hosts, draws a text of this size."""
    return len(text) <= MOST_CHARACTERS and edges(text) <= MOST_EDGES


def edges(text: str) -> int:
    """Return the number of edges of such a flowchart."""
    return len(re.findall(r"^  \w+ (?:---|===|-\.-)(?:\|[^|]*\|)? \w+$", text, re.MULTILINE))


def label(*lines: object) -> str:
    """Return a quoted label that shows each line unchanged, without empty lines."""
    return '"' + "<br/>".join(_escaped(visible(str(line))) for line in lines if line) + '"'


def _escaped(text: str) -> str:
    r"""Escape, as entities, the characters that Mermaid, its Markdown, or HTML would interpret.

    Mermaid parses a label again after decoding its entities: it looks for `\n`, formulas between `$$`, icons such
    as `fa:fa-x`, and its own markers of entities, `ﬂ°` and `¶ß`. A zero-width space separates their characters.
    """
    apart = re.sub(r"[\\$ﬂ¶]|:(?=fa-)", "\\g<0>\u200b", text)
    return re.sub(r"(?<![0-9a-zA-Z])[-./]|[-./](?![0-9a-zA-Z])|[^\w ./-]|_", lambda c: f"#{ord(c[0])};", apart)


def _lines(topology: Topology) -> Iterator[str]:
    ids = {
        node.name: f"n{n}"
        for n, node in enumerate(node for segment in topology.segments for node in segment.nodes)
    }
    palette = colours(node.location for segment in topology.segments for node in segment.nodes)
    styles = {location: f"c{n}" for n, location in enumerate(palette)}
    yield "flowchart LR"
    groups = _by_location(topology)
    for n, (location, segments) in enumerate(groups.items()):
        yield f"  subgraph s{n}[{label(_place(location))}]"
        for segment in segments:
            yield from _segment(segment, topology, ids, styles[location])
        yield "  end"
    if topology.peers:
        yield from _peers(topology)
    yield from _edges(topology, [ids[segment.leader.name] for segment in topology.segments], ids)
    for location, colour in palette.items():
        yield f"  classDef {styles[location]} {_style('#ffffff', colour.strong)}"
        yield f"  classDef {styles[location]}leader {_style(colour.tint, colour.strong)},stroke-width:3px"
    for n, location in enumerate(groups):
        yield f"  style s{n} {_style(palette[location].pale, palette[location].strong)}"


def _not_ready(nodes: Sequence[tuple[str, str]]) -> Iterator[str]:
    if nodes:
        yield "  subgraph out[" + label("not ready") + "]"
        yield from (f"    o{n}[{label(*texts)}]:::ghost" for n, texts in enumerate(nodes))
        yield "  end"
        yield f"  classDef ghost {_style('#ffffff', GREY)},stroke-dasharray:4"
        yield f"  style out {_style('#ffffff', GREY)},stroke-dasharray:4"


def _segment(segment: Segment, topology: Topology, ids: dict[str, str], style: str) -> Iterator[str]:
    for node in segment.nodes:
        leads = node is segment.leader
        lines = (node.name, node.subnet, node.internal_ip and node.internal_ip.ip)
        tunnel = (segment.wireguard_ip, _endpoint(node, topology)) if leads else ()
        yield f"    {ids[node.name]}[{label(*lines, *tunnel)}]:::{style}{'leader' if leads else ''}"


def _peers(topology: Topology) -> Iterator[str]:
    yield "  subgraph peers"
    for n, peer in enumerate(topology.peers):
        yield f"    p{n}([{label(peer.name, _endpoint(peer, topology))}]):::peer"
    yield "  end"
    yield f"  classDef peer {_style('#ffffff', GREY)}"
    yield f"  style peers {_style('#ffffff', GREY)},stroke-dasharray:4"


def _edges(topology: Topology, leaders: list[str], ids: dict[str, str]) -> Iterator[str]:
    for segment, leader in zip(topology.segments, leaders, strict=True):
        for node in segment.nodes:
            if node is not segment.leader:
                yield f"  {leader} --- {ids[node.name]}"
    tunnels = topology.tunnel_count
    if tunnels > _CLEAR_EDGES:
        yield f"  {_HUB}(({label(f'{tunnels} tunnels')}))"
        yield from (f"  {leader} === {_HUB}" for leader in leaders)
    else:
        pairs = topology.tunnels()
        yield from (f"  {ids[seg.leader.name]} === {ids[other.leader.name]}" for seg, other in pairs)
    if topology.peers:
        yield from (f"  {leader} -.- peers" for leader in ([_HUB] if tunnels > _CLEAR_EDGES else leaders))


def _grouped_lines(
    topology: Topology, groups: Mapping[str, list[Segment]], not_ready: int, *, details: bool
) -> Iterator[str]:
    palette = colours(groups)
    shown = list(groups)[: _MOST_LOCATIONS if not details else None]
    yield "flowchart LR"
    for n, location in enumerate(shown):
        style = f"c{n}leader" if details else "location"
        yield f"  g{n}[{label(*_group(location, groups[location], topology, details=details))}]:::{style}"
    if len(shown) < len(groups):
        yield f"  more[{label(f'and {len(groups) - len(shown)} more locations')}]:::location"
    if not_ready:
        yield f"  out[{label(_counted(not_ready, 'node'), 'not ready')}]:::ghost"
        yield f"  classDef ghost {_style('#ffffff', GREY)},stroke-dasharray:4"
    if topology.peers:
        yield f"  peers([{label(_counted(len(topology.peers), 'peer'))}]):::peer"
        yield f"  classDef peer {_style('#ffffff', GREY)},stroke-dasharray:4"
    yield from _grouped_edges(topology, [groups[location] for location in shown])
    if details:
        yield from (
            f"  classDef c{n}leader {_style(palette[location].tint, palette[location].strong)}"
            for n, location in enumerate(shown)
        )
    else:
        yield f"  classDef location {_style('#ffffff', GREY)}"


def _group(location: str, segments: Sequence[Segment], topology: Topology, *, details: bool) -> Iterator[object]:
    yield _place(without_middle(visible(location), _LONGEST_NAME))
    yield _counted(sum(len(segment.nodes) for segment in segments), "node")
    if details and len(segments) == 1:
        leader = segments[0].leader
        yield from (f"leader {leader.name}", segments[0].wireguard_ip, _endpoint(leader, topology))


def _grouped_edges(topology: Topology, groups: Sequence[Sequence[Segment]]) -> Iterator[str]:
    if math.comb(len(groups), 2) > _CLEAR_EDGES:
        yield f"  {_HUB}(({label(f'{topology.tunnel_count} tunnels')}))"
        yield from (f"  g{n} === {_HUB}" for n in range(len(groups)))
        ends = [_HUB]
    else:
        for (n, one), (m, other) in itertools.combinations(enumerate(groups), 2):
            number = len(one) * len(other)
            words = f"|{label(f'{len(one)} x {len(other)} tunnels')}|" if number > 1 else ""
            yield f"  g{n} ==={words} g{m}"
        ends = [f"g{n}" for n in range(len(groups))]
    if topology.peers:
        yield from (f"  {end} -.- peers" for end in ends)


def _place(location: str) -> str:
    return location or "(no location)"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _endpoint(member: Node | Peer, topology: Topology) -> object:
    """Return the endpoint that configurations use: a discovered one takes precedence."""
    key = member.key if isinstance(member, Node) else member.public_key
    return topology.discovered_endpoint(key, member.persistent_keepalive) or member.endpoint


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _style(fill: str, stroke: str) -> str:
    return f"fill:{fill},stroke:{stroke},color:{INK}"
