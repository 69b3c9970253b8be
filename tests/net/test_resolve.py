import socket
import threading
import time

import pytest

from kgctl_py.net import resolve
from kgctl_py.session import Session
from tests.in_memory import Cluster, node

ANSWERS = {
    "both.example.com": ["2001:db8::1", "203.0.113.9", "203.0.113.8"],
    "six.example.com": ["2001:db8::2", "2001:db8::3"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer names from a table, never for `slow…`, and note which were asked for."""
    names: list[str] = []
    never = threading.Event()

    def getaddrinfo(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        names.append(host)
        if host.startswith("slow"):
            never.wait(5)
        if host not in ANSWERS:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(0, 0, 0, "", (text, 0)) for text in ANSWERS[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.mark.usefixtures("asked")
def test_the_first_ipv4_address_is_taken_else_the_first_ipv6() -> None:
    found = resolve.addresses({*ANSWERS, "unknown.example.com"})
    assert {name: str(ip) for name, ip in found.items()} == {
        "both.example.com": "203.0.113.9",
        "six.example.com": "2001:db8::2",
    }


@pytest.mark.usefixtures("asked")
def test_names_that_do_not_answer_cost_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "SECONDS", 0.3)
    start = time.monotonic()
    assert list(resolve.addresses({"slow1", "slow2", "slow3", "six.example.com"})) == ["six.example.com"]
    assert time.monotonic() - start < 2


def test_a_name_that_no_resolver_takes_has_no_address() -> None:
    assert resolve.addresses({"a" * 64 + ".example.com"}) == {}


def test_only_names_that_decide_a_leader_are_asked_for(asked: list[str]) -> None:
    nodes = [
        node("a", 1, "west", endpoint="10.0.0.1:1"),
        node("b", 2, "west", endpoint="both.example.com:1"),
        node("c", 3, "west", endpoint="203.0.113.3:1"),
        node("d", 4, "west", endpoint="after.example.com:1"),
        node("e", 5, "east", endpoint="alone.example.com:1"),
    ]
    mesh = Cluster(nodes).mesh()
    leaders = {one.name: one.leader for one in Session().topology(mesh).segments}
    assert asked == ["both.example.com"]
    assert leaders["location:west"].name == "b"
    assert str(leaders["location:west"].endpoint) == "both.example.com:1"
    assert Session(resolve=False).topology(mesh).segments[1].leader.name == "c"
    assert Session(from_file=("cluster.yaml",)).topology(mesh).segments[1].leader.name == "c"
    assert asked == ["both.example.com"]
