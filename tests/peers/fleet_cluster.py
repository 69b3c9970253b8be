"""A cluster in memory whose Peers can be changed, and `kgctl peer apply` run on it."""

import os
from pathlib import Path
from typing import Any

from typer.testing import Result

from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl
from tests.connect.in_memory_peers import InMemoryPeers
from tests.in_memory import NOW, Cluster, InMemoryCluster, node

NODES = (node("north", 1, "alps"), node("south", 2, "coast"))


class FleetCluster(InMemoryCluster):
    """Two nodes, and Peers that are kept in memory."""

    def __init__(self, *peers: dict[str, Any], kept: InMemoryPeers | None = None) -> None:
        self.kept = kept or InMemoryPeers(*peers)
        nodes = Cluster(nodes=NODES).mesh().nodes
        super().__init__(lambda: Mesh.of(nodes, self.kept.mesh().peers, NOW), store=self.kept)

    def _find_networks(self) -> Networks:
        return Networks()

    def apply(self, *args: str, stdin: str = "") -> Result:
        """Run `kgctl peer apply` on what the cluster has now."""
        self.refresh()
        return kgctl("--no-resolve", "peer", "apply", *args, stdin=stdin.encode(), cluster=self)

    def specs(self) -> dict[str, dict[str, Any]]:
        """Return the spec of each Peer."""
        return {name: one["spec"] for name, one in sorted(self.kept.manifests.items())}

    def metadata(self, name: str) -> dict[str, Any]:
        """Return the labels and annotations of a Peer."""
        metadata = self.kept.manifests[name]["metadata"]
        return {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}


def files_below(folder: Path) -> list[str]:
    """Return the paths of all files in a folder."""
    found = (os.path.relpath(Path(parent, name), folder) for parent, _, names in os.walk(folder) for name in names)
    return sorted(found)
