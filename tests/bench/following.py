"""How much a command that follows a large cluster costs: `python -m tests.bench.following [SECONDS]`.

A real API server has 5,000 Nodes, and gets a new last-seen of one of them as often as kg writes them. It prints
the share of a core and the memory of `kgctl showconf peer --watch` in that time.
"""

import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api.certificates import context_that_trusts
from tests.api.server import ADMIN, ApiServerProcess, running
from tests.bench import clusters
from tests.bench.clusters import LARGE
from tests.bench.scenarios import KGCTL, load

KG_SECONDS = 30
"""The time after which kg writes a Node again."""

_WRITERS = 4
_SETTLING = 10


class Writers:
    """Threads that patch the last-seen of one Node after the other, together at the rate of kg."""

    def __init__(self, server: ApiServerProcess, count: int) -> None:
        self._server, self._count = server, count
        self._stop = threading.Event()
        self._written = [0] * _WRITERS
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(_WRITERS)]

    @property
    def written(self) -> int:
        """How many patches the server has accepted."""
        return sum(self._written)

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number: int) -> None:
        url = urlsplit(self._server.url)
        connection = http.client.HTTPSConnection(
            url.hostname or "", url.port, context=context_that_trusts(self._server.ca)
        )
        headers = {
            "Authorization": f"Bearer {self._server.token(ADMIN)}",
            "Content-Type": "application/merge-patch+json",
        }
        pause = KG_SECONDS * _WRITERS / self._count
        due = time.monotonic() + pause * number / _WRITERS
        for index in itertools.cycle(range(number, self._count, _WRITERS)):
            if self._stop.wait(max(0, due - time.monotonic())):
                break
            due += pause
            patch = {"metadata": {"annotations": {names.LAST_SEEN: str(int(time.time()) + clusters.DAY)}}}
            path = f"{resources.NODES_PATH}/node-{index:05}"
            connection.request("PATCH", path, json.dumps(patch), headers)
            connection.getresponse().read()
            self._written[number] += 1
        connection.close()


def main() -> None:
    """Measure, and print a line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        load(server, resources.NODES_PATH, clusters.nodes(LARGE))
        load(server, resources.PEERS_PATH, clusters.peers(LARGE))
        conf = Path(folder) / "kilo.conf"
        words = (
            "--kubeconfig",
            str(server.kubeconfig()),
            "showconf",
            "peer",
            "peer-1",
            "-O",
            str(conf),
            "--watch",
        )
        with subprocess.Popen((KGCTL, *words), stdout=subprocess.DEVNULL) as process:
            while not conf.exists():
                time.sleep(0.1)
            time.sleep(_SETTLING)
            print(_measured(server, process.pid, seconds))
            process.terminate()


def _measured(server: ApiServerProcess, pid: int, seconds: float) -> str:
    with Writers(server, LARGE.nodes) as writers:
        time.sleep(_SETTLING)
        before, written, started = _cpu(pid), writers.written, time.monotonic()
        time.sleep(seconds)
        took, rate = _cpu(pid) - before, (writers.written - written) / (time.monotonic() - started)
    return f"{rate:.0f} events/s: {100 * took / seconds:.1f} % of a core, {_memory(pid):.0f} MB"


def _cpu(pid: int) -> float:
    """Return the CPU time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Return the peak memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
