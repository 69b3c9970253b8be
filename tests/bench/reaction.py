"""How soon `kgctl connect` uses a changed endpoint: `python -m tests.bench.reaction [CHANGES [NODES]]`.

A real API server has two Nodes, or NODES fully meshed ones, and gets a new endpoint of one of them. It prints the
milliseconds from sending that to the server until kgctl has set it in WireGuard, by the log of kgctl.
"""

import datetime
import statistics
import sys
import tempfile
import time
from pathlib import Path

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api import mesh
from tests.api.server import ApiServerProcess, running
from tests.bench import clusters
from tests.bench.clusters import Plan
from tests.bench.scenarios import load
from tests.tunnel.connection import Connection, Line
from tests.tunnel.lab import Lab

_PAUSE = 2.0
_PATIENCE = 120.0


def main() -> None:
    """Measure, and print a line."""
    changes, nodes = (*map(int, sys.argv[1:]), *(20, 2)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, Lab() as lab:
        if nodes == 2:
            for number, (name, location) in enumerate((("north", "alps"), ("south", "coast")), 1):
                server.create(resources.NODES_PATH, mesh.node(name, location, number))
        else:
            load(server, resources.NODES_PATH, clusters.nodes(Plan(nodes=nodes, locations=0, peers=0)))
        changed = server.request("GET", resources.NODES_PATH)["items"][-1]["metadata"]["name"]
        line, host = Line(server, lab.folder), lab.host("laptop")
        line.lead_to(host)
        connection = Connection(lab, server, host, "laptop", "--log-level", "debug")
        assert connection.tells("joined", within=_PATIENCE), connection.everything
        time.sleep(_PAUSE)
        took = [_milliseconds(server, connection, changed, number) for number in range(changes)]
        connection.end(within=_PATIENCE)
        line.close()
    shown = ", ".join(f"{value:.0f}" for value in sorted(took))
    print(f"{nodes:,} nodes: median {statistics.median(took):.0f} ms of {len(took)} changes: {shown}")


def _milliseconds(server: ApiServerProcess, connection: Connection, node: str, number: int) -> float:
    """Change an endpoint; return how long kgctl took to set it, and wait until kgctl has done all the rest."""
    before = len(_moves(connection))
    endpoint = f"198.51.100.{number + 1}:51820"
    patch = {"metadata": {"annotations": {names.FORCE_ENDPOINT: endpoint}}}
    sent = time.time()
    server.request("PATCH", f"{resources.NODES_PATH}/{node}", patch)
    assert connection.tells("changed", endpoint, within=_PATIENCE), connection.everything
    time.sleep(_PAUSE)
    return 1000 * (_moves(connection)[before] - sent)


def _moves(connection: Connection) -> list[float]:
    """Return the Unix times at which kgctl set an endpoint."""
    times = (event["time"] for event in connection.events if event["event"] == "moved")
    return [datetime.datetime.fromisoformat(each).timestamp() for each in times]


if __name__ == "__main__":
    main()
