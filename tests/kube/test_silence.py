"""A watch that sends single bytes or parts of chunks and no line is given up, as one that sends nothing."""

import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kube.client import Client
from kgctl_py.kube.http_connection import ResponseTime
from kgctl_py.kube.listwatch.reflector import Reflector
from kgctl_py.kube.listwatch.silence import Silence
from kgctl_py.kube.listwatch.watch import Event
from tests.kube.fake_server import FakeServer, Reply, kubeconfig
from tests.kube.raw_server import RawServer
from tests.kube.watched import WATCH_NODES, short_backoff, until

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINE = b'{"type": "BOOKMARK"}\n'


def drops(first: bytes, drop: bytes) -> Iterator[bytes]:
    """Yield a part, and then another one again and again, slowly."""
    yield first
    for part in itertools.repeat(drop):
        time.sleep(0.02)
        yield part


class Lists:
    """A sink that counts the lists that it gets."""

    def __init__(self) -> None:
        self.count = 0

    def translate(self, raw: resources.Node) -> tuple[str, str]:
        return raw.metadata.name, ""

    def replace(self, objects: Sequence[tuple[str, str]], response_time: ResponseTime) -> None:
        self.count += 1

    def apply(self, event: Event[resources.Node]) -> None: ...

    def disconnected(self, error: KgctlError) -> None: ...

    def reconnected(self) -> None: ...

    def failed(self, error: Exception) -> bool:
        raise error


@pytest.mark.parametrize(
    "parts",
    [
        drops(HEAD + b"%x\r\n%s\r\n" % (len(LINE), LINE), b"1\r\nx\r\n"),
        drops(HEAD + b"%x\r\n%s\r\n5;" % (len(LINE), LINE), b"x"),
        drops(HEAD + b"%x\r\n%s\r\n1000\r\n" % (len(LINE), LINE), b"x"),
        drops(HEAD + b"%x\r\n%s\r\n0\r\n" % (len(LINE), LINE), b"x"),
    ],
    ids=["chunks", "extension", "bytes", "trailer"],
)
def test_a_stream_without_lines_ends(tmp_path: Path, parts: Iterator[bytes]) -> None:
    with RawServer(parts) as server:
        client = Client(kubeconfig=kubeconfig(tmp_path / "config", server.url), request_timeout=30)
        reply = client.stream("/api/v1/nodes", {"watch": "true"}, silence=60)
        silence = Silence(reply, 0.3)
        with contextlib.closing(reply), silence.watched() as lines:
            assert all(line == LINE for line in lines if line.endswith(b"\n"))
        assert silence.is_over


def test_a_list_is_read_again_after_a_watch_without_lines(tmp_path: Path) -> None:
    with FakeServer({WATCH_NODES: [Reply(lines=drops(b"{", b" ")) for _ in range(9)]}) as server:
        client = Client(kubeconfig=kubeconfig(tmp_path / "config", server.url), request_timeout=30)
        lists = Lists()
        reflector = Reflector(client, resources.NODE_LIST, lists, short_backoff, silence=0.3)
        with contextlib.closing(reflector):
            reflector.start()
            until(lambda: lists.count > 1)
