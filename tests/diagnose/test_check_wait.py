"""`kgctl check --wait` reads the cluster at every attempt, and asks for credentials once until they expire."""

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.open import Options
from kgctl_py.diagnose.run_checks import run_checks
from kgctl_py.diagnose.wait_until_passed import PAUSE, Attempt, wait_until_passed
from kgctl_py.findings.check_sections import PEERS as PEERS_SECTION
from tests.in_memory import Cluster as Objects
from tests.in_memory import InMemoryCluster, node, peer
from tests.kube.fake_server import UNVERIFIED, FakeServer, Reply, kubeconfig, secure_server, status
from tests.kube.watched import NODES, PEERS, listed, live_node, until

BAD, GOOD = listed(peer("p", publicKey="")), listed(peer("p"))
VERSION = "client.authentication.k8s.io/v1"


class Clock:
    """A clock that only sleep moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


class Plugin:
    """A credential plugin that gives a new token at each run."""

    def __init__(self, folder: Path) -> None:
        self._runs = folder / "runs"
        script = folder / "plugin.py"
        script.write_text(
            f"import json, pathlib\nruns = pathlib.Path({str(self._runs)!r})\n"
            "number = len(runs.read_text()) if runs.exists() else 0\n"
            "runs.write_text('x' * (number + 1))\n"
            f"print(json.dumps({{'apiVersion': {VERSION!r}, 'kind': 'ExecCredential',"
            " 'status': {'token': f'token-{number}'}}))\n"
        )
        plugin = {"command": sys.executable, "args": [str(script)], "apiVersion": VERSION}
        self.user = {"exec": {**plugin, "interactiveMode": "Never"}}

    @property
    def runs(self) -> int:
        return len(self._runs.read_text())


def attempts_on(server: FakeServer, plugin: Plugin, folder: Path, clock: Clock) -> list[Attempt]:
    options = Options(
        kubeconfig=kubeconfig(folder / "config", server.url, user=plugin.user, **UNVERIFIED), resolve=False
    )
    cluster = ApiCluster(options)
    check = functools.partial(run_checks, cluster, options, (PEERS_SECTION,))
    return list(wait_until_passed(cluster, check, strict=False, duration=60, sleep=clock.sleep, clock=clock))


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def test_waiting_reads_the_cluster_at_each_attempt_but_runs_the_credential_plugin_once(
    plugin: Plugin, tmp_path: Path
) -> None:
    # at each attempt Peers are listed twice: to see whether they may be, and to read them
    with secure_server({NODES: [listed(live_node("a1"))], PEERS: [BAD] * 6 + [GOOD]}) as server:
        attempts = attempts_on(server, plugin, tmp_path, Clock())
    assert [attempt.is_last for attempt in attempts] == [False, False, False, True]
    assert [attempt.report.passes() for attempt in attempts] == [False, False, False, True]
    assert len(server.asked(PEERS)) == 8
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer token-0"}
    assert plugin.runs == 1


def test_an_expired_token_is_renewed_while_waiting(plugin: Plugin, tmp_path: Path) -> None:
    expired = status(401, "Unauthorized")
    replies = {NODES: [listed(live_node("a1"))], PEERS: [BAD, BAD, expired, BAD, BAD, GOOD]}
    with secure_server(replies) as server:
        attempts = attempts_on(server, plugin, tmp_path, Clock())
    assert [attempt.report.passes() for attempt in attempts] == [False, False, True]
    tokens = [request.headers["authorization"] for request in server.asked(PEERS)]
    assert tokens == ["Bearer token-0"] * 3 + ["Bearer token-1"] * 4
    assert plugin.runs == 2


def wait(reads: Sequence[Objects], clock: Clock, duration: float) -> list[Attempt]:
    """Wait for a cluster that is another one at each read."""
    meshes = iter(reads)
    cluster = InMemoryCluster(lambda: next(meshes).mesh())
    options = Options(granularity=None)
    check = functools.partial(run_checks, cluster, options, (PEERS_SECTION,))
    attempts = wait_until_passed(cluster, check, strict=False, duration=duration, sleep=clock.sleep, clock=clock)
    return list(attempts)


def test_waiting_ends_with_the_first_report_that_passes() -> None:
    bad = Objects([node("a")], [peer("p", publicKey="")])
    clock = Clock()
    attempts = wait([bad, bad, Objects([node("a")], [peer("p")])], clock, 60)
    assert [attempt.report.passes() for attempt in attempts] == [False, False, True]
    assert clock.pauses == [PAUSE, PAUSE]


def test_waiting_ends_when_its_time_is_over_with_a_last_report() -> None:
    bad = Objects([node("a")], [peer("p", publicKey="")])
    clock = Clock()
    attempts = wait([bad] * 4, clock, PAUSE + 2)
    assert [attempt.is_last for attempt in attempts] == [False, False, True]
    assert clock.pauses == [PAUSE, 2]
    assert not attempts[-1].report.passes()


def test_a_token_that_expires_between_two_lists_is_renewed_once(plugin: Plugin, tmp_path: Path) -> None:
    # Nodes and Peers are listed at the same time, and the refusal of Nodes ends after the renewal for Peers
    def refused(when: Callable[[], bool]) -> Reply:
        def lines() -> Iterator[bytes]:
            until(when)
            yield b'{"message": "Unauthorized"}'

        return Reply(status=401, lines=lines())

    first = refused(lambda: len(server.asked(NODES)) > 1)
    late = refused(lambda: plugin.runs > 1)
    nodes, peers = listed(live_node("a1")), listed(peer("p"))
    with secure_server({NODES: [nodes, late, nodes], PEERS: [peers, first, peers]}) as server:
        config = kubeconfig(tmp_path / "config", server.url, user=plugin.user, **UNVERIFIED)
        cluster = ApiCluster(Options(kubeconfig=config, request_timeout=60))
        cluster.mesh()
        cluster.refresh()
        cluster.mesh()
    assert plugin.runs == 2
