"""Reading a mesh from API servers that misbehave."""

import email.utils
import re
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.open import Options
from kgctl_py.errors import KgctlError
from kgctl_py.kilo import resources
from kgctl_py.kube.paging import PAGE
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.kube.fake_server import FakeServer, Reply, kubeconfig, page, status

NODES, PEERS = resources.NODES_PATH, resources.PEERS_PATH


def read(server: FakeServer, folder: Path, timeout: float = 5) -> Mesh:
    path = kubeconfig(folder / "config", server.url)
    return ApiCluster(Options(kubeconfig=path, request_timeout=timeout)).mesh()


def node_names(folder: Path, *pages: Reply) -> list[str]:
    with FakeServer({NODES: pages}) as server:
        return [node.name for node in read(server, folder).nodes]


def failure(folder: Path, replies: dict[str, Iterable[Reply]]) -> KgctlError:
    with FakeServer(replies) as server, pytest.raises(KgctlError) as caught:
        read(server, folder)
    return caught.value


def test_pages_are_requested_with_the_token_of_the_previous_one(tmp_path: Path) -> None:
    with FakeServer({PEERS: [page("b", "c", more="further"), page("a")]}) as server:
        assert [peer.name for peer in read(server, tmp_path).peers] == ["a", "b", "c"]
        limit = {"limit": str(PAGE)}
        assert [request.query for request in server.asked(PEERS)] == [limit, {**limit, "continue": "further"}]


def test_a_second_look_and_a_look_after_an_own_change_are_exact(tmp_path: Path) -> None:
    nodes = [page("a"), page("a"), page("b")]
    with FakeServer({NODES: nodes, f"{NODES}/a": [Reply(body=b"{}")]}) as server:
        cluster = ApiCluster(Options(kubeconfig=kubeconfig(tmp_path / "config", server.url)))
        cluster.mesh()
        cluster.refresh()
        assert [node.name for node in cluster.mesh().nodes] == ["a"]
        assert [request.query for request in server.asked(NODES)] == [
            {"resourceVersion": "0"},
            {"limit": str(PAGE)},
        ]
        other = ApiCluster(Options(kubeconfig=kubeconfig(tmp_path / "config", server.url)))
        other.annotate_node("a", {"x": "y"})
        other.mesh()
        assert server.asked(NODES)[-1].query == {"limit": str(PAGE)}


def test_a_list_that_expires_in_the_middle_is_read_again_from_its_start(tmp_path: Path) -> None:
    expired = status(410, "the provided continue parameter is too old")
    pages = (page("a", more="old"), expired, page("a", "b", more="new"), page("c"))
    with FakeServer({PEERS: pages}) as server:
        assert [peer.name for peer in read(server, tmp_path).peers] == ["a", "b", "c"]


def test_a_list_that_expires_twice_is_an_error(tmp_path: Path) -> None:
    expired = status(410, "the provided continue parameter is too old")
    error = failure(tmp_path, {PEERS: [page("a", more="old"), expired, page("a", more="new"), expired]})
    assert "answered 410" in error.message
    assert "too old" in error.message


def test_null_for_the_items_is_an_empty_list(tmp_path: Path) -> None:
    assert node_names(tmp_path, Reply(body=b'{"kind": "NodeList", "items": null}')) == []


def test_both_lists_are_requested_at_the_same_time(tmp_path: Path) -> None:
    slow = Reply(body=b'{"items": [{"metadata": {"name": "a"}}]}', pace=0.06)
    with FakeServer({NODES: [slow], PEERS: [slow]}) as server:
        started = time.monotonic()
        read(server, tmp_path)
    assert time.monotonic() - started < 1.85 * 0.06 * len(slow.body)  # one after the other takes twice as long


def test_when_both_lists_fail_the_error_is_that_of_the_nodes(tmp_path: Path) -> None:
    error = failure(tmp_path, {NODES: [status(403, "no nodes")], PEERS: [status(403, "no peers")]})
    assert error.message.endswith("no nodes")


def test_when_only_the_peers_fail_the_error_is_theirs(tmp_path: Path) -> None:
    assert failure(tmp_path, {PEERS: [status(403, "no peers")]}).message.endswith("no peers")


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"<html>log in here</html>",
            b'{"items": [{"met',
            b'{"items": 3}',
            b'{"items": {}}',
            b"{}",
            b"",
            b"\xff",
        ),
        *(b'{"items":[]}', b'{"items": null}', b'{"kind": "", "items":[]}', b'{"kind": 5, "items":[]}'),
        *(
            b'{"kind": "PodList", "items": []}',
            b'{"kind": "List", "items": []}',
            b'{"items": [], "kind": "Table"}',
        ),
        *(
            b'{"kind": "Status", "status": "Success"}',
            b'{"kind": "PeerList", "items": [{"metadata": {"name": "a"}}]}',
        ),
        *(
            b'{"kind": "NodeList", "items": [{}]}',
            b'{"kind": "NodeList", "items": [{"metadata": {}}]}',
            b"[]",
            b"null",
        ),
        b'{"kind": "NodeList", "items": [], "metadata": {"resourceVersion": 1}}',
    ],
)
def test_a_body_that_is_no_list_is_an_error_that_names_its_source(tmp_path: Path, body: bytes) -> None:
    message = failure(tmp_path, {NODES: [Reply(body=body)]}).message
    assert re.match(rf'"http://127\.0\.0\.1:\d+{NODES}" has an unexpected format: \S', message)


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_the_clock_of_a_server_that_differs_much_is_followed(tmp_path: Path, seconds: int) -> None:
    date = email.utils.formatdate(time.time() + seconds, usegmt=True)
    with FakeServer({NODES: [Reply(headers={"Date": date})]}) as server:
        mesh = read(server, tmp_path)
    assert mesh.clock_skew == pytest.approx(-seconds, abs=3)
    assert mesh.now == pytest.approx(time.time() + seconds, abs=3)


@pytest.mark.parametrize("date", ["", "yesterday", "now"])
def test_without_a_date_that_differs_the_local_clock_is_good(tmp_path: Path, date: str) -> None:
    date = email.utils.formatdate(usegmt=True) if date == "now" else date
    with FakeServer({NODES: [Reply(headers={"Date": date} if date else {})]}) as server:
        mesh = read(server, tmp_path)
    assert mesh.clock_skew == 0
    assert mesh.now == pytest.approx(time.time(), abs=3)
