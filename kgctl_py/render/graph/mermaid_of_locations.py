"""The topology as a Mermaid flowchart with a box for each location, which stays small."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from kgctl_py.escape_text import visible, without_middle
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import GREY, colours
from kgctl_py.render.graph.mermaid_parts import (
    CLEAR_EDGES,
    HUB,
    by_location,
    is_drawn,
    joined,
    label,
    place,
    style_of,
    used_endpoint,
)

_MOST_LOCATIONS = 400
"""The number of locations with short names that stays below both limits."""
_LONGEST_NAME = 40
"""The maximum length of names in a flowchart with one box per location."""


def mermaid_of_locations(topology: Topology, not_ready: Sequence[tuple[str, str]] = ()) -> str:
    """Return a flowchart with a box for each location, which Mermaid draws at any size of the mesh."""
    groups = by_location(topology)
    text = joined(_grouped_lines(topology, groups, len(not_ready), details=True))
    return text if is_drawn(text) else joined(_grouped_lines(topology, groups, len(not_ready), details=False))


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
        yield f"  classDef ghost {style_of('#ffffff', GREY)},stroke-dasharray:4"
    if topology.peers:
        yield f"  peers([{label(_counted(len(topology.peers), 'peer'))}]):::peer"
        yield f"  classDef peer {style_of('#ffffff', GREY)},stroke-dasharray:4"
    yield from _grouped_edges(topology, [groups[location] for location in shown])
    if details:
        yield from (
            f"  classDef c{n}leader {style_of(palette[location].tint, palette[location].strong)}"
            for n, location in enumerate(shown)
        )
    else:
        yield f"  classDef location {style_of('#ffffff', GREY)}"


def _group(location: str, segments: Sequence[Segment], topology: Topology, *, details: bool) -> Iterator[object]:
    yield place(without_middle(visible(location), _LONGEST_NAME))
    yield _counted(sum(len(segment.nodes) for segment in segments), "node")
    if details and len(segments) == 1:
        leader = segments[0].leader
        yield from (f"leader {leader.name}", segments[0].wireguard_ip, used_endpoint(leader, topology))


def _grouped_edges(topology: Topology, groups: Sequence[Sequence[Segment]]) -> Iterator[str]:
    if math.comb(len(groups), 2) > CLEAR_EDGES:
        yield f"  {HUB}(({label(f'{topology.tunnel_count} tunnels')}))"
        yield from (f"  g{n} === {HUB}" for n in range(len(groups)))
        ends = [HUB]
    else:
        for (n, one), (m, other) in itertools.combinations(enumerate(groups), 2):
            number = len(one) * len(other)
            words = f"|{label(f'{len(one)} x {len(other)} tunnels')}|" if number > 1 else ""
            yield f"  g{n} ==={words} g{m}"
        ends = [f"g{n}" for n in range(len(groups))]
    if topology.peers:
        yield from (f"  {end} -.- peers" for end in ends)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
