"""The routes of an interface in messages of the kernel, as it rarely sends them."""

import errno
import socket
import struct
from typing import Self

import pytest

from kgctl_py.net.route_dump import dump_routes

ROUTE, DONE, ERROR = 24, 3, 2
MULTIPART, INTERRUPTED, LEARNED = 0x2, 0x10, 0x200
INDEX = 7


class Kernel:
    """Answers each dump with the next of the given datagrams, and the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.dumps = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def sendto(self, data: bytes, _: tuple[int, int], /) -> int:
        self.dumps += 1
        return len(data)

    def recv(self, _: int, /) -> bytes:
        return self._answers.pop(0) if self._answers[1:] else self._answers[0]


def message(kind: int, payload: bytes, flags: int = MULTIPART) -> bytes:
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, 1, 0) + payload


def route(network: str, flags: int = 0) -> bytes:
    """Return a route to a /24 through the interface."""
    header = struct.pack("=8BI", socket.AF_INET, 24, 0, 0, 254, 4, 0, 1, flags)
    destination = struct.pack("=HH4s", 8, 1, socket.inet_aton(network))
    return message(ROUTE, header + destination + struct.pack("=HHI", 8, 4, INDEX))


def done(code: int = 0, flags: int = MULTIPART) -> bytes:
    return message(DONE, struct.pack("=i", code), flags)


def routes(*answers: bytes) -> list[str]:
    kernel = Kernel(*answers)
    return [str(route.destination) for route in dump_routes(INDEX, lambda: kernel)]


def test_routes_are_read_up_to_the_end_of_the_dump() -> None:
    assert routes(route("10.1.0.0") + route("10.2.0.0"), done()) == ["10.1.0.0/24", "10.2.0.0/24"]


def test_a_path_mtu_that_the_kernel_learned_is_no_route() -> None:
    assert routes(route("10.1.0.0", LEARNED) + done(), done()) == []


@pytest.mark.parametrize("answer", [message(ERROR, struct.pack("=i", -errno.ENOMEM)), done(-errno.ENOMEM)])
def test_a_dump_that_the_kernel_cannot_finish_is_an_error(answer: bytes) -> None:
    with pytest.raises(OSError, match="memory") as error:
        routes(route("10.1.0.0"), answer)
    assert error.value.errno == errno.ENOMEM


def test_a_dump_is_read_again_if_routes_changed_meanwhile() -> None:
    assert routes(route("10.1.0.0"), done(flags=INTERRUPTED), route("10.2.0.0"), done()) == ["10.2.0.0/24"]


def test_a_dump_that_always_changes_ends() -> None:
    kernel = Kernel(done(flags=INTERRUPTED))
    assert dump_routes(INDEX, lambda: kernel) == ()
    assert kernel.dumps == 10
