import socket
import threading
import time

import pytest

from kgctl_py.net import resolve

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
    found = resolve.look_up({*ANSWERS, "unknown.example.com"})
    assert {name: str(ip) for name, ip in found.items()} == {
        "both.example.com": "203.0.113.9",
        "six.example.com": "2001:db8::2",
    }


@pytest.mark.usefixtures("asked")
def test_names_that_do_not_answer_cost_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "SECONDS", 0.3)
    start = time.monotonic()
    assert list(resolve.look_up({"slow1", "slow2", "slow3", "six.example.com"})) == ["six.example.com"]
    assert time.monotonic() - start < 2


def test_a_name_that_no_resolver_takes_has_no_address() -> None:
    assert resolve.look_up({"a" * 64 + ".example.com"}) == {}
