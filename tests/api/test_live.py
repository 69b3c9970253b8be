"""A real cluster, followed while it changes, and while it goes away and comes back."""

import gc
import queue
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.api import mesh
from tests.api.server import ApiServerProcess
from tests.cluster.following import Following, following
from tests.kube.watched import until

SOUTH = f"{resources.NODES_PATH}/south"


@pytest.fixture
def live(api_server: ApiServerProcess) -> Iterator[Following]:
    with following(str(api_server.kubeconfig())) as follower:
        assert [peer.name for peer in follower.next().peers] == ["laptop", "phone"]
        yield follower


def annotate(server: ApiServerProcess, **annotations: str | None) -> None:
    given = {names.PREFIX + name.replace("_", "-"): value for name, value in annotations.items()}
    server.request("PATCH", SOUTH, {"metadata": {"annotations": given}})


def test_a_peer_that_is_added_or_removed_arrives(api_server: ApiServerProcess, live: Following) -> None:
    api_server.create(resources.PEERS_PATH, mesh.peer("tablet", "10.5.0.3"))
    assert [peer.name for peer in live.next().peers] == ["laptop", "phone", "tablet"]
    api_server.request("DELETE", f"{resources.PEERS_PATH}/tablet")
    assert [peer.name for peer in live.next().peers] == ["laptop", "phone"]


def test_a_node_that_changes_arrives_and_its_heartbeat_does_not(
    api_server: ApiServerProcess, live: Following
) -> None:
    try:
        annotate(api_server, force_endpoint="203.0.113.9:51820")
        changed = live.next()
        assert [str(node.endpoint) for node in changed.nodes] == ["203.0.113.1:51820", "203.0.113.9:51820"]
        annotate(api_server, last_seen=str(int(time.time())))
        with pytest.raises(queue.Empty):
            live.next(within=1)
    finally:
        annotate(api_server, force_endpoint=None, last_seen=str(int(time.time()) + mesh.HOUR))


@pytest.mark.slow
def test_a_server_that_is_stopped_and_started_again_is_followed_on(
    api_server: ApiServerProcess, live: Following
) -> None:
    api_server.stop()
    until(lambda: bool(live.connectivities), within=30)
    assert live.connectivities[0].error
    api_server.start()
    until(lambda: len(live.connectivities) == 2, within=60)
    assert live.connectivities[1].error is None
    api_server.create(resources.PEERS_PATH, mesh.peer("tablet", "10.5.0.3"))
    assert [peer.name for peer in live.next().peers] == ["laptop", "phone", "tablet"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thousands_of_changes_leak_no_thread_no_socket_and_no_memory(
    api_server: ApiServerProcess, live: Following
) -> None:
    def change(times: int) -> Mesh:
        for number in range(times):
            api_server.request("PATCH", SOUTH, {"metadata": {"labels": {"changed": str(number)}}})
            annotate(api_server, persistent_keepalive=str(number % 60))
        annotate(api_server, persistent_keepalive=str(times))
        return live.rest(2)[-1]

    def held() -> tuple[int, int, int]:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir())), pages * resource.getpagesize()

    change(200)
    threads, files, memory = held()
    assert change(1800).nodes[1].persistent_keepalive == 1800
    threads_now, files_now, memory_now = held()
    assert (threads_now <= threads, files_now <= files) == (True, True)  # what other tests have left may end
    assert memory_now - memory < 5_000_000
    annotate(api_server, persistent_keepalive=None)
