r"""The topology as a graph in Graphviz's DOT language: the reference's graph, with colours.

DOT is written line by line, for a full mesh of a thousand nodes has half a million edges.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from kgctl_py.mesh.model import Peer
from kgctl_py.mesh.segment import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.colours import GREY, Colour, colours
from kgctl_py.render.visible import visible

_LONGEST = 120
_FONT = 'fontname="Helvetica,Arial,sans-serif"'
_HEAD = f"""\
digraph kilo {{
\tlabelloc=t;
\toutputorder=edgesfirst;
\toverlap=false;
\tbgcolor=white;
\tgraph [{_FONT}, fontsize=13, style="dashed,rounded"];
\tnode [{_FONT}, fontsize=11, shape=box, style="rounded,filled", margin="0.12,0.07"];
\tedge [dir=both, arrowsize=0.5];
"""

Ids = Mapping[str, str]


def dot(topology: Topology) -> Iterator[str]:
    """Give the graph line by line: a cluster for each segment and one for the peers, then the edges."""
    nodes = {node.name: quoted_id(node.name) for segment in topology.segments for node in segment.nodes}
    peers = _peer_ids(topology.peers, nodes)
    palette = colours(node.location for segment in topology.segments for node in segment.nodes)
    yield _HEAD
    yield f"\tlabel={quoted_label(str(topology.subnet))};\n"
    for segment in topology.segments:
        yield from _segment(segment, nodes, palette[segment.leader.location])
    yield from _peers(topology.peers, peers)
    yield from _edges_inside(topology.segments, nodes, palette)
    leaders = [nodes[segment.leader.name] for segment in topology.segments]
    yield from _edges_between(leaders)
    yield from _edges_to_peers(leaders, list(peers.values()))
    yield "}\n"


def quoted_id(text: str) -> str:
    """Give an identifier of DOT; texts that differ give identifiers that differ."""
    return f'"{visible(_escaped(text))}"'


def quoted_label(*lines: object) -> str:
    """Give a label of DOT that shows the lines, each as it is written; empty ones are left out."""
    shown = (_shortened(visible(str(line))) for line in lines if line)
    return '"' + "\\n".join(re.sub(r"&(?=#?\w+;)", "&amp;", _escaped(line)) for line in shown) + '"'


def _escaped(text: str) -> str:
    r"""Escape quotes and backslashes, but not a backslash before a letter that no escape of DOT has.

    Graphviz keeps such a one (`x\y`) in the graph as the reference writes it, and only draws it without.
    """
    return re.sub(r"\\(?![a-kmo-qsvwyz])", r"\\\\", text).replace('"', '\\"')


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"


def _peer_ids(peers: Sequence[Peer], nodes: Ids) -> Ids:
    """Give each peer its identifier; that of a node with the same name is another one."""
    return {peer.name: quoted_id(f"peer:{peer.name}" if peer.name in nodes else peer.name) for peer in peers}


def _segment(segment: Segment, ids: Ids, colour: Colour) -> Iterator[str]:
    yield f"\tsubgraph {quoted_id('cluster_location_' + segment.name)} {{\n"
    yield f'\t\tlabel={quoted_label(segment.name)}; color="{colour.strong}"; fontcolor="{colour.strong}";\n'
    for node in segment.nodes:
        lines: list[object] = [segment.name, node.name, node.subnet, node.internal_ip and node.internal_ip.ip]
        style = f'color="{colour.strong}", fillcolor="{colour.pale}"'
        if node is segment.leader:
            lines += [segment.wireguard_ip, node.endpoint]
            style = f'color="{colour.strong}", fillcolor="{colour.pale}", penwidth=3'
        yield f"\t\t{ids[node.name]} [label={quoted_label(*lines)}, {style}];\n"
    yield "\t}\n"


def _peers(peers: Sequence[Peer], ids: Ids) -> Iterator[str]:
    yield f'\tsubgraph "cluster_peers" {{\n\t\tlabel="peers"; color="{GREY}"; fontcolor="{GREY}";\n'
    yield f'\t\tnode [shape=ellipse, style="filled", color="{GREY}", fillcolor="white", margin="0.02"];\n'
    for peer in peers:
        yield f"\t\t{ids[peer.name]} [label={quoted_label(peer.name, peer.endpoint)}];\n"
    yield "\t}\n"


def _edges_inside(segments: Sequence[Segment], ids: Ids, palette: Mapping[str, Colour]) -> Iterator[str]:
    for segment in segments:
        leader = segment.leader
        members = [ids[node.name] for node in segment.nodes if node is not leader]
        if members:
            yield f'\tedge [color="{palette[leader.location].strong}"];\n'
        for member, minlen in zip(members, _rows(len(members)), strict=True):
            yield f"\t{ids[leader.name]} -> {member} [minlen={minlen}];\n"


def _edges_between(leaders: Sequence[str]) -> Iterator[str]:
    yield '\tedge [color="#334155", penwidth=1.5];\n'
    for one, other in itertools.combinations(leaders, 2):
        yield f"\t{one} -> {other};\n"


def _edges_to_peers(leaders: Sequence[str], peers: Sequence[str]) -> Iterator[str]:
    yield f'\tedge [color="{GREY}", penwidth=1, style=dashed];\n'
    for leader, peer in itertools.product(leaders, peers):
        yield f"\t{leader} -> {peer};\n"


def _rows(count: int) -> Iterator[int]:
    """Give each of `count` nodes a row, as many rows as make a block about as high as it is wide."""
    width = math.ceil(math.sqrt(count))
    return (1 + n // width for n in range(count))
