"""What is passed on of a mesh that is followed, and when."""

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.cli.remarks import tell_connectivity
from kgctl_py.cluster.mesh_updates import Live, let_settle
from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cluster.following import Following, following
from tests.in_memory import EXAMPLE, Cluster, InMemoryCluster, node
from tests.kube.fake_server import FakeServer, Reply, kubeconfig, status
from tests.kube.watched import NODES, WATCH_NODES, Feed, error, event, listed, live_node, until


def one() -> Reply:
    """A list with a node that is alive now, not when the tests were collected."""
    return listed(live_node("a"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


def ready(mesh: Mesh) -> list[str]:
    return [one.name for one in mesh.ready_nodes]


def test_the_mesh_comes_at_once_and_again_after_a_change(config: Path) -> None:
    feed = Feed()
    with (
        FakeServer({NODES: [one()], WATCH_NODES: [feed.reply]}) as server,
        following(kubeconfig(config, server.url)) as live,
    ):
        assert ready(live.next()) == ["a"]
        feed.say(event("ADDED", live_node("b")))
        assert ready(live.next()) == ["a", "b"]
        assert live.rest(0.3) == []


class Burst(threading.Event):
    """Changes that follow each other; it keeps how long each was waited for, and takes no time."""

    def __init__(self, changes: int) -> None:
        super().__init__()
        self.set()
        self._left = changes - 1
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0)
        self._left -= 1
        if self._left >= 0:
            self.set()
        return self.is_set()


@pytest.mark.parametrize(("changes", "waits"), [(1, [0.01]), (3, [0.01, 0.1, 0.1])])
def test_a_single_change_waits_less_for_others_than_the_next_ones(changes: int, waits: list[float]) -> None:
    burst = Burst(changes)
    let_settle(burst, threading.Event(), 0.01)
    assert burst.waits == waits
    assert not burst.is_set()


def test_heartbeats_are_not_passed_on(config: Path) -> None:
    feed = Feed()
    with (
        FakeServer({NODES: [listed(live_node("a", seen=40))], WATCH_NODES: [feed.reply]}) as server,
        following(kubeconfig(config, server.url)) as live,
    ):
        live.next()
        feed.say(*(event("MODIFIED", live_node("a", seen=40 - n)) for n in range(40)))
        assert live.rest(0.4) == []


def test_a_burst_of_changes_comes_as_few_meshes_the_last_with_all_of_them(config: Path) -> None:
    feed = Feed()
    with (
        FakeServer({NODES: [one()], WATCH_NODES: [feed.reply]}) as server,
        following(kubeconfig(config, server.url)) as live,
    ):
        live.next()
        started = time.monotonic()
        feed.say(*(event("ADDED", live_node(f"b{n:03}")) for n in range(500)))
        meshes = 1
        while len(ready(live.next())) < 501:
            meshes += 1
        assert meshes <= 1 + (time.monotonic() - started) / 0.5


class Told:
    """An informer that says of each of its meshes in turn that something changed."""

    is_answered = True
    connectivity = Connectivity(0.0)

    def __init__(self, *meshes: Mesh) -> None:
        self.changed = threading.Event()
        self._meshes = list(meshes)

    def mesh(self) -> Mesh:
        self.changed.set()
        return self._meshes.pop(0)

    def close(self) -> None:
        pass


class ToldCluster(InMemoryCluster):
    """A cluster that is followed by what tells these meshes."""

    def __init__(self, *meshes: Mesh) -> None:
        super().__init__(lambda: meshes[0])
        self._meshes = meshes

    def follow(self) -> Any:
        return Told(*self._meshes)


def mesh_of(name: str) -> Mesh:
    return Cluster([node(name)]).mesh()


def test_a_change_that_is_reverted_at_once_is_not_passed_on() -> None:
    cluster = ToldCluster(mesh_of("a"), mesh_of("a"), mesh_of("b"))
    live = Live(cluster, resync=3600, stop=threading.Event(), tell=tell_connectivity, first_quiet=0)
    assert [ready(mesh) for mesh in itertools.islice(live, 2)] == [["a"], ["b"]]


def test_the_mesh_comes_at_each_resync_without_a_change(config: Path) -> None:
    started = time.monotonic()
    with FakeServer({NODES: [one()]}) as server, following(kubeconfig(config, server.url), resync=0.2) as live:
        assert [ready(live.next()) for _ in range(4)] == [["a"]] * 4
    assert time.monotonic() - started > 0.6


def test_a_node_that_falls_silent_leaves_after_its_minute(config: Path) -> None:
    nodes = listed(live_node("a"), live_node("b", seen=30))
    with FakeServer({NODES: [nodes]}) as server, following(kubeconfig(config, server.url)) as live:
        assert ready(live.next()) == ["a", "b"]
        live.clock.seconds = 35
        mesh = live.next()
        assert ready(mesh) == ["a"]
        (gone,) = (one for one in mesh.nodes if one.name == "b")
        assert mesh.now - gone.last_seen >= 60


def test_during_an_outage_the_mesh_stays_and_start_and_end_are_reported(config: Path) -> None:
    nodes = [listed(live_node("a"), live_node("b", seen=30)), Reply(status=500, body=b"")]
    feed = Feed()
    with (
        FakeServer({NODES: nodes, WATCH_NODES: [feed.reply, Feed().reply]}) as server,
        following(kubeconfig(config, server.url)) as live,
    ):
        assert ready(live.next()) == ["a", "b"]
        feed.say(error(410))
        until(lambda: len(live.connectivities) == 1)
        assert live.connectivities[0].error
        assert live.live.connectivity == live.connectivities[0]
        live.clock.seconds = 35  # "b" would be silent for too long
        assert live.rest(0.4) == []
        server.add(NODES, one())
        assert ready(live.next()) == ["a"]
        assert [bool(connectivity.error) for connectivity in live.connectivities] == [True, False]


def test_a_stop_ends_it_and_leaves_no_thread(config: Path) -> None:
    before = set(threading.enumerate())
    with FakeServer({NODES: [one()]}) as server:
        follower = Following(kubeconfig(config, server.url))
        follower.thread.start()
        follower.next()
        follower.end()
        until(lambda: not {one.name for one in set(threading.enumerate()) - before if not is_of_server(one)})


def is_of_server(thread: threading.Thread) -> bool:
    return "process_request" in thread.name or "serve_forever" in thread.name


def test_a_stop_is_heeded_while_the_first_answer_is_waited_for(config: Path) -> None:
    with FakeServer({NODES: [Reply(status=0)]}) as server:
        follower = Following(kubeconfig(config, server.url))
        follower.thread.start()
        until(lambda: bool(server.requests))
        follower.end()
        assert follower.error is None  # as there would be after the time limit of the request


def test_when_the_first_list_cannot_be_had_it_is_an_error(config: Path) -> None:
    with FakeServer({NODES: [status(403, "no")]}) as server, following(kubeconfig(config, server.url)) as live:
        until(lambda: live.error is not None)
        assert isinstance(live.error, KgctlError)
        assert "does not allow this request" in live.error.message


def test_a_cluster_in_a_file_is_not_followed() -> None:
    with pytest.raises(UsageError, match="cannot watch a saved cluster"):
        next(
            iter(
                Live(
                    open_cluster(Options(from_file=(str(EXAMPLE),))),
                    resync=30,
                    stop=threading.Event(),
                    tell=tell_connectivity,
                )
            )
        )


def test_the_connectivity_is_reported_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    good = Connectivity(1000.0)
    lost = Connectivity(1100.0, KgctlError("cannot reach it", hint="is it the right one?"))
    tell_connectivity(lost, good)
    tell_connectivity(Connectivity(1163.0), lost)
    assert capsys.readouterr().err == (
        "kgctl: warning: cannot reach it: until it answers, kgctl uses the last known mesh\n"
        "hint: is it the right one?\n"
        "kgctl: the API server answers again, after 1m3s\n"
    )
