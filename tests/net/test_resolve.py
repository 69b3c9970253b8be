import socket
import threading
import time

from kgctl_py.net import resolve

ANSWERS = {
    "both.example.com": ["2001:db8::1", "203.0.113.9", "203.0.113.8"],
    "six.example.com": ["2001:db8::2", "2001:db8::3"],
}


def getaddrinfo(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
    """Answer names from a table, and never for `slow…`."""
    if host.startswith("slow"):
        threading.Event().wait(5)
    if host not in ANSWERS:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return [(0, 0, 0, "", (text, 0)) for text in ANSWERS[host]]


def test_the_first_ipv4_address_is_taken_else_the_first_ipv6() -> None:
    found = resolve.look_up({*ANSWERS, "unknown.example.com"}, getaddrinfo=getaddrinfo)
    assert {name: str(ip) for name, ip in found.items()} == {
        "both.example.com": "203.0.113.9",
        "six.example.com": "2001:db8::2",
    }


def test_names_that_do_not_answer_cost_the_others_nothing() -> None:
    start, names = time.monotonic(), {"slow1", "slow2", "slow3", "six.example.com"}
    assert list(resolve.look_up(names, seconds=0.3, getaddrinfo=getaddrinfo)) == ["six.example.com"]
    assert time.monotonic() - start < 2


def test_a_name_that_no_resolver_takes_has_no_address() -> None:
    assert resolve.look_up({"a" * 64 + ".example.com"}) == {}


def test_many_names_are_looked_up_by_few_threads() -> None:
    names = {f"a{number}.example.com" for number in range(5000)}
    most = 0

    def count(*_: object, **__: object) -> list[tuple[object, ...]]:
        nonlocal most
        most = max(most, threading.active_count())
        return [(0, 0, 0, "", ("203.0.113.9", 0))]

    before = threading.active_count()
    assert len(resolve.look_up(names, seconds=20, getaddrinfo=count)) == 5000
    assert most <= before + resolve.THREADS


def test_after_the_deadline_no_further_name_is_looked_up() -> None:
    asked: list[str] = []
    answers = threading.Event()

    def slow(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        answers.wait(60)
        return [(0, 0, 0, "", ("203.0.113.9", 0))]

    names = {f"a{number}.example.com" for number in range(1000)}
    resolve.look_up(names, seconds=0.1, getaddrinfo=slow)
    answers.set()
    time.sleep(0.5)
    assert 0 < len(asked) <= resolve.THREADS
