"""The topology as a Mermaid flowchart with a box for each node, which wikis and code hosts can draw."""

import itertools
from collections.abc import Iterator, Sequence

from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import GREY, colours
from kgctl_py.render.graph.mermaid_parts import (
    CLEAR_EDGES,
    HUB,
    by_location,
    joined,
    label,
    place,
    style_of,
    used_endpoint,
)


def mermaid(topology: Topology, not_ready: Sequence[tuple[str, str]] = ()) -> str:
    """Return the flowchart: a subgraph for each location and one for the peers, then the tunnels.

    `not_ready` has the names of the nodes outside the mesh with their reasons; they have a subgraph.
    """
    return joined(itertools.chain(_lines(topology), _not_ready(not_ready)))


def _lines(topology: Topology) -> Iterator[str]:
    ids = {
        node.name: f"n{n}"
        for n, node in enumerate(node for segment in topology.segments for node in segment.nodes)
    }
    palette = colours(node.location for segment in topology.segments for node in segment.nodes)
    styles = {location: f"c{n}" for n, location in enumerate(palette)}
    yield "flowchart LR"
    groups = by_location(topology)
    for n, (location, segments) in enumerate(groups.items()):
        yield f"  subgraph s{n}[{label(place(location))}]"
        for segment in segments:
            yield from _segment(segment, topology, ids, styles[location])
        yield "  end"
    if topology.peers:
        yield from _peers(topology)
    yield from _edges(topology, [ids[segment.leader.name] for segment in topology.segments], ids)
    for location, colour in palette.items():
        yield f"  classDef {styles[location]} {style_of('#ffffff', colour.strong)}"
        yield f"  classDef {styles[location]}leader {style_of(colour.tint, colour.strong)},stroke-width:3px"
    for n, location in enumerate(groups):
        yield f"  style s{n} {style_of(palette[location].pale, palette[location].strong)}"


def _not_ready(nodes: Sequence[tuple[str, str]]) -> Iterator[str]:
    if nodes:
        yield "  subgraph out[" + label("not ready") + "]"
        yield from (f"    o{n}[{label(*texts)}]:::ghost" for n, texts in enumerate(nodes))
        yield "  end"
        yield f"  classDef ghost {style_of('#ffffff', GREY)},stroke-dasharray:4"
        yield f"  style out {style_of('#ffffff', GREY)},stroke-dasharray:4"


def _segment(segment: Segment, topology: Topology, ids: dict[str, str], style: str) -> Iterator[str]:
    for node in segment.nodes:
        leads = node is segment.leader
        lines = (node.name, node.subnet, node.internal_ip and node.internal_ip.ip)
        tunnel = (segment.wireguard_ip, used_endpoint(node, topology)) if leads else ()
        yield f"    {ids[node.name]}[{label(*lines, *tunnel)}]:::{style}{'leader' if leads else ''}"


def _peers(topology: Topology) -> Iterator[str]:
    yield "  subgraph peers"
    for n, peer in enumerate(topology.peers):
        yield f"    p{n}([{label(peer.name, used_endpoint(peer, topology))}]):::peer"
    yield "  end"
    yield f"  classDef peer {style_of('#ffffff', GREY)}"
    yield f"  style peers {style_of('#ffffff', GREY)},stroke-dasharray:4"


def _edges(topology: Topology, leaders: list[str], ids: dict[str, str]) -> Iterator[str]:
    for segment, leader in zip(topology.segments, leaders, strict=True):
        for node in segment.nodes:
            if node is not segment.leader:
                yield f"  {leader} --- {ids[node.name]}"
    tunnels = topology.tunnel_count
    if tunnels > CLEAR_EDGES:
        yield f"  {HUB}(({label(f'{tunnels} tunnels')}))"
        yield from (f"  {leader} === {HUB}" for leader in leaders)
    else:
        pairs = topology.tunnels()
        yield from (f"  {ids[seg.leader.name]} === {ids[other.leader.name]}" for seg, other in pairs)
    if topology.peers:
        yield from (f"  {leader} -.- peers" for leader in ([HUB] if tunnels > CLEAR_EDGES else leaders))
