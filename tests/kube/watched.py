"""A fake server whose watches a test can speak through, and the mesh that follows it."""

import contextlib
import json
import queue
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kgctl_py.cluster.mesh_informer import MeshInformer
from kgctl_py.kilo import resources
from kgctl_py.kube.client import Client
from kgctl_py.kube.server_clock import ServerClock
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.in_memory import Raw, node
from tests.kube.fake_server import UNVERIFIED, FakeServer, Reply, kubeconfig, secure_server

NODES, PEERS = resources.NODES_PATH, resources.PEERS_PATH
WATCH_NODES, WATCH_PEERS = f"{NODES}?watch", f"{PEERS}?watch"


def live_node(name: str, number: int = 1, *, seen: float = 0, version: str = "", **rest: Any) -> Raw:
    """A Node that was seen `seen` seconds ago."""
    raw = node(name, number, last_seen=str(int(time.time() - seen)), **rest)
    raw["metadata"]["resourceVersion"] = version
    return raw


def listed(*objects: Raw, version: str = "1") -> Reply:
    """Return a whole list as it was at a version."""
    return Reply(body=json.dumps({"items": objects, "metadata": {"resourceVersion": version}}).encode())


def event(what: str, value: Raw) -> Raw:
    return {"type": what, "object": value}


def bookmark(version: str) -> Raw:
    return event("BOOKMARK", {"metadata": {"resourceVersion": version}})


def error(code: int, message: str = "too old resource version") -> Raw:
    return event("ERROR", {"kind": "Status", "code": code, "message": message})


class Feed:
    """The lines of a watch, when the test says them."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def say(self, *events: Raw) -> None:
        for one in events:
            self._lines.put(json.dumps(one).encode() + b"\n")

    def end(self) -> None:
        self._lines.put(None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._lines.get, None)

    @property
    def reply(self) -> Reply:
        return Reply(lines=iter(self))


def short_backoff(failures: int) -> float:
    """Return the seconds before the next attempt: few, so that a test does not wait."""
    return 0.05 if failures > 1 else 0


class ClockAhead:
    """Starts clocks that a test can put ahead while they run."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, skew: float) -> ServerClock:
        return _ClockAhead(skew, self)


class _ClockAhead(ServerClock):
    def __init__(self, skew: float, ahead: ClockAhead) -> None:
        super().__init__(skew)
        self._ahead = ahead

    def now(self) -> float:
        return super().now() + self._ahead.seconds

    @property
    def is_doubtful(self) -> bool:
        return False


@contextlib.contextmanager
def mirrored(
    folder: Path,
    replies: Mapping[str, Iterable[Reply]],
    *,
    user: Mapping[str, Any] | None = None,
    backoff: Callable[[int], float] = short_backoff,
    clock: Callable[[float], ServerClock] = ServerClock,
) -> Iterator[tuple[FakeServer, MeshInformer]]:
    """Follow a server with these replies; the mesh has been read once."""
    with secure_server(replies) if user else FakeServer(replies) as server:
        path = kubeconfig(folder / "config", server.url, user=user, **UNVERIFIED)
        client = Client(kubeconfig=path, request_timeout=5, crds=resources.CRD_COMMANDS)
        with contextlib.closing(MeshInformer(client, backoff=backoff, clock=clock)) as informer:
            until(lambda: informer.is_answered)
            yield server, informer


def until(holds: Callable[[], bool], within: float = 30) -> None:
    """Wait until something holds; fail when it does not in time."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.01)


def nodes_of(mesh: Mesh) -> list[str]:
    return [one.name for one in mesh.nodes]
