"""Following servers that forget, break off, say nonsense, or refuse."""

import itertools
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.cluster.mesh_informer import MeshInformer
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.listwatch.reflector import exponential_backoff
from kgctl_py.kube.listwatch.store import Store
from kgctl_py.kube.listwatch.watch import STREAM_SECONDS
from tests.in_memory import peer
from tests.kube.fake_server import FakeServer, Reply, Request, cut, status, watch
from tests.kube.watched import (
    NODES,
    PEERS,
    WATCH_NODES,
    ClockAhead,
    Feed,
    bookmark,
    error,
    event,
    listed,
    live_node,
    mirrored,
    nodes_of,
    until,
)


def test_a_watch_goes_on_from_the_list_and_asks_for_bookmarks(tmp_path: Path) -> None:
    with mirrored(tmp_path, {NODES: [listed(live_node("a"), version="7")]}) as (server, informer):
        until(lambda: len(server.asked(NODES)) == 2)
        query = dict(server.asked(NODES)[1].query)
        assert STREAM_SECONDS <= int(query.pop("timeoutSeconds")) <= STREAM_SECONDS * 1.5
        assert query == {"watch": "true", "allowWatchBookmarks": "true", "resourceVersion": "7"}
        assert nodes_of(informer.mesh()) == ["a"]


def test_what_happens_to_nodes_and_peers_reaches_the_mesh(tmp_path: Path) -> None:
    feed = Feed()
    replies = {
        NODES: [listed(live_node("a"), live_node("b"))],
        WATCH_NODES: [feed.reply],
        PEERS: [listed(peer("p"))],
    }
    with mirrored(tmp_path, replies) as (_, informer):
        feed.say(
            event("ADDED", live_node("c", version="2")),
            event("DELETED", live_node("a", version="3")),
            event("MODIFIED", live_node("b", endpoint="203.0.113.9:51820", version="4")),
        )
        until(lambda: nodes_of(informer.mesh()) == ["b", "c"])
        until(lambda: str(informer.mesh().nodes[0].endpoint) == "203.0.113.9:51820")
        assert [one.name for one in informer.mesh().peers] == ["p"]


@pytest.mark.usefixtures("way")
def test_a_stream_that_the_server_ends_continues_from_the_last_bookmark(tmp_path: Path) -> None:
    feed = Feed()
    with mirrored(tmp_path, {NODES: [listed(live_node("a"))], WATCH_NODES: [feed.reply, Feed().reply]}) as (
        server,
        _,
    ):
        feed.say(event("ADDED", live_node("b", version="5")), bookmark("9"))
        feed.end()
        until(lambda: len(server.asked(NODES)) == 3)
        assert [request.query.get("resourceVersion") for request in server.asked(NODES)] == ["0", "1", "9"]


@pytest.mark.usefixtures("way")
def test_nothing_is_missed_when_a_stream_breaks_off(tmp_path: Path) -> None:
    broken = watch(event("ADDED", live_node("b", version="5")), then=iter(cut, b""))
    lists = [listed(live_node("a")), listed(live_node("a"), live_node("b"), version="5")]
    replies = {
        NODES: lists,
        WATCH_NODES: [broken, watch(event("ADDED", live_node("c", version="6")), then=Feed())],
    }
    with mirrored(tmp_path, replies) as (server, informer):
        until(lambda: nodes_of(informer.mesh()) == ["a", "b", "c"])
        assert server.asked(NODES)[-1].query["resourceVersion"] == "5"


@pytest.mark.parametrize(
    "broken",
    [
        watch(error(410)),
        status(410, "too old resource version"),
        watch(error(504, "Too large resource version")),
        Reply(lines=iter([b'{"type": "ADDED", "object": {"metadata"'])),
        Reply(lines=iter([b"garbage\n"])),
        Reply(lines=iter([b'{"type": "ADDED", "object": [1]}\n'])),
        Reply(lines=iter([b"[" * 100_000 + b"\n"])),
        Reply(body=b'{"type"', length=1000),
        status(500, "etcdserver: request timed out"),
    ],
    ids=(
        "gone",
        "gone as status",
        "from the future",
        "cut line",
        "garbage",
        "no object",
        "deep",
        "short",
        "500",
    ),
)
def test_after_a_watch_that_cannot_continue_everything_is_listed_again(tmp_path: Path, broken: Reply) -> None:
    replies = {
        NODES: [listed(live_node("a")), listed(live_node("a"), live_node("b"), version="20")],
        WATCH_NODES: [
            broken,
            watch(event("ADDED", live_node("c", version="21")), then=Feed()),
        ],
    }
    with mirrored(tmp_path, replies) as (server, informer):
        until(lambda: nodes_of(informer.mesh()) == ["a", "b", "c"])
        first, _, second, watched = server.asked(NODES)[:4]
        assert first.query == {"resourceVersion": "0"}
        assert "resourceVersion" not in second.query  # not from the cache, which may be older than what was seen
        assert watched.query["resourceVersion"] == "20"
        until(lambda: not informer.connectivity.error)


def test_events_of_an_unknown_kind_are_ignored(tmp_path: Path) -> None:
    feed = Feed()
    with mirrored(tmp_path, {NODES: [listed(live_node("a"))], WATCH_NODES: [feed.reply]}) as (server, informer):
        feed.say(event("PONDERED", {"what": 1}), event("ADDED", live_node("b")))
        until(lambda: nodes_of(informer.mesh()) == ["a", "b"])
        assert len(server.asked(NODES)) == 2


def test_a_server_that_ends_every_watch_at_once_is_not_hammered(tmp_path: Path) -> None:
    failures: list[int] = []

    def backoff(number: int) -> float:
        failures.append(number)
        return 0

    with mirrored(tmp_path, {NODES: [listed(live_node("a"))], WATCH_NODES: [watch()]}, backoff=backoff):
        until(lambda: len(failures) >= 5)
    assert failures[:5] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("failures", "longest"), [(0, 0), (1, 0), (2, 2), (3, 4), (4, 8), (5, 15), (2000, 15)])
def test_a_pause_is_twice_the_one_before_up_to_a_limit_and_not_the_same_for_all(
    failures: int, longest: float
) -> None:
    pauses = {exponential_backoff(failures) for _ in range(100)}
    assert all(longest / 2 <= pause <= longest for pause in pauses)
    assert len(pauses) > 50 or not longest


def test_when_the_first_list_is_refused_the_mesh_is_an_error(tmp_path: Path) -> None:
    with (
        mirrored(tmp_path, {PEERS: [status(404, "not found")]}) as (_, informer),
        pytest.raises(KgctlError, match="has no Peers"),
    ):
        informer.mesh()


def test_a_watch_that_is_not_allowed_names_the_rule_and_lists_go_on(tmp_path: Path) -> None:
    lists = [listed(live_node("a")), listed(live_node("b"))]
    with mirrored(tmp_path, {NODES: lists, WATCH_NODES: [status(403, "forbidden")]}) as (_, informer):
        until(lambda: informer.connectivity.error is not None)
        assert informer.connectivity.error
        assert informer.connectivity.error.hint == (
            'ask for this RBAC rule: {apiGroups: [""], resources: ["nodes"], verbs: ["watch"]}'
        )
        until(lambda: nodes_of(informer.mesh()) == ["b"])


def test_credentials_that_ran_out_are_read_again(tmp_path: Path) -> None:
    token, feed = tmp_path / "token", Feed()
    token.write_text("old")
    replies = {
        NODES: [listed(live_node("a"))],
        WATCH_NODES: [feed.reply, status(401, "Unauthorized"), Feed().reply],
    }
    with mirrored(tmp_path, replies, user={"tokenFile": str(token)}) as (server, informer):
        token.write_text("new")
        feed.end()
        until(lambda: len(server.asked(NODES)) == 4)
        tokens = [request.headers["authorization"] for request in server.asked(NODES)]
        assert tokens == ["Bearer old", "Bearer old", "Bearer old", "Bearer new"]
        assert not informer.connectivity.error


def test_an_outage_and_its_end_are_reported(tmp_path: Path) -> None:
    feed = Feed()
    replies = {
        NODES: [listed(live_node("a")), status(500, "etcd is down")],
        WATCH_NODES: [feed.reply, Feed().reply],
    }
    with mirrored(tmp_path, replies) as (server, informer):
        informer.changed.clear()
        feed.say(error(410))
        until(lambda: informer.connectivity.error is not None)
        assert informer.changed.is_set()
        assert nodes_of(informer.mesh()) == ["a"]
        server.add(NODES, listed(live_node("b")))
        until(lambda: informer.connectivity.error is None)
        assert nodes_of(informer.mesh()) == ["b"]


def test_everything_but_a_heartbeat_is_a_change(tmp_path: Path) -> None:
    feed = Feed()
    with mirrored(tmp_path, {NODES: [listed(live_node("a", seen=30))], WATCH_NODES: [feed.reply]}) as (
        _,
        informer,
    ):
        before = informer.mesh().nodes[0].last_seen
        informer.changed.clear()
        feed.say(event("MODIFIED", live_node("a", seen=10)))
        until(lambda: informer.mesh().nodes[0].last_seen > before)
        assert not informer.changed.is_set()
        feed.say(event("MODIFIED", live_node("a", seen=5, leader="")))
        assert informer.changed.wait(30)


def test_a_heartbeat_of_a_node_that_had_gone_is_news(tmp_path: Path) -> None:
    feed = Feed()
    with mirrored(tmp_path, {NODES: [listed(live_node("a", seen=100))], WATCH_NODES: [feed.reply]}) as (
        _,
        informer,
    ):
        informer.changed.clear()
        feed.say(event("MODIFIED", live_node("a")))
        assert informer.changed.wait(30)
        assert [node.name for node in informer.mesh().ready_nodes] == ["a"]


def test_a_node_goes_by_time_alone_when_the_server_confirms_it(tmp_path: Path) -> None:
    clock = ClockAhead()
    nodes = listed(live_node("a", seen=30), live_node("b"))
    with mirrored(tmp_path, {NODES: [nodes]}, clock=clock) as (_, informer):
        assert [node.name for node in informer.mesh().ready_nodes] == ["a", "b"]
        clock.seconds = 35
        until(lambda: is_alone(informer))


def is_alone(informer: MeshInformer) -> bool:
    informer.mind_the_time()
    return len(informer.mesh().ready_nodes) == 1


def test_no_node_goes_while_the_server_is_silent(tmp_path: Path) -> None:
    clock = ClockAhead()
    replies = {NODES: [listed(live_node("a", seen=30), live_node("b", seen=30)), Reply(status=0)]}
    with mirrored(tmp_path, replies, clock=clock) as (server, informer):
        informer.mind_the_time()
        assert len(lists(server)) == 1
        clock.seconds = 35
        informer.mind_the_time()
        until(lambda: len(lists(server)) == 2)
        for _ in range(3):
            informer.mind_the_time()
            assert len(informer.mesh().ready_nodes) == 2
        assert len(lists(server)) == 2


def lists(server: FakeServer) -> list[Request]:
    return [request for request in server.asked(NODES) if "watch" not in request.query]


@pytest.mark.usefixtures("way")
def test_closing_ends_the_threads_and_the_connections(tmp_path: Path) -> None:
    before = reflectors()
    with mirrored(tmp_path, {NODES: [listed(live_node("a"))]}) as (_, informer):
        informer.close()
        until(lambda: not reflectors() - before)


def reflectors() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("reflector of")}


def test_a_name_that_came_twice_in_a_list_is_one_node(tmp_path: Path) -> None:
    body = json.dumps({"items": [live_node("a"), live_node("a", location="z")], "metadata": {}}).encode()
    with mirrored(tmp_path, {NODES: [Reply(body=body)]}) as (_, informer):
        assert [node.location for node in informer.mesh().nodes] == ["z"]


DEEP = b'{"type":"ADDED","object":' + b"[" * 100_000


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "line",
    [
        *(DEEP, DEEP.replace(b"[", b'{"metadata":'), b"\xff", b"[]", b'{"type":5}'),
        *(b'{"type":"ADDED","object":{}}', b'{"type":"ADDED","object":{"metadata":{}}}'),
        b'{"type":"BOOKMARK","object":{"kind":"Node"}}',
        b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":5}}}',
    ],
)
def test_a_line_that_is_no_event_costs_only_a_new_list(tmp_path: Path, line: bytes) -> None:
    replies = {
        NODES: [listed(live_node("a")), listed(live_node("b"))],
        WATCH_NODES: [watch(then=[line + b"\n"]), Feed().reply],
    }
    with mirrored(tmp_path, replies) as (_, informer):
        until(lambda: nodes_of(informer.mesh()) == ["b"])
        until(lambda: not informer.connectivity.error)


CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply(body=b'{"items":' + b"[" * 100_000), id="deep"),
        pytest.param(Reply(body=b'{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[]}'), id="kind"),
        pytest.param(Reply(body=b'{"items":[],"metadata":{"resourceVersion":"1"}}'), id="no kind"),
        pytest.param(Reply(body=b"\xff"), id="bytes"),
        pytest.param(Reply(body=b"f" * 24 + b"\r\n", headers=CHUNKED), id="24 digits"),
        pytest.param(Reply(body=b"-5\r\n", headers=CHUNKED), id="negative"),
        pytest.param(Reply(body=b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"}), id="gzip"),
        pytest.param(Reply(status=503, headers={"Retry-After": "9" * 5000}), id="retry"),
    ],
)
def test_a_malformed_answer_is_told_and_the_mesh_stays_until_there_is_a_better_one(
    tmp_path: Path, answer: Reply
) -> None:
    replies = {
        NODES: [listed(live_node("a")), answer],
        WATCH_NODES: [watch(), Feed().reply],
    }
    with mirrored(tmp_path, replies) as (server, informer):
        informer.refresh()
        until(lambda: bool(informer.connectivity.error))
        assert nodes_of(informer.mesh()) == ["a"]
        server.add(NODES, listed(live_node("b")))
        until(lambda: nodes_of(informer.mesh()) == ["b"])
        until(lambda: not informer.connectivity.error)


def test_a_list_that_always_expires_is_an_error(tmp_path: Path) -> None:
    replies = {NODES: [listed(live_node("a")), *[status(410, "too old")] * 2, listed(live_node("b"))]}
    with mirrored(tmp_path, replies) as (_, informer):
        informer.refresh()
        until(lambda: bool(informer.connectivity.error))
        assert nodes_of(informer.mesh()) == ["a"]
        until(lambda: nodes_of(informer.mesh()) == ["b"])
    replies = {NODES: [status(410, "too old")]}
    with mirrored(tmp_path, replies) as (_, informer), pytest.raises(ApiError, match="too old"):
        informer.mesh()


def test_an_unexpected_error_does_not_end_the_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Feed()
    replies = {NODES: [listed(live_node("a")), listed(live_node("b"))], WATCH_NODES: [feed.reply, Feed().reply]}
    with mirrored(tmp_path, replies) as (_, informer):
        apply, calls = Store.apply, itertools.count()

        def fail(*given: Any) -> None:
            if not next(calls):
                raise ZeroDivisionError
            apply(*given)

        monkeypatch.setattr(Store, "apply", fail)
        feed.say(event("MODIFIED", live_node("a")))
        until(lambda: nodes_of(informer.mesh()) == ["b"])
        until(lambda: not informer.connectivity.error)
