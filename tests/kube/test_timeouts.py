"""A request that takes too long leaves nothing behind: no thread, no open socket, no warning."""

import contextlib
import gc
import os
import socket
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Client
from tests.kube.fake_server import kubeconfig
from tests.kube.watched import until

TIMES = 5
TIMEOUT = 0.05
PATH = "/api/v1/nodes"

OK = b"HTTP/1.1 200 OK\r\n"
SLOW = {
    "silent": (b"", False),
    "headers": (OK + b"X-Slow: ", False),
    "length": (OK + b"Content-Length: 99999\r\n\r\n", False),
    "until the end": (OK + b"\r\n", False),
    "chunked": (OK + b"Transfer-Encoding: chunked\r\n\r\n1;slow=", False),
    "silent TLS": (b"", True),
    "handshake": (b"\x16\x03\x03\x40\x00", True),
}
"""What a server sends at once, whether it has TLS; after that it sends a byte now and then, for ever."""


@contextlib.contextmanager
def dripping(start: bytes, drop: bytes = b"x") -> Iterator[int]:
    """Serve on a port that is given; every connection gets `start`, and then a `drop` every few milliseconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads: list[threading.Thread] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threads.append(
                        threading.Thread(target=drip, args=(listener.accept()[0], start, drop), name="server")
                    )
                    threads[-1].start()

        accepting = threading.Thread(target=accept, name="server")
        accepting.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for thread in threads:
            thread.join()


def drip(accepted: socket.socket, start: bytes, drop: bytes) -> None:
    with accepted, contextlib.suppress(OSError):
        accepted.recv(65536)
        accepted.sendall(start)
        accepted.settimeout(0.005)
        while True:
            if start:
                accepted.sendall(drop)
            with contextlib.suppress(TimeoutError):
                if not accepted.recv(65536):
                    return


def sockets_to(port: int) -> int:
    """Count the sockets of this process that are connected to a port."""
    opened = (path for path in Path("/proc/self/fd").iterdir() if is_socket(path))
    return sum(peer_port(int(path.name)) == port for path in opened)


def is_socket(path: Path) -> bool:
    try:
        return path.readlink().name.startswith("socket:")
    except OSError:  # closed meanwhile
        return False


def peer_port(descriptor: int) -> int:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as copy:
            address = copy.getpeername()
    except OSError:  # closed, or listening
        return 0
    return int(address[1]) if isinstance(address, tuple) else 0


@pytest.fixture(autouse=True)
def _no_old_objects() -> Iterator[None]:
    """Let `gc.collect` look only at what a test makes: to look at all modules takes a tenth of a second."""
    gc.freeze()
    yield
    gc.unfreeze()


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name != "server"}


@pytest.mark.parametrize(("start", "tls"), SLOW.values(), ids=SLOW)
@pytest.mark.usefixtures("way")
def test_a_request_that_is_given_up_leaves_no_thread_and_no_socket(
    tmp_path: Path, start: bytes, tls: bool
) -> None:
    before = threads()
    with dripping(start) as port, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        config = kubeconfig(tmp_path / "config", url, insecure_skip_tls_verify=True)
        client = Client(kubeconfig=config, request_timeout=TIMEOUT)
        for _ in range(TIMES):
            with pytest.raises(KgctlError, match="did not answer within"):
                client.get(PATH)
            until(lambda: threads() <= before and not sockets_to(port), within=5)
        del client
        gc.collect()
    assert [str(warning.message) for warning in warned] == []


@pytest.mark.parametrize("start", [OK + b"X-Slow: ", OK + b"\r\n", OK + b"Content-Length: 99999\r\n\r\n"])
@pytest.mark.parametrize("lines_read", [0, 1])
@pytest.mark.usefixtures("way")
def test_a_stream_that_is_given_up_leaves_no_thread_and_no_socket(
    tmp_path: Path, start: bytes, lines_read: int
) -> None:
    before = threads()
    with dripping(start, b"x\n") as port, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        client = Client(
            kubeconfig=kubeconfig(tmp_path / "config", f"http://127.0.0.1:{port}"), request_timeout=0.2
        )
        for _ in range(TIMES):
            with contextlib.suppress(KgctlError), contextlib.closing(client.stream(PATH, {}, silence=5)) as reply:
                lines = reply.lines()
                assert [next(lines) for _ in range(lines_read)] == [b"x\n"] * lines_read
            until(lambda: threads() <= before and not sockets_to(port), within=5)
        gc.collect()
    assert [str(warning.message) for warning in warned] == []
