"""The parts that all flowcharts of Mermaid share: labels, styles, and the limits within which it draws."""

import re
from collections.abc import Iterable, Mapping

from kgctl_py.escape_text import visible
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import INK

MOST_CHARACTERS = 50_000
"""The maximum characters for Mermaid, unless `maxTextSize` of its configuration is raised."""
MOST_EDGES = 500
"""The maximum edges for Mermaid, unless `maxEdges` of its configuration is raised."""
CLEAR_EDGES = 60
"""The number of tunnels between leaders above which one symbol stands for all of them."""
HUB = "mesh"


def by_location(topology: Topology) -> Mapping[str, list[Segment]]:
    """Return the segments of each location, in the order of the topology."""
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


def place(location: str) -> str:
    """Return the name of a location for people."""
    return location or "(no location)"


def used_endpoint(member: Node | Peer, topology: Topology) -> object:
    """Return the endpoint that configurations use: a discovered one takes precedence."""
    key = member.key if isinstance(member, Node) else member.public_key
    return topology.discovered_endpoint(key, member.persistent_keepalive) or member.endpoint


def joined(lines: Iterable[str]) -> str:
    """Return lines as text."""
    return "".join(f"{line}\n" for line in lines)


def style_of(fill: str, stroke: str) -> str:
    """Return the style of a box or a class."""
    return f"fill:{fill},stroke:{stroke},color:{INK}"
