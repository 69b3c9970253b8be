"""A list is read as a stream from the cache of a server by both ways to it, and otherwise exactly in pages."""

import gzip
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kilo.resources import NODE_LIST, PEER_LIST
from kgctl_py.kube.background_thread import Background
from kgctl_py.kube.client import Client
from kgctl_py.kube.decoding import MalformedError
from kgctl_py.kube.http_connection import USUAL_BOUNDS, Bounds
from kgctl_py.kube.paging import PAGE
from kgctl_py.kube.read_list import Objects, read_list
from tests.kube import protobuf
from tests.kube.fake_server import FakeServer, Reply, kubeconfig, page, status

PROTOBUF = {"Content-Type": "application/vnd.kubernetes.protobuf"}
NODES, PEERS = resources.NODES_PATH, resources.PEERS_PATH
CACHED, PAGED = {"resourceVersion": "0"}, {"limit": str(PAGE)}

pytestmark = pytest.mark.usefixtures("way")


def in_protobuf(*names: str, more: str = "", headers: dict[str, str] | None = None) -> Reply:
    body = protobuf.node_list(({"metadata": {"name": name}} for name in names), version="7", more=more)
    return Reply(body=body, headers={**PROTOBUF, **(headers or {})})


def broken(body: bytes, **rest: Any) -> Reply:
    return Reply(body=body, headers=PROTOBUF, **rest)


def refusal(message: str) -> Reply:
    content = protobuf.field(1, "") + protobuf.field(2, "Failure") + protobuf.field(3, message)
    return Reply(status=403, body=protobuf.envelope("Status", content + protobuf.number(6 << 3) + b"\x93\x03"))


def read(
    server: FakeServer, folder: Path, *, exact: bool = False, timeout: float = 5, bounds: Bounds = USUAL_BOUNDS
) -> Objects[str]:
    client = Client(kubeconfig=kubeconfig(folder / "config", server.url), request_timeout=timeout, bounds=bounds)
    return read_list(client, NODE_LIST, lambda node: node.metadata.name, exact=exact)


def test_nodes_are_asked_for_once_in_protobuf_or_json_from_the_cache(tmp_path: Path) -> None:
    with FakeServer({NODES: [in_protobuf("a", "b")]}) as server:
        objects = read(server, tmp_path)
        (request,) = server.asked(NODES)
    assert (objects.values, objects.version) == (("a", "b"), "7")
    assert request.query == CACHED
    assert request.headers["accept"] == "application/vnd.kubernetes.protobuf,application/json"


def test_a_server_without_protobuf_is_read_in_json(tmp_path: Path) -> None:
    with FakeServer({NODES: [page("a", "b")]}) as server:
        assert read(server, tmp_path).values == ("a", "b")
        assert [request.query for request in server.asked(NODES)] == [CACHED]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("kind", ["json", "protobuf"])
def test_a_list_with_too_many_objects_is_refused(tmp_path: Path, kind: str, exact: bool) -> None:
    names = ["a", "b", "c", "d"]
    reply = page(*names) if kind == "json" or exact else in_protobuf(*names)
    with FakeServer({NODES: [reply]}) as server:
        with pytest.raises(KgctlError, match="more than 3 objects"):
            read(server, tmp_path, exact=exact, bounds=Bounds(objects=3))
        assert len(read(server, tmp_path, exact=exact, bounds=Bounds(objects=4)).values) == 4


def test_a_list_of_another_kind_is_refused_also_in_protobuf(tmp_path: Path) -> None:
    other = broken(protobuf.envelope("PodList", b""))
    with FakeServer({NODES: [other, page(), Reply(body=b'{"kind": "PodList", "items": []}')]}) as server:
        with pytest.raises(MalformedError, match="it has neither a kind nor items, and kgctl expects a NodeList"):
            read(server, tmp_path)
        with pytest.raises(MalformedError, match='its kind is "PodList", and kgctl expects a NodeList'):
            read(server, tmp_path)


def test_an_exact_list_is_read_in_pages(tmp_path: Path) -> None:
    with FakeServer({NODES: [page("a", more="further"), page("b")]}) as server:
        assert read(server, tmp_path, exact=True).values == ("a", "b")
        assert [request.query for request in server.asked(NODES)] == [PAGED, {**PAGED, "continue": "further"}]
        assert {request.headers["accept"] for request in server.asked(NODES)} == {"application/json"}


def test_a_list_without_protobuf_is_always_exact(tmp_path: Path) -> None:
    with FakeServer({PEERS: [page("a")]}) as server:
        client = Client(kubeconfig=kubeconfig(tmp_path / "config", server.url))
        assert read_list(client, PEER_LIST, lambda peer: peer.metadata.name, exact=False).values == ("a",)
        assert [request.query for request in server.asked(PEERS)] == [PAGED]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(broken(b"<html>"), id="no protobuf"),
        pytest.param(broken(protobuf.node_list([{"metadata": {"name": "a"}}])[:-20]), id="shorter than it says"),
        pytest.param(broken(protobuf.envelope("PodList", b"")), id="another list"),
        pytest.param(in_protobuf("a", more="further"), id="a part in protobuf"),
        pytest.param(page("a", more="further"), id="a part in JSON"),
    ],
)
def test_what_cannot_be_read_whole_is_asked_for_exactly(tmp_path: Path, first: Reply) -> None:
    with FakeServer({NODES: [first, page("a", "b")]}) as server:
        assert read(server, tmp_path).values == ("a", "b")
        assert [request.query for request in server.asked(NODES)] == [CACHED, PAGED]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        pytest.param(Reply(body=b"<html>"), "has an unexpected format", id="no JSON"),
        pytest.param(Reply(body=b""), "has an unexpected format: it is empty", id="empty"),
        pytest.param(Reply(body=b'{"kind":"NodeList"}'), 'missing required field "items"', id="no items"),
        pytest.param(
            Reply(body=b'{"kind":"NodeList","items":{}}'), "expected a list, got a mapping", id="a mapping"
        ),
        pytest.param(Reply(body=b'{"kind":"NodeList","items":[null]}'), "expected a mapping, got null", id="null"),
        pytest.param(broken(in_protobuf("a").body, length=9999), "", id="cut off"),
        pytest.param(status(403, "no nodes for you"), "no nodes for you", id="refused"),
        pytest.param(status(500, "etcd is down"), "etcd is down", id="an internal error"),
        pytest.param(refusal("no nodes in protobuf"), ": no nodes in protobuf", id="refused in protobuf"),
        pytest.param(Reply(status=403, body=b"k8s\0\x0a"), "does not come from Kubernetes", id="a broken refusal"),
        pytest.param(Reply(body=b"\x1f\x8bx", headers={"Content-Encoding": "gzip"}), "", id="no gzip"),
    ],
)
def test_a_list_that_fails_is_one_error(tmp_path: Path, reply: Reply, why: str) -> None:
    with FakeServer({NODES: [reply]}) as server, pytest.raises(KgctlError) as caught:
        read(server, tmp_path)
    assert why in caught.value.message
    assert "\n" not in caught.value.message
    assert len(server.asked(NODES)) == 1


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    with FakeServer({NODES: [status(429, "busy", retry_after="0"), in_protobuf("a")]}) as server:
        assert read(server, tmp_path).values == ("a",)


def test_a_compressed_list_is_read(tmp_path: Path) -> None:
    plain = in_protobuf("a", "b")
    compressed = Reply(body=gzip.compress(plain.body), headers={**PROTOBUF, "Content-Encoding": "gzip"})
    with FakeServer({NODES: [compressed]}) as server:
        assert read(server, tmp_path).values == ("a", "b")


def test_a_list_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    many = in_protobuf(*(f"node-{n}" for n in range(100)))
    with FakeServer({NODES: [many]}) as server, pytest.raises(KgctlError):
        read(server, tmp_path, bounds=Bounds(body=2**14))


def test_a_list_that_stops_in_the_middle_is_given_up(tmp_path: Path) -> None:
    whole = in_protobuf("a")
    with FakeServer({NODES: [Reply(body=whole.body[:-9], headers=PROTOBUF, length=len(whole.body))]}) as server:
        server.holds_open = True
        started = time.monotonic()
        with pytest.raises(KgctlError, match=r"did not answer within 0\.5 s"):
            read(server, tmp_path, timeout=0.5)
    assert time.monotonic() - started < 10


def test_work_may_delay_its_deadline() -> None:
    looks: list[float] = []
    may_end = threading.Event()

    def deadline() -> float:
        looks.append(time.monotonic())
        if len(looks) == 3:
            may_end.set()
        return time.monotonic() + (60 if may_end.is_set() else 0.01)

    assert Background(lambda _: may_end.wait(60)).result_by(deadline)
