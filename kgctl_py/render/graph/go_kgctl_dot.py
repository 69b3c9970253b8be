r"""The topology in Graphviz's DOT language: the nodes, clusters, and edges of the Go kgctl, with colors.

It is written line by line: a full mesh of a thousand nodes has half a million edges.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgctl_py.escape_text import visible, without_middle
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import GREY, INK, Colour, colours

_LONGEST = 120
"""The maximum length of a line of a label; longer lines lose their middle."""
_CLEAR_EDGES = 60
"""The number of edges of a kind that a reader can distinguish."""
_ROWS_BESIDE_A_LEADER = 2
_BOXES_WIDE = 3.5
"""How much wider than high a box of `dot` is."""
_FONT = 'fontname="Helvetica,Arial,sans-serif"'
_HEAD = f"""\
digraph kilo {{
\trankdir=LR;
\tlabelloc=t;
\toutputorder=edgesfirst;
\toverlap=false;
\tbgcolor=white;
\tgraph [{_FONT}, fontsize=13, style="dashed,rounded"];
\tnode [{_FONT}, fontsize=11, shape=box, style="rounded,filled", margin="0.12,0.07"];
\tedge [dir=both, arrowsize=0.5];
"""

Ids = Mapping[str, str]


def dot(topology: Topology, layout: str = "", *, apart: bool = False) -> Iterator[str]:
    """Return the graph line by line: a cluster for each segment and one for the peers, then the edges.

    A `layout` is written only if given, because it overrides the engine that reads the text. A peer with the name
    of a node has the same identifier, as in the Go kgctl, unless they are kept `apart`.
    """
    nodes = {node.name: quoted_id(node.name) for segment in topology.segments for node in segment.nodes}
    peers = _peer_ids(topology.peers, nodes if apart else ())
    palette = colours(node.location for segment in topology.segments for node in segment.nodes)
    yield _HEAD
    if layout:
        yield f"\tlayout={layout};\n"
    yield f"\tlabel={quoted_label(topology.subnet)};\n"
    for segment in topology.segments:
        yield from _segment(segment, nodes, palette[segment.leader.location])
    yield from _peers(topology.peers, peers)
    columns = math.ceil(math.sqrt(len(nodes) / _BOXES_WIDE))
    for segment in topology.segments:
        yield from _edges_inside(segment, nodes, palette[segment.leader.location], columns)
    leaders = [nodes[segment.leader.name] for segment in topology.segments]
    yield from _edges_between(topology, nodes)
    yield from _edges_to_peers(leaders, list(peers.values()))
    yield "}\n"


def quoted_id(text: str) -> str:
    """Return an identifier of DOT, which is different for different texts."""
    return f'"{visible(_escaped(text))}"'


def quoted_label(*lines: object) -> str:
    """Return a label of DOT that shows each line unchanged, without empty lines."""
    shown = (_escaped(without_middle(visible(str(line)), _LONGEST)) for line in lines if line)
    return '"' + "\\n".join(re.sub(r"&(?=#?\w+;)", "&amp;", line) for line in shown) + '"'


def _escaped(text: str) -> str:
    r"""Escape quotes, and each backslash that starts an escape of DOT or looks like one.

    A backslash before another lower-case letter is not escaped, as in the Go kgctl: Graphviz keeps `x\y`.
    """
    return re.sub(r"\\(?![a-kmo-qsvwyz])", r"\\\\", text).replace('"', '\\"')


def _peer_ids(peers: Iterable[Peer], nodes: Iterable[str]) -> Ids:
    """Return the identifier of each peer, and another one if one of `nodes` has its name."""
    taken, ids = set(nodes), {}
    for peer in peers:
        name = peer.name
        while name in taken:
            name = f"peer:{name}"
        taken.add(name)
        ids[peer.name] = quoted_id(name)
    return ids


def _segment(segment: Segment, ids: Ids, colour: Colour) -> Iterator[str]:
    yield f"\tsubgraph {quoted_id('cluster_location_' + segment.name)} {{\n"
    yield f'\t\tlabel={quoted_label(segment.name)}; color="{colour.strong}"; fontcolor="{colour.strong}";\n'
    yield f'\t\tnode [color="{colour.strong}", fillcolor="{colour.pale}"];\n'
    for node in segment.nodes:
        label = quoted_label(segment.name, *_node_lines(node))
        if node is segment.leader:
            label = quoted_label(segment.name, *_node_lines(node), segment.wireguard_ip, node.endpoint)
            label += f', penwidth=3, fillcolor="{colour.tint}"'
        yield f"\t\t{ids[node.name]} [label={label}];\n"
    yield "\t}\n"


def _node_lines(node: Node) -> tuple[object, ...]:
    return node.name, node.subnet, node.internal_ip and node.internal_ip.ip


def _peers(peers: Sequence[Peer], ids: Ids) -> Iterator[str]:
    yield '\tsubgraph "cluster_peers" {\n'
    yield f'\t\tlabel="peers"; color="{GREY}"; fontcolor="{GREY}";\n'
    yield f'\t\tnode [shape=ellipse, style=filled, color="{GREY}", fillcolor=white, margin=0.02, height=0.2];\n'
    for peer in peers:
        yield f"\t\t{ids[peer.name]} [label={quoted_label(peer.name, peer.endpoint)}];\n"
    yield "\t}\n"


def _edges_inside(segment: Segment, ids: Ids, colour: Colour, columns: int) -> Iterator[str]:
    leader = ids[segment.leader.name]
    members = [ids[node.name] for node in segment.nodes if node is not segment.leader]
    if members:
        yield f'\tedge [color="{colour.strong}"];\n'
    rows = max(_ROWS_BESIDE_A_LEADER, math.ceil(len(members) / columns))
    for n, member in enumerate(members):
        yield f"\t{leader} -> {member} [minlen={1 + n // rows}];\n"


def _edges_between(topology: Topology, ids: Ids) -> Iterator[str]:
    style = _line(INK, topology.tunnel_count)
    yield f"\tedge [{style}, penwidth=1.5, constraint=false];\n"
    for segment, other in topology.tunnels():
        yield f"\t{ids[segment.leader.name]} -> {ids[other.leader.name]};\n"


def _edges_to_peers(leaders: Sequence[str], peers: Sequence[str]) -> Iterator[str]:
    style = _line(GREY, len(leaders) * len(peers))
    yield f"\tedge [{style}, penwidth=1, style=dashed, constraint=true];\n"
    for leader, peer in itertools.product(leaders, peers):
        yield f"\t{leader} -> {peer};\n"


def _line(colour: str, edges: int) -> str:
    """Return the style of edges: fainter the more there are, and without arrows for many."""
    opacity = max(12, min(255, 255 * _CLEAR_EDGES // max(edges, 1)))
    arrows = "normal" if edges <= _CLEAR_EDGES else "none"
    return f'color="{colour}{opacity:02x}", arrowhead={arrows}, arrowtail={arrows}'
