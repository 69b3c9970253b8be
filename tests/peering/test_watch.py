"""`kgctl peering connect --watch`: the Peers follow both clusters, and nothing is removed that may be needed."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.notice import Notice
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.watch_clusters import watch
from kgctl_py.peering.watch_settings import OnError, WatchSettings
from tests.in_memory import key
from tests.peering.clusters import Server, World, WritableCluster, aws, edge

PATIENCE = 30


class Watched:
    """Two clusters that are followed in a thread."""

    def __init__(self, near: Server, far: Server) -> None:
        self.near, self.far = WritableCluster(near), WritableCluster(far)
        self.told: list[Notice] = []
        self.error: KgctlError | None = None
        self._stop = threading.Event()

    @contextlib.contextmanager
    def running(
        self,
        *,
        resync: float = 300,
        prunes_most: bool = False,
        annotates: bool = False,
        on_error: OnError = OnError.KEEP,
    ) -> Iterator["Watched"]:
        sides = (Side(name="aws", cluster=self.near), Side(name="edge", cluster=self.far))
        watching = WatchSettings(resync=resync, prunes_most=prunes_most, on_error=on_error, between=0.1)
        args = (
            sides,
            PeeringSettings(annotates=annotates),
            watching,
            lambda *_: None,
            self._stop,
            self.told.append,
        )
        thread = threading.Thread(target=self._watch, args=args)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join(PATIENCE)
        assert not thread.is_alive()
        assert (self.error is None) == (on_error is OnError.KEEP), self.error

    def _watch(self, *args: Any) -> None:
        try:
            watch(*args)
        except KgctlError as error:
            self.error = error

    def change(self, cluster: WritableCluster) -> None:
        cluster.informer.publish()

    def wait(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, self.told
            time.sleep(0.02)

    def says(self, words: str) -> Callable[[], bool]:
        return lambda: any(words in notice.text for notice in self.told)


def leader(watched: Watched) -> str:
    return str(watched.near.server.peers["edge.loc.berlin"]["spec"]["publicKey"])


def lead(watched: Watched) -> None:
    watched.far.server.nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    watched.change(watched.far)


def joined() -> Watched:
    near, far = aws(), edge()
    assert World(aws=near, edge=far).kgctl("connect", "aws", "edge").exit_code == 0
    return Watched(near, far)


def test_a_change_of_one_cluster_changes_the_other_and_an_end_changes_nothing() -> None:
    with joined().running() as watched:
        lead(watched)
        watched.wait(lambda: leader(watched) == key("edge berlin-2"))
        watched.wait(watched.says("aws: changed edge.loc.berlin (leader berlin-2"))
    assert sorted(watched.near.server.peers) == ["edge.loc.berlin", "edge.loc.home"]
    assert watched.near.informer.closed
    assert watched.far.informer.closed


def test_removed_peers_are_created_again() -> None:
    with joined().running() as watched:
        del watched.near.server.peers["edge.loc.home"]
        watched.change(watched.near)
        watched.wait(lambda: "edge.loc.home" in watched.near.server.peers)


def test_a_cluster_that_does_not_answer_keeps_its_peers_and_so_does_the_other_for_it() -> None:
    with joined().running() as watched:
        log = list(watched.near.server.log)
        watched.far.informer.connectivity = Connectivity(0.0, KgctlError("it is away"))
        lead(watched)
        watched.wait(watched.says('cluster "edge" does not answer'))
        watched.change(watched.near)
        time.sleep(0.8)
        assert watched.near.server.log == log
        assert len([notice for notice in watched.told if "does not answer" in notice.text]) == 1
        watched.far.informer.connectivity = Connectivity(0.0)
        watched.change(watched.far)
        watched.wait(lambda: leader(watched) == key("edge berlin-2"))
        assert watched.says('cluster "edge" answers again')()


def test_most_peers_are_not_removed_at_once_unless_that_is_allowed() -> None:
    watched = joined()
    with watched.running():
        del watched.far.server.nodes[1:]
        watched.far.server.nodes[0]["metadata"]["annotations"][names.LOCATION] = "paris"
        watched.change(watched.far)
        watched.wait(watched.says("2 of 2 Peers for edge in aws are not removed"))
        assert "edge.loc.home" in watched.near.server.peers
    with Watched(watched.near.server, watched.far.server).running(prunes_most=True):
        watched.wait(lambda: sorted(watched.near.server.peers) == ["edge.loc.paris"])


def test_a_cluster_without_nodes_changes_nothing() -> None:
    with joined().running() as watched:
        watched.far.server.nodes.clear()
        watched.change(watched.far)
        watched.wait(watched.says("nothing was changed"))
    assert len(watched.near.server.peers) == 2


def test_a_later_overlap_changes_nothing_and_is_reported_once() -> None:
    with joined().running() as watched:
        log = list(watched.near.server.log)
        watched.far.server.nodes[0]["spec"]["podCIDR"] = "10.42.0.0/16"
        watched.change(watched.far)
        watched.wait(watched.says("K-PEERING-OVERLAP"))
        watched.change(watched.far)
        time.sleep(0.8)
        assert len([notice for notice in watched.told if "K-PEERING-OVERLAP" in notice.text]) == 1
        assert watched.near.server.log == log


def refuse_to_write(watched: Watched) -> None:
    watched.near.server.fault = lambda *_: ApiError("no", status=500)
    lead(watched)


def stop_answering(watched: Watched) -> None:
    watched.far.informer.connectivity = Connectivity(0.0, KgctlError("it is away"))
    lead(watched)


def overlap(watched: Watched) -> None:
    watched.far.server.nodes[0]["spec"]["podCIDR"] = "10.42.0.0/16"
    watched.change(watched.far)


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (refuse_to_write, 'cannot update peer "edge.loc.berlin": no'),
        (stop_answering, 'cluster "edge" does not answer'),
        (overlap, "K-PEERING-OVERLAP"),
    ],
)
def test_the_first_error_ends_it_if_that_is_wanted(fail: Callable[[Watched], None], words: str) -> None:
    with joined().running(on_error=OnError.EXIT) as watched:
        fail(watched)
        watched.wait(lambda: watched.error is not None)
    assert watched.error is not None
    assert words in watched.error.message
    assert watched.near.informer.closed


def test_a_write_that_fails_is_told_and_tried_again() -> None:
    with joined().running(resync=0.3) as watched:
        watched.near.server.fault = lambda *_: ApiError("no", status=500)
        lead(watched)
        watched.wait(watched.says('cannot update peer "edge.loc.berlin": no'))
        watched.near.server.fault = lambda *_: None
        watched.wait(lambda: leader(watched) == key("edge berlin-2"))
        watched.wait(lambda: watched.near.informer.refreshed > 0)


def test_a_node_that_is_silent_too_long_loses_its_peer_at_the_next_resync() -> None:
    with joined().running(resync=0.3, prunes_most=True) as watched:
        annotations = watched.far.server.nodes[2]["metadata"]["annotations"]
        annotations[names.LAST_SEEN] = str(int(watched.far.server.now) - 300)
        watched.change(watched.far)
        time.sleep(0.8)
        assert "edge.loc.home" in watched.near.server.peers
        watched.far.server.now += 400
        for raw in watched.far.server.nodes[:2]:
            raw["metadata"]["annotations"][names.LAST_SEEN] = str(int(watched.far.server.now))
        watched.wait(lambda: sorted(watched.near.server.peers) == ["edge.loc.berlin"])


def without_keepalive() -> tuple[Server, Server]:
    """Two clusters that are joined, and whose leader behind NAT has lost its keepalive since."""
    near, far = aws(), edge()
    assert World(aws=near, edge=far).kgctl("connect", "aws", "edge").exit_code == 0
    del far.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE]
    return near, far


def keepalive(server: Server) -> str | None:
    value: str | None = server.nodes[2]["metadata"]["annotations"].get(names.PERSISTENT_KEEPALIVE)
    return value


def test_a_new_leader_behind_nat_is_given_a_keepalive_if_that_is_wanted() -> None:
    near, far = without_keepalive()
    with Watched(near, far).running(annotates=True) as watched:
        watched.wait(lambda: keepalive(far) == "25")
        watched.wait(watched.says('edge: node "home-1" now sends keepalives'))
    near, far = without_keepalive()
    with Watched(near, far).running() as watched:
        watched.wait(watched.says("K-PEERING-KEEPALIVE"))
    assert keepalive(far) is None


def test_a_node_that_cannot_be_annotated_is_told_and_its_peer_is_written() -> None:
    near, far = without_keepalive()
    del near.peers["edge.loc.home"]
    far.fault = lambda verb, _: ApiError("no", status=403) if verb == "annotate" else None
    with Watched(near, far).running(annotates=True) as watched:
        watched.wait(watched.says('cluster "edge": cannot annotate node "home-1": no'))
        watched.wait(lambda: "edge.loc.home" in near.peers)


@pytest.mark.parametrize("args", [("--print", "yaml"), ("--dry-run", "client"), ("-o", "json")])
def test_watch_only_goes_with_text_that_is_written(args: tuple[str, ...]) -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("connect", "aws", "edge", "--watch", *args)
    assert (run.exit_code, world.peers("aws")) == (2, {})
    option = " ".join(args) if args[0] == "-o" else args[0]
    assert f"--watch and {option} exclude each other\n" in run.stderr


def test_what_nobody_can_be_asked_about_is_left_to_the_watch() -> None:
    near, far = aws(), edge()
    world = World(aws=near, edge=far)
    world.kgctl("connect", "aws", "edge")
    far.nodes[2]["metadata"]["annotations"][names.LAST_SEEN] = "1"
    run = world.kgctl("connect", "aws", "edge", "--watch", "--resync-period", "x")
    assert run.exit_code == 2
    with Watched(near, far).running() as watched:
        watched.wait(lambda: sorted(near.peers) == ["edge.loc.berlin"])
    assert watched.told[0].text == "aws: removed edge.loc.home (its segment no longer exists)"
