"""`kgctl peering connect --watch --leader-elect`: of several loops, the one that holds the Lease writes."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.leases.election import ElectionTimes
from kgctl_py.notice import Notice
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.peering.watch_clusters import watch
from kgctl_py.peering.watch_settings import OnError, WatchSettings
from tests.in_memory import key
from tests.kube.object_store import Objects
from tests.peering.clusters import Server, World, WritableCluster, aws, edge

PATIENCE = 30
USUAL = ElectionTimes(retry=0.1)
IMPATIENT = ElectionTimes(lease=60, renew=0.8, retry=0.1)


class Loop:
    """One of several loops, in a thread; it writes aws alone."""

    def __init__(
        self, near: Server, far: Server, times: ElectionTimes = USUAL, on_error: OnError = OnError.KEEP
    ) -> None:
        self.near, self.far = WritableCluster(near), WritableCluster(far)
        self.told: list[Notice] = []
        self.error: KgctlError | None = None
        self._stop = threading.Event()
        self._watching = WatchSettings(election=times, on_error=on_error, prunes_most=True, between=0.1)
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Loop":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _watch(self) -> None:
        sides = (Side(name="aws", cluster=self.near), Side(name="edge", cluster=self.far, is_writable=False))
        with contextlib.suppress(KgctlError):
            try:
                watch(sides, PeeringSettings(), self._watching, lambda *_: None, self._stop, self.told.append)
            except KgctlError as error:
                self.error = error
                raise

    def says(self, words: str) -> bool:
        return any(words in notice.text for notice in self.told)


def wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def servers() -> tuple[Server, Server]:
    return aws(), edge()


def leases(server: Server) -> Objects:
    return server.stores.setdefault(("Lease", "kube-system"), Objects())


def change_leader(server: Server, *loops: Loop) -> None:
    server.nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    for loop in loops:
        loop.far.informer.publish()


def leader_key(server: Server) -> Any:
    return server.peers["edge.loc.berlin"]["spec"]["publicKey"]


def test_one_loop_writes_and_the_other_takes_over_when_it_ends(servers: tuple[Server, Server]) -> None:
    near, far = servers
    with Loop(near, far) as first:
        wait(lambda: len(near.peers) == 2)
        wait(lambda: first.says('now holds the Lease "kgctl-peering-edge" in aws'))
        with Loop(near, far) as second:
            wait(lambda: second.says('holds the Lease "kgctl-peering-edge" in aws'))
            first.__exit__()
            wait(lambda: second.says("this kgctl now holds the Lease"))
            change_leader(far, second)
            wait(lambda: leader_key(near) == key("edge berlin-2"))
            assert second.says("aws: changed edge.loc.berlin")
    assert [verb for verb, _ in near.log] == ["create", "create", "update"]
    assert leases(near).objects["kgctl-peering-edge"]["spec"]["holderIdentity"] == ""


def test_a_loop_that_cannot_renew_its_lease_stops_writing(servers: tuple[Server, Server]) -> None:
    near, far = servers
    with Loop(near, far, IMPATIENT) as loop:
        wait(lambda: len(near.peers) == 2)
        wait(lambda: loop.says("now holds the Lease"))
        leases(near).fault = lambda *_: KgctlError("it does not answer")
        wait(lambda: loop.says('cluster "aws": cannot get the Lease "kgctl-peering-edge": it does not answer'))
        wait(lambda: loop.says("no longer holds the Lease"))
        change_leader(far, loop)
        time.sleep(0.8)
        assert leader_key(near) == key("edge berlin-1")
        leases(near).fault = lambda *_: None
        wait(lambda: leader_key(near) == key("edge berlin-2"))


def test_a_lease_that_is_forbidden_says_which_rules_are_needed(servers: tuple[Server, Server]) -> None:
    near, far = servers
    leases(near).fault = lambda *_: ApiError("no", status=403)
    with Loop(near, far, on_error=OnError.EXIT) as loop:
        wait(lambda: loop.error is not None)
    assert loop.error is not None
    assert 'cannot get the Lease "kgctl-peering-edge": no' in loop.error.message
    assert "resources: [leases]" in loop.error.hint
    assert near.peers == {}


def test_nothing_is_written_before_a_lease_is_held() -> None:
    near, far = aws(), edge()
    near.nodes[0]["spec"]["podCIDR"] = "10.44.11.0/24"
    world = World(aws=near, edge=far)
    run = world.kgctl("connect", "aws", "edge", "--watch", "--leader-elect", "--on-error", "exit")
    assert (run.exit_code, "K-PEERING-OVERLAP" in run.stderr, near.stores) == (1, True, {})
    run = world.kgctl("connect", "aws", "edge", "--leader-elect")
    assert (run.exit_code, "--leader-elect needs --watch" in run.stderr) == (2, True)
