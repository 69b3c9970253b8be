"""A tunnel is tried with what the system offers to everybody: one byte, one DNS query."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from kgctl_py.net.probe import dns_failure, send_byte
from tests.tunnel.servers import answer

HERE = ipaddress.ip_address("127.0.0.1")
NOWHERE = ipaddress.ip_address("255.255.255.255")
"""An address to which a socket that may not broadcast has no way."""


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server


def port_of(server: socket.socket) -> int:
    port: int = server.getsockname()[1]
    return port


def test_a_knock_is_one_byte(listening: socket.socket) -> None:
    assert send_byte(HERE, port_of(listening))
    assert listening.recv(99) == b"\0"
    assert not send_byte(NOWHERE)


@pytest.mark.parametrize("known", ["a.example", "another.example"])
def test_any_answer_of_a_name_server_will_do(listening: socket.socket, known: str) -> None:
    answering(listening, lambda query: answer(query, {known: "192.0.2.1"}))
    assert dns_failure("127.0.0.1", "a.example", port_of(listening)) == ""


def test_a_server_that_does_not_answer_is_reported(listening: socket.socket) -> None:
    assert dns_failure("127.0.0.1", "a.example", port_of(listening), seconds=0.1) == "no response within 0.1 s"


def test_an_answer_that_is_not_dns_is_reported(listening: socket.socket) -> None:
    answering(listening, lambda query: query[:2] + b"nonsense")
    assert dns_failure("127.0.0.1", "a.example", port_of(listening)).startswith("the response is not valid DNS: ")


def answering(server: socket.socket, reply: Callable[[bytes], bytes]) -> None:
    """Answer one query in a thread."""

    def serve() -> None:
        query, caller = server.recvfrom(512)
        server.sendto(reply(query), caller)

    threading.Thread(target=serve, daemon=True).start()
