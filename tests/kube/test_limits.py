"""Whatever a server sends, it is one clear error in bounded memory and time, by both ways to it."""

import gzip
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kube import decoding
from kgctl_py.kube.client import Client
from kgctl_py.kube.http_connection import USUAL_BOUNDS, Bounds
from kgctl_py.kube.paging import list_pages
from tests.kube.fake_server import FakeServer, Reply, endless_list, kubeconfig, page, status
from tests.kube.raw_server import RawServer

PATH = "/api/v1/nodes"
SMALL = Bounds(body=2**20, line=2**20)
"""So that a test needs no gigabyte."""


NODES = decoding.Page[resources.Node]

pytestmark = pytest.mark.usefixtures("way")


def client(folder: Path, url: str, timeout: float = 5, bounds: Bounds = USUAL_BOUNDS) -> Client:
    return Client(kubeconfig=kubeconfig(folder / "config", url), request_timeout=timeout, bounds=bounds)


def error_of(folder: Path, parts: Iterable[bytes], bounds: Bounds = USUAL_BOUNDS) -> KgctlError:
    with RawServer(parts) as server, pytest.raises(KgctlError) as caught:
        client(folder, server.url, bounds=bounds).get(PATH)
    return caught.value


def chunked(*chunks: bytes) -> list[bytes]:
    return [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *chunks]


class Endless:
    """A head, and a part again and again."""

    def __init__(self, part: bytes, head: bytes) -> None:
        self._part, self._head = part, head

    def __iter__(self) -> Iterator[bytes]:
        return itertools.chain([self._head], itertools.repeat(self._part))


OK = b"HTTP/1.1 200 OK\r\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        Endless(b"x" * 65536, OK + b"\r\n"),
        Endless(CHUNK, chunked()[0]),
        [OK + b"Content-Length: 10000000000\r\n\r\n"],
        Endless(b"x" * 65536, b"HTTP/1.1 500 Oops\r\n\r\n"),
        [b"%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (OK, len(bomb), bomb)]
        if (bomb := gzip.compress(bytes(3 * SMALL.body)))
        else [],
        chunked(b"FFFFFFFF\r\n"),
        chunked(b"FFFFFFFFFFFFFFFFFFFFFFFF\r\n"),
        chunked(b"-5\r\n", b"x" * 65536),
    ],
    ids=["body", "chunks", "length", "error", "gzip", "chunk", "24 digits", "negative"],
)
def test_a_body_that_is_too_large_is_told_as_that(tmp_path: Path, parts: Iterable[bytes]) -> None:
    error = error_of(tmp_path, parts, SMALL)
    assert "is too large" in error.message
    assert error.hint


def test_a_line_of_a_watch_without_an_end_is_a_broken_stream(tmp_path: Path) -> None:
    with RawServer(Endless(CHUNK, chunked()[0])) as server:
        reply = client(tmp_path, server.url, bounds=SMALL).stream(PATH, {"watch": "true"}, silence=5)
        with pytest.raises(KgctlError, match="is too large"):
            list(reply.lines())
        assert server.sent < 20 * SMALL.line


@pytest.mark.parametrize("trailer", [b"x: y\r\n", b"x" * 65_536, b"\x00\r\n"], ids=["lines", "line", "NUL"])
def test_trailers_without_an_end_are_a_broken_stream(tmp_path: Path, trailer: bytes) -> None:
    event = b'{"type": "BOOKMARK"}\n'
    head = b"".join(chunked(b"%x\r\n%s\r\n0\r\n" % (len(event), event)))
    with RawServer(Endless(trailer, head)) as server:
        lines = client(tmp_path, server.url).stream(PATH, {"watch": "true"}, silence=60).lines()
        assert next(lines) == event
        with pytest.raises(KgctlError, match="is too large"):
            list(lines)
        assert server.sent < 20 * SMALL.body


def test_a_few_trailers_are_passed_over(tmp_path: Path) -> None:
    body = chunked(b"2\r\n{}\r\n0\r\n", b"x: y\r\n" * 90, b"\r\n")
    with RawServer([b"".join(body)]) as server:
        assert client(tmp_path, server.url).get(PATH).body == b"{}"


def test_extensions_of_chunks_are_passed_over(tmp_path: Path) -> None:
    with RawServer([b"".join(chunked(b"1;a=b\r\n{\r\n", b"01 ; c\r\n}\r\n0;d\r\n\r\n"))]) as server:
        assert client(tmp_path, server.url).get(PATH).body == b"{}"


@pytest.mark.parametrize("size", [b"x", b"", b"1g"])
def test_a_chunk_whose_size_is_no_number_is_an_error(tmp_path: Path, size: bytes) -> None:
    message = error_of(tmp_path, chunked(b"2\r\n{}\r\n", size + b"\r\n{}\r\n0\r\n\r\n")).message
    assert message.endswith("is incomplete") or message.startswith("lost the connection")


def test_a_body_within_the_bounds_is_read_whole(tmp_path: Path) -> None:
    body = b'"' + b"x" * 3_000_000 + b'"'
    packed = gzip.compress(body) + b"trailing"
    with FakeServer(
        {PATH: [Reply(body=body), Reply(body=packed, headers={"Content-Encoding": "gzip"})]}
    ) as server:
        asking = client(tmp_path, server.url)
        assert [asking.get(PATH).body, asking.get(PATH).body] == [body, body]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(headers={"Date": "Mon, 01 Jan 2999999999 00:00:00 GMT"}),
        Reply(headers={"Date": "Mon, 01 Jan 2024 00:00:00 +99999999999999999999"}),
        Reply(headers={"Date": "9" * 5000}),
    ],
)
def test_a_date_that_is_none_counts_as_absent(tmp_path: Path, reply: Reply) -> None:
    with FakeServer({PATH: [reply]}) as server:
        assert client(tmp_path, server.url).get(PATH).time.date is None


@pytest.mark.parametrize("wait", ["9" * 5000, "²", "-1", "", "soon"])
def test_a_busy_server_without_a_time_gets_no_retry(tmp_path: Path, wait: str) -> None:
    answer = Reply(status=503, headers={"Retry-After": wait.encode().decode("latin-1")})
    with FakeServer({PATH: [answer]}) as server:
        with pytest.raises(KgctlError, match="503"):
            client(tmp_path, server.url).get(PATH)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "first", [b"\x00\xff\x00", b"HTTP/1.1 abc OK", b"SSH-2.0-OpenSSH_9.2", b"HTTP/1.1 200 " + b"x" * 100_000]
)
def test_a_response_that_is_not_http_is_reported(tmp_path: Path, first: bytes) -> None:
    error = error_of(tmp_path, [first + b"\r\n\r\n"])
    assert "the API server" in error.message
    assert len(error.message) < 300


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"items": ' * 100_000, b'{"items": [{"metadata": {"name": "\xff"}}]}']
)
def test_a_body_that_is_no_list_is_malformed(tmp_path: Path, body: bytes) -> None:
    with FakeServer({PATH: [Reply(body=body)]}) as server, pytest.raises(decoding.MalformedError):
        list(list_pages(client(tmp_path, server.url), PATH, "NodeList", NODES, {}))


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b'{"message": 5}', b'{"message": ' + b"[" * 100_000])
def test_an_error_that_is_no_status_is_reported_by_its_number(tmp_path: Path, body: bytes) -> None:
    with FakeServer({PATH: [Reply(status=500, body=body)]}) as server, pytest.raises(KgctlError, match="500"):
        client(tmp_path, server.url).get(PATH)


def test_a_long_message_is_cut(tmp_path: Path) -> None:
    with FakeServer({PATH: [status(500, "x" * 10_000_000)]}) as server, pytest.raises(KgctlError) as caught:
        client(tmp_path, server.url).get(PATH)
    assert len(caught.value.message) < 3000
    assert "x" * 1000 in caught.value.message


def pages_of(folder: Path, replies: Iterable[Reply], bounds: Bounds = USUAL_BOUNDS, patience: float = 20) -> int:
    with FakeServer({PATH: replies}) as server:
        asking = client(folder, server.url, bounds=bounds)
        return len(list(list_pages(asking, PATH, "NodeList", NODES, {}, patience=patience)))


def test_a_continue_token_that_comes_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=r"a page of the list .* twice"):
        pages_of(tmp_path, [page("a", more="x"), page("b", more="y"), page("a", more="x")])
    assert pages_of(tmp_path, [page("a", more="x"), page("b", more="y"), page("c")]) == 3


def test_a_list_without_an_end_ends_in_time(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match="took longer than"):
        pages_of(tmp_path, endless_list(), patience=0.2)


def test_the_pages_of_a_list_have_a_bound_together(tmp_path: Path) -> None:
    names = [f"{number:0500}" for number in range(500)]
    with pytest.raises(KgctlError, match="is larger than"):
        pages_of(tmp_path, (page(*names, more=str(number)) for number in range(100)), SMALL)
