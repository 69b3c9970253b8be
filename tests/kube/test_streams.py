"""Answers that come line by line, and connections that are used again, on both ways to a server."""

import contextlib
import threading
import time
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.auth import merge_kubeconfigs
from kgctl_py.kube.auth.credentials import Patience, obtain_credentials, open_transport
from kgctl_py.kube.background_thread import Cancellation
from kgctl_py.kube.client import Client
from kgctl_py.kube.http_connection import Request
from kgctl_py.kube.transport import Transport
from tests.kube.fake_server import FakeServer, Reply, empty_list, kubeconfig, status

PATH = "/api/v1/nodes"
LINES = b'{"type": "ADDED"}\n{"type": "MODIFIED"}\n'


pytestmark = pytest.mark.usefixtures("way")


def client(folder: Path, server: FakeServer) -> Client:
    return Client(kubeconfig=kubeconfig(folder / "config", server.url), request_timeout=5)


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
def test_a_line_is_given_when_it_has_come_and_not_when_all_have(tmp_path: Path, chunked: bool) -> None:
    body = b"".join(b"%x\r\n%b\r\n" % (len(line), line) for line in LINES.splitlines(keepends=True)) + b"0\r\n\r\n"
    answer = Reply(body=LINES, pace=0.01)
    if chunked:
        answer = Reply(body=body, headers={"Transfer-Encoding": "chunked"}, length=len(body), pace=0.01)
    with FakeServer({f"{PATH}?watch": [answer]}) as server:
        reply = client(tmp_path, server).stream(PATH, {"watch": "1"}, silence=5)
        started, lines = time.monotonic(), reply.lines()
        assert next(lines) == b'{"type": "ADDED"}\n'
        first = time.monotonic() - started
        assert list(lines) == [b'{"type": "MODIFIED"}\n']
        assert first < 0.75 * (time.monotonic() - started)
    assert server.requests[0].query == {"watch": "1"}


def test_closing_a_stream_wakes_the_thread_that_waits_for_a_line(tmp_path: Path) -> None:
    with FakeServer({PATH: [Reply(body=LINES, length=4000)]}) as server:
        server.holds_open = True
        reply = client(tmp_path, server).stream(PATH, {}, silence=60)
        seen: list[bytes] = []
        reader = threading.Thread(target=lambda: seen.extend(reply.lines()), daemon=True)
        reader.start()
        while len(seen) < 2:
            time.sleep(0.01)
        reply.close()
        reader.join(5)
        assert not reader.is_alive()


def test_a_stream_that_falls_silent_ends_with_a_timeout(tmp_path: Path) -> None:
    with FakeServer({PATH: [Reply(body=LINES, length=4000)]}) as server:
        server.holds_open = True
        lines = client(tmp_path, server).stream(PATH, {}, silence=0.3).lines()
        with pytest.raises(TimeoutError):
            list(lines)


def test_a_stream_that_is_cut_off_in_the_middle_says_so(tmp_path: Path) -> None:
    body = b"1000\r\n" + LINES
    reply = Reply(body=body, headers={"Transfer-Encoding": "chunked"}, length=0)
    with (
        FakeServer({PATH: [reply]}) as server,
        pytest.raises(KgctlError, match=r"is incomplete|lost the connection"),
    ):
        list(client(tmp_path, server).stream(PATH, {}, silence=5).lines())


def test_a_stream_that_is_refused_is_told_as_any_other_request(tmp_path: Path) -> None:
    gone = status(410, "too old resource version")
    with FakeServer({PATH: [gone]}) as server, pytest.raises(ApiError, match="too old resource version") as caught:
        client(tmp_path, server).stream(PATH, {}, silence=5)
    assert caught.value.status == 410


def test_a_stream_is_not_compressed_for_a_compressor_would_hold_lines_back(tmp_path: Path) -> None:
    with FakeServer({PATH: [Reply(body=LINES)]}) as server:
        list(client(tmp_path, server).stream(PATH, {}, silence=5).lines())
    assert "gzip" not in server.requests[0].headers.get("accept-encoding", "")


def test_a_connection_that_the_server_closed_meanwhile_is_made_again(tmp_path: Path) -> None:
    with FakeServer() as server:
        asking = client(tmp_path, server)
        asking.get(PATH)
        server.hang_up()
        assert asking.get(PATH).body == empty_list(PATH)
    assert len(server.requests) == 2


def test_a_connection_that_the_server_closes_at_the_next_request_is_made_again(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.answers_once = True
        asking = client(tmp_path, server)
        for _ in range(3):
            assert asking.get(PATH).body == empty_list(PATH)
    assert server.connections == 3


def test_a_write_is_not_sent_twice_when_the_server_closes_the_connection(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.answers_once = True
        asking = client(tmp_path, server)
        asking.get(PATH)
        with contextlib.suppress(KgctlError):
            asking.send("POST", PATH, {})
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_a_stream_that_has_ended_does_not_close_the_connection_of_the_next_request(tmp_path: Path) -> None:
    slow = Reply(body=b"x" * 20, pace=0.01)
    with FakeServer({f"{PATH}?watch": [Reply(body=LINES)], "/next": [slow]}) as server:
        shared = opened(tmp_path, server)
        stream = shared.open(
            Request(path=f"{PATH}?watch=1", streamed=True), timeout=5, cancellation=Cancellation()
        )
        lines = stream.lines()
        assert next(lines) + next(lines) == LINES
        following = shared.open(Request(path="/next"), timeout=5, cancellation=Cancellation())
        assert list(lines) == []
        assert following.read() == slow.body


def test_requests_one_after_the_other_share_a_connection(tmp_path: Path) -> None:
    with FakeServer() as server:
        asking = client(tmp_path, server)
        for _ in range(5):
            asking.get(PATH)
    assert server.connections == 1


def opened(folder: Path, server: FakeServer) -> Transport:
    access = merge_kubeconfigs.load(kubeconfig(folder / "config", server.url), None)
    return open_transport(obtain_credentials(access, Patience(5))).transport


def test_threads_may_share_a_connection(tmp_path: Path) -> None:
    paths = [f"/{n}" for n in range(20)]
    with FakeServer({path: [Reply(body=path.encode())] for path in paths}) as server:
        shared = opened(tmp_path, server)
        answers: dict[str, bytes] = {}

        def ask(path: str) -> None:
            answers[path] = shared.open(Request(path=path), timeout=5, cancellation=Cancellation()).read()

        threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert answers == {path: path.encode() for path in paths}
