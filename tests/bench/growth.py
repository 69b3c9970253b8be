"""How the work grows, up to 10,000 nodes and 50,000 peers in memory: `python -m tests.bench.growth [SVG]`.

Each size is measured three times, and the quickest counts. With a file name the figures are drawn, too, which
needs the dependency group `bench`.
"""

import gc
import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.wireguard_conf import wireguard_conf
from tests.bench import clusters
from tests.bench.clusters import Plan

T = TypeVar("T")

SIZES = (500, 1000, 2000, 4000, 7000, 10_000)
"""Numbers of nodes; there are five times as many peers."""

_TIMES = 3


class Figures(NamedTuple):
    """CPU seconds, by the number of nodes."""

    nodes: int
    translated: float
    topology: float
    configuration: float


def main() -> None:
    """Measure all sizes, print the figures, and draw them when a file is named."""
    measured = []
    for size in SIZES:
        measured.append(figures(size))
        print(
            "{:7,} nodes  translated {:6.3f} s  topology {:6.3f} s  configuration {:6.3f} s".format(*measured[-1])
        )
    if sys.argv[1:]:
        draw(measured, sys.argv[1])


def figures(size: int) -> Figures:
    """Measure a fully meshed cluster of so many nodes."""
    plan = Plan(nodes=size, locations=0, peers=5 * size)
    nodes = [decoding.convert(raw, resources.Node) for raw in clusters.nodes(plan)]
    peers = [decoding.convert(raw, resources.Peer) for raw in clusters.peers(plan)]
    translated, mesh = quickest(
        lambda: Mesh(tuple(map(translate_node, nodes)), tuple(map(translate_peer, peers)), time.time())
    )
    built, topology = quickest(lambda: computed(mesh))
    configuration, text = quickest(lambda: wireguard_conf(peer_conf(topology, "peer-1")))
    assert text.count("[Peer]") == size + 5 * size - 1
    return Figures(size, translated, built, configuration)


def computed(mesh: Mesh) -> Topology:
    """Compute the topology anew, readiness and agreement with it."""
    fresh = Mesh(mesh.nodes, mesh.peers, mesh.now)
    return Topology.build(
        nodes=fresh.ready_nodes,
        peers=fresh.ready_peers,
        granularity=Granularity.FULL,
        subnet=agreed_subnet(fresh),
    )


def quickest(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of the quickest run, and what it gave."""
    best = math.inf
    for _ in range(_TIMES):
        gc.collect()
        started = time.process_time()
        result = work()
        best = min(best, time.process_time() - started)
    return best, result


def draw(measured: Sequence[Figures], path: str) -> None:
    """Draw the figures, and beside them how n log n would grow from the first topology."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "kgctl"
    from matplotlib import pyplot

    sizes = [one.nodes for one in measured]
    unit = measured[-1].topology / (sizes[-1] * math.log(sizes[-1]))
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for name, colour in (("translated", "#0072b2"), ("topology", "#d55e00"), ("configuration", "#009e73")):
        axes.plot(sizes, [getattr(one, name) for one in measured], "o-", color=colour, label=name)
    axes.plot(sizes, [unit * n * math.log(n) for n in sizes], "--", color="#999999", label="n log n")
    axes.set(xlabel="nodes, and five times as many peers", ylabel="CPU seconds", ylim=(0, None), xlim=(0, None))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
