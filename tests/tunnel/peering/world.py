"""Clusters that a router joins, their agents, and kgctl, which knows each cluster as a context of its name."""

import itertools
import json
from pathlib import Path

from typer.testing import Result

from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.api.server import ApiServerProcess
from tests.cli.kgctl import kgctl
from tests.tunnel.lab import Lab
from tests.tunnel.peering.agent import Agents
from tests.tunnel.peering.mesh import Mesh, Plan, unreachable
from tests.tunnel.peering.router import Router


class World:
    """The meshes by name, each with its agents."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.kubeconfig: Path = lab.folder / "kubeconfig"
        self.meshes: dict[str, Mesh] = {}
        self.agents: dict[str, Agents] = {}
        self._router = Router(lab)

    def add(self, server: ApiServerProcess, plan: Plan) -> Mesh:
        """Add a mesh."""
        mesh = self.meshes[plan.name] = Mesh(self.lab, self._router, server, plan)
        self.agents[plan.name] = Agents(mesh)
        self.kubeconfig.write_text(json.dumps(self._contexts()))
        return mesh

    def remove(self, name: str) -> None:
        """Take a mesh out, of which only its hosts stay until the end of the lab."""
        del self.meshes[name]
        self.agents.pop(name).close()

    def restore(self, **granularities: Granularity) -> None:
        """Have all as it was at first, but for the granularities that are told."""
        for name, mesh in self.meshes.items():
            mesh.restore(granularities.get(name, Granularity.LOCATION))
            self.agents[name].begin_anew()
        self.catch_up()
        for mesh in self.meshes.values():
            assert unreachable(mesh.living, mesh.living) == []

    def close(self) -> None:
        """End what watches."""
        for agents in self.agents.values():
            agents.close()

    def catch_up(self) -> None:
        """Let all agents apply what happened."""
        for agents in self.agents.values():
            agents.catch_up()

    @property
    def pairs(self) -> list[tuple[Mesh, Mesh]]:
        """Each mesh with each other one."""
        return list(itertools.permutations(self.meshes.values(), 2))

    @property
    def forgotten(self) -> list[str]:
        """The name of each Peer whose key some agents did not know, though it was there."""
        return [name for agents in self.agents.values() for name in agents.forgotten]

    def kgctl(self, *arguments: str) -> Result:
        """Run kgctl, which finds the clusters by their contexts."""
        return kgctl("--kubeconfig", str(self.kubeconfig), *arguments)

    def peering(self, *arguments: str) -> str:
        """Run `kgctl peering`, which must succeed, let the agents apply what it wrote, and give what it said."""
        result = self.kgctl("peering", *arguments)
        assert result.exit_code == 0, result.output
        self.catch_up()
        return result.output

    def unreachable(self, within: float = 45) -> list[str]:
        """Return each pair of pods of different clusters for which no ping gets an answer in time."""
        return [missing for own, other in self.pairs for missing in unreachable(own.living, other.living, within)]

    def _contexts(self) -> dict[str, object]:
        files = {name: mesh.server.kubeconfig() for name, mesh in self.meshes.items()}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": name, "cluster": _first(file, "clusters", "cluster")} for name, file in files.items()
            ],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in files],
            "users": [{"name": name, "user": _first(file, "users", "user")} for name, file in files.items()],
        }


def _first(file: Path, entries: str, entry: str) -> dict[str, str]:
    content: dict[str, str] = json.loads(file.read_text())[entries][0][entry]
    if "certificate-authority" in content:
        content["certificate-authority"] = str(file.parent / content["certificate-authority"])
    return content
