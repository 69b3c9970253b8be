"""What is measured against what, and how much longer it may take."""

import contextlib
import dataclasses
import http.client
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from kgctl_py.kilo import resources
from tests.api.certificates import context_that_trusts
from tests.api.server import ADMIN, ApiServerProcess, running
from tests.bench import clusters
from tests.bench.clusters import LARGE, MIDDLE, SMALL, Plan

FOLDER = Path(__file__).parent
KGCTL = str(Path(sys.executable).with_name("kgctl"))

_LOADERS = 8


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Two commands, and the most that the first may need as a multiple of the second; 0 for no bound."""

    name: str
    command: tuple[str, ...]
    against: tuple[str, ...]
    wall: float = 0
    memory: float = 0


def local() -> Iterator[Scenario]:
    """Return those that need no cluster."""
    one = (sys.executable, str(FOLDER / "one_command.py"))
    yield Scenario(name="`--help`, one-command Typer program", command=(KGCTL, "--help"), against=one, wall=1.6)
    yield Scenario(name="`keygen`, one-command Typer program", command=(KGCTL, "keygen"), against=one, wall=1.6)


def from_file(folder: Path) -> Iterator[Scenario]:
    """Return those that read a cluster in a file."""
    file = folder / "cluster.json"
    items = [*clusters.nodes(LARGE), *clusters.peers(LARGE)]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": items}))
    command = (KGCTL, "--from-file", str(file), "showconf", "peer", "peer-1")
    floor = (sys.executable, str(FOLDER / "floor.py"), str(file))
    name = f"`--from-file`, {LARGE.nodes:,} nodes, msgspec alone"
    yield Scenario(name=name, command=command, against=(*floor, "all"), wall=2)
    yield Scenario(name=f"{name} for what Kilo reads", command=command, against=floor)


@contextlib.contextmanager
def served(plan: Plan) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Run an API server with a cluster; give how kgctl's command line begins, and the whole of the floor's."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        load(server, resources.NODES_PATH, clusters.nodes(plan))
        load(server, resources.PEERS_PATH, clusters.peers(plan))
        file = server.kubeconfig()
        floor = (sys.executable, str(FOLDER / "floor.py"), server.url, str(server.ca), server.token(ADMIN))
        yield (KGCTL, "--kubeconfig", str(file)), floor


def from_server(plan: Plan, kgctl: tuple[str, ...], floor: tuple[str, ...]) -> Iterator[Scenario]:
    """Return those of a cluster on an API server."""
    showconf = (*kgctl, "showconf", "peer", "peer-1")
    bounds = {SMALL: (1.9, 0.0), MIDDLE: (1.5, 0.0), LARGE: (1.3, 1.3)}[plan]
    name = f"`showconf peer`, {plan.nodes:,} nodes, floor"
    yield Scenario(name=name, command=showconf, against=floor, wall=bounds[0], memory=bounds[1])
    if plan is SMALL:
        config = Path(kgctl[-1])
        in_yaml = config.with_suffix(".yaml")
        in_yaml.write_text(yaml.safe_dump(json.loads(config.read_text())))
        command = (KGCTL, "--kubeconfig", str(in_yaml), *showconf[-3:])
        yield Scenario(name=f"{name}, kubeconfig in YAML", command=command, against=floor, wall=2)
    if plan is MIDDLE:
        name = f"`graph`, {plan.nodes:,} nodes, `showconf peer`"
        yield Scenario(name=name, command=(*kgctl, "graph"), against=showconf, wall=1.5)


def load(server: ApiServerProcess, path: str, manifests: Iterable[dict[str, Any]]) -> None:
    """Create many objects over several connections."""
    everything = list(manifests)
    parts = [everything[start::_LOADERS] for start in range(_LOADERS)]
    with ThreadPoolExecutor(_LOADERS) as pool:
        list(pool.map(lambda part: _post(server, path, part), parts))


def _post(server: ApiServerProcess, path: str, manifests: Iterable[dict[str, Any]]) -> None:
    url = urlsplit(server.url)
    context = context_that_trusts(server.ca)
    connection = http.client.HTTPSConnection(url.hostname or "", url.port, context=context)
    headers = {"Authorization": f"Bearer {server.token(ADMIN)}", "Content-Type": "application/json"}
    for manifest in manifests:
        connection.request("POST", path, json.dumps(manifest), headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != http.HTTPStatus.CREATED:
            raise RuntimeError(answer.decode())
    connection.close()
