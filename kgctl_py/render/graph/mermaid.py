"""The topology as a flowchart of Mermaid, which wikis and code hosts draw by themselves."""

import re
from collections.abc import Iterable, Iterator

from kgctl_py.escape_text import visible
from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.segment import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import GREY, INK, colours

MOST_CHARACTERS = 50_000
"""Mermaid draws no longer text, unless its `maxTextSize` is raised (mermaid config, `maxTextSize`)."""
MOST_EDGES = 500
"""Mermaid draws no more edges, unless its `maxEdges` is raised (mermaid config, `maxEdges`)."""
_CLEAR_EDGES = 60
"""With more tunnels between leaders, each leader is joined to one mark that stands for all of them."""
_HUB = "mesh"


def mermaid(topology: Topology) -> str:
    """Return the flowchart: a subgraph for each segment and one for the peers, then the tunnels."""
    return "".join(f"{line}\n" for line in _lines(topology))


def edges(text: str) -> int:
    """Return the number of edges of such a flowchart."""
    return len(re.findall(r"^  \w+ (?:---|===|-\.-) \w+$", text, re.MULTILINE))


def label(*lines: object) -> str:
    """Return a quoted label that shows each line as it is written, and leaves out empty ones."""
    return '"' + "<br/>".join(_escaped(visible(str(line))) for line in lines if line) + '"'


def _escaped(text: str) -> str:
    r"""Write as entities what Mermaid, its Markdown or HTML would read as something else.

    Mermaid reads a label once more when its entities are already characters: it then looks for `\n`, formulas
    between `$$`, icons as `fa:fa-x`, and for its own marks of entities, `ﬂ°` and `¶ß`. A space of no width
    keeps these apart.
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
    for n, segment in enumerate(topology.segments):
        yield from _segment(f"s{n}", segment, ids, styles[segment.leader.location])
    if topology.peers:
        yield from _peers(topology.peers)
    yield from _edges(topology, [ids[segment.leader.name] for segment in topology.segments], ids)
    for location, colour in palette.items():
        yield f"  classDef {styles[location]} {_style('#ffffff', colour.strong)}"
        yield f"  classDef {styles[location]}leader {_style(colour.tint, colour.strong)},stroke-width:3px"
    for n, segment in enumerate(topology.segments):
        colour = palette[segment.leader.location]
        yield f"  style s{n} {_style(colour.pale, colour.strong)}"


def _segment(name: str, segment: Segment, ids: dict[str, str], style: str) -> Iterator[str]:
    yield f"  subgraph {name}[{label(segment.name)}]"
    for node in segment.nodes:
        leads = node is segment.leader
        lines = (node.name, node.subnet, node.internal_ip and node.internal_ip.ip)
        tunnel = (segment.wireguard_ip, node.endpoint) if leads else ()
        yield f"    {ids[node.name]}[{label(*lines, *tunnel)}]:::{style}{'leader' if leads else ''}"
    yield "  end"


def _peers(peers: Iterable[Peer]) -> Iterator[str]:
    yield "  subgraph peers"
    for n, peer in enumerate(peers):
        yield f"    p{n}([{label(peer.name, peer.endpoint)}]):::peer"
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
        yield f"  {_HUB}(({label('each with each:', f'{tunnels} tunnels')}))"
        yield from (f"  {leader} === {_HUB}" for leader in leaders)
    else:
        pairs = topology.tunnels()
        yield from (f"  {ids[seg.leader.name]} === {ids[other.leader.name]}" for seg, other in pairs)
    if topology.peers:
        yield from (f"  {leader} -.- peers" for leader in ([_HUB] if tunnels > _CLEAR_EDGES else leaders))


def _style(fill: str, stroke: str) -> str:
    return f"fill:{fill},stroke:{stroke},color:{INK}"
