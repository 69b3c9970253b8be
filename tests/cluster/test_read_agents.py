"""Agents are asked for their metrics a few at once, for a limited time; what they say cannot harm."""

import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.cluster.read_agents import AT_ONCE, read_agents
from kgctl_py.errors import KgctlError
from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
from kgctl_py.kilo.kg_pods import parse_metrics
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from tests.findings.agent_cases import metrics

PATIENCE = 30


class Agents:
    """A client of an API server behind which agents answer as they are told."""

    def __init__(self, answer: Callable[[str], list[bytes]]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.asked: list[str] = []
        self.open = self.most_open = 0

    def connect(self) -> None:
        """Do nothing."""

    def stream(self, path: str, _: object, *, silence: float) -> "Agents":
        assert silence > 0
        with self._lock:
            self.asked.append(path)
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        try:
            self.said = self._answer(path)
        except BaseException:
            self.close()
            raise
        return self

    def lines(self) -> Iterator[bytes]:
        yield from self.said

    def close(self) -> None:
        with self._lock:
            self.open -= 1


def pods(count: int) -> list[KgPod]:
    return [KgPod(node=f"n{n}", namespace="kilo", name=f"kilo-{n}", metrics_port=1107 + n) for n in range(count)]


def read(agents: Agents, count: int, seconds: float = PATIENCE) -> dict[str, AgentMetrics]:
    return dict(read_agents(cast("Client", agents), pods(count), seconds=seconds))


def test_each_agent_is_asked_once_at_its_port_and_only_a_few_at_once() -> None:
    together = threading.Barrier(AT_ONCE, timeout=PATIENCE)

    def answer(_: str) -> list[bytes]:
        together.wait()
        return [metrics()]

    agents = Agents(answer)
    found = read(agents, 2 * AT_ONCE)
    assert found == {f"n{n}": AgentMetrics(leader=True, nodes=2, peers=1) for n in range(2 * AT_ONCE)}
    assert agents.most_open == AT_ONCE
    paths = (f"/api/v1/namespaces/kilo/pods/kilo-{n}:{1107 + n}/proxy/metrics" for n in range(2 * AT_ONCE))
    assert sorted(agents.asked) == sorted(paths)


@pytest.mark.slow
def test_an_agent_that_never_answers_holds_up_nobody_else() -> None:
    ended = threading.Event()

    def answer(path: str) -> list[bytes]:
        if "kilo-0:" in path:
            ended.wait(PATIENCE)
        return [metrics()]

    try:
        assert set(read(Agents(answer), 3, seconds=3)) == {"n1", "n2"}
    finally:
        ended.set()


def test_a_refusal_ends_the_reading_and_is_told_with_the_rule_that_is_missing() -> None:
    def answer(_: str) -> list[bytes]:
        raise ApiError("no", status=403)

    agents = Agents(answer)
    with pytest.raises(KgctlError, match="not allowed to connect to pods") as caught:
        read(agents, 100)
    assert 'resources: ["pods/proxy"], verbs: ["get"]' in caught.value.hint
    assert len(agents.asked) <= AT_ONCE


@pytest.mark.parametrize(
    "said", [[b""], [b"<html>\n"], [metrics(), b"#" * 2**20], [b"kilo_nodes 99999999999999\n"]], ids=range(4)
)
def test_what_is_no_metrics_of_kilo_or_too_long_is_as_no_answer(said: list[bytes]) -> None:
    with pytest.raises(KgctlError, match="no agent of Kilo answers"):
        read(Agents(lambda _: said), 2)


def test_an_agent_with_an_error_is_left_out() -> None:
    def answer(path: str) -> list[bytes]:
        if "kilo-1:" in path:
            raise ApiError("no endpoints", status=503)
        if "kilo-2:" in path:
            raise TimeoutError
        return [metrics()]

    assert set(read(Agents(answer), 4)) == {"n0", "n3"}


@given(
    st.binary()
    | st.lists(st.sampled_from([b"kilo_leader ", b"1", b"\n", b"kilo_errors_total", b'{event="'])).map(b"".join)
)
def test_no_text_is_too_odd_to_parse(text: bytes) -> None:
    parsed = parse_metrics(text)
    assert parsed is None or parsed.leader in (None, False, True)


def test_many_events_and_large_numbers_are_limited() -> None:
    lines = "".join(f'kilo_errors_total{{event="{"a" * n}"}} 9e+99\n' for n in range(1, 40))
    parsed = parse_metrics(metrics(more=lines))
    assert parsed is not None
    assert len(parsed.errors) < 40
    assert max(parsed.errors.values()) == 10**15
