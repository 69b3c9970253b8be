"""How soon `kgctl connect` uses a changed endpoint: `python -m tests.bench.reaction [CHANGES]`.

A real API server has two Nodes, and gets a new endpoint of one of them. It prints the milliseconds from sending
that to the server until WireGuard has it. The request itself and reading WireGuard take a few of them.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api import mesh
from tests.api.server import ApiServerProcess, running
from tests.tunnel.connection import Connection, Line
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

_WATCHER = """
import subprocess, time
seen = None
while True:
    now = subprocess.run(["wg", "show", "kilo0", "endpoints"], capture_output=True, text=True).stdout
    if now != seen:
        print(time.monotonic(), *now.split(), flush=True)
        seen = now
"""
_PAUSE = 2.0


def main() -> None:
    """Measure, and print a line."""
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, Lab() as lab:
        for number, (name, location) in enumerate((("north", "alps"), ("south", "coast")), 1):
            server.create(resources.NODES_PATH, mesh.node(name, location, number))
        line, host = Line(server, lab.folder), lab.host("laptop")
        line.lead_to(host)
        connection = Connection(lab, server, host, "laptop").is_up()
        took = _milliseconds(server, host, lab.folder / "seen", changes)
        connection.end()
        line.close()
    shown = ", ".join(f"{value:.0f}" for value in sorted(took))
    print(f"median {statistics.median(took):.0f} ms of {len(took)} changes: {shown}")


def _milliseconds(server: ApiServerProcess, host: Host, seen: Path, changes: int) -> list[float]:
    with seen.open("wb") as output:
        host.popen(sys.executable, "-c", _WATCHER, stdout=output, stderr=output)
        sent = {}
        for number in range(changes):
            endpoint = f"198.51.100.{number + 1}:51820"
            patch = {"metadata": {"annotations": {names.FORCE_ENDPOINT: endpoint}}}
            sent[endpoint] = time.monotonic()
            server.request("PATCH", f"{resources.NODES_PATH}/south", patch)
            time.sleep(_PAUSE)
    lines = [line.split() for line in seen.read_text().splitlines()]
    used = {endpoint: next(float(moment) for moment, *words in lines if endpoint in words) for endpoint in sent}
    return [1000 * (used[endpoint] - moment) for endpoint, moment in sent.items()]


if __name__ == "__main__":
    main()
