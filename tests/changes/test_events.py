"""Events come from comparing one mesh with the next: each thing that happens is told once, in order."""

import pytest
from hypothesis import given

from kgctl_py.changes.events import Event, EventKind, events_of, present_events
from kgctl_py.changes.mesh_changes import State, compare
from kgctl_py.compare.follow_events import event_state, follow_events
from kgctl_py.mesh.build_with_agreed_settings import look_nothing_up
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.in_memory import NOW, Cluster, Raw, key, node, peer
from tests.strategies import clusters, distinct_clusters

A1, A2, B1 = node("a1", 1), node("a2", 2), node("b1", 3, "b")
LAPTOP = peer("laptop", 1, persistentKeepalive=25)


def state(mesh: Mesh) -> State:
    return event_state(mesh, None, look_nothing_up)


def happened(*meshes: Cluster) -> list[Event]:
    return [one.event for one in follow_events((cluster.mesh() for cluster in meshes), state)]


def told(*meshes: Cluster) -> list[tuple[str, str]]:
    return [(event.kind.value, event.message) for event in happened(*meshes)]


def heard(port: int) -> Raw:
    seen = f'{{"{key("laptop")}": {{"IP": "198.51.100.7", "Port": {port}}}}}'
    return node("a1", 1, discovered_endpoints=seen)


BEFORE = Cluster([A1, A2, B1], [LAPTOP])


def test_the_first_mesh_is_no_event_and_the_same_again_is_none() -> None:
    assert told(BEFORE, BEFORE) == []


def test_a_leader_that_goes_stale_is_reported_with_the_one_that_takes_over_and_both_when_it_is_back() -> None:
    stale = Cluster([node("a1", 1, last_seen=str(NOW - 60)), A2, B1], [LAPTOP])
    assert told(BEFORE, stale, stale, BEFORE) == [
        ("node-stale", "node/a1 is stale: its Kilo agent does not report"),
        ("leader-changed", "node/a2 leads location:a (the only node)"),
        ("node-back", "node/a1 is back"),
        ("leader-changed", "node/a1 leads location:a (public endpoint)"),
    ]


def test_that_time_goes_by_is_no_event() -> None:
    later = Cluster(
        [node(one, n, location, last_seen=str(NOW + 30)) for one, n, location in LATER], [LAPTOP], NOW + 40
    )
    assert told(BEFORE, later) == []


LATER = (("a1", 1, "a"), ("a2", 2, "a"), ("b1", 3, "b"))


def test_a_segment_that_comes_or_goes_moves_the_wireguard_ips_behind_it() -> None:
    without = Cluster([A1, A2, node("c1", 4, "c")], [LAPTOP])
    with_b = Cluster([A1, A2, B1, node("c1", 4, "c")], [LAPTOP])
    assert told(without, with_b) == [
        ("node-added", "node/b1 is added"),
        ("leader-changed", "node/b1 leads location:b (the only node)"),
        ("wireguard-ip-moved", "the WireGuard IP of location:c is 10.4.0.3"),
    ]
    assert told(with_b, without)[:2] == [
        ("node-removed", "node/b1 is removed"),
        ("leader-changed", "location:b no longer exists"),
    ]


def test_a_peer_is_seen_for_the_first_time_once_and_then_its_endpoint_moves() -> None:
    seen, moved = Cluster([heard(4), A2, B1], [LAPTOP]), Cluster([heard(5), A2, B1], [LAPTOP])
    assert told(BEFORE, seen, moved, BEFORE, seen) == [
        ("peer-seen", "peer/laptop connects from 198.51.100.7:4"),
        ("endpoint-moved", "peer/laptop connects from 198.51.100.7:5"),
    ]


def test_a_peer_that_is_removed_and_added_again_is_seen_for_the_first_time_again() -> None:
    seen, without = Cluster([heard(4), A2, B1], [LAPTOP]), Cluster([A1, A2, B1])
    still_heard = Cluster([heard(4), A2, B1])
    connects = ("peer-seen", "peer/laptop connects from 198.51.100.7:4")
    removed, added = ("peer-removed", "peer/laptop is removed"), ("peer-added", "peer/laptop is added")
    assert told(BEFORE, seen, without, BEFORE, seen) == [connects, removed, added, connects]
    assert told(BEFORE, seen, still_heard, seen) == [connects, removed, added, connects]


def test_a_changed_endpoint_is_a_move() -> None:
    moved = Cluster([node("a1", 1, endpoint="203.0.113.99:51820"), A2, B1], [LAPTOP])
    (event,) = happened(BEFORE, moved)
    assert (event.kind, event.old, event.new) == (
        EventKind.ENDPOINT_MOVED,
        "203.0.113.1:51820",
        "203.0.113.99:51820",
    )


def test_peers_come_and_go() -> None:
    without = Cluster(BEFORE.nodes)
    assert told(without, BEFORE, without) == [
        ("peer-added", "peer/laptop is added"),
        ("peer-removed", "peer/laptop is removed"),
    ]


def test_granularities_that_disagree_are_told_until_they_agree() -> None:
    apart = Cluster([A1, A2, node("b1", 3, "b", granularity="full")], [LAPTOP])
    assert told(BEFORE, apart, apart, BEFORE) == [
        ("granularity-disagrees", "the nodes report different granularities"),
        ("granularity-agrees", "the nodes report the same granularity again"),
    ]


@pytest.mark.parametrize(
    ("broken", "reason"), [(node("a2", 2, key=None), "no key"), (node("a2", 2, endpoint=None), "no endpoint")]
)
def test_a_node_that_is_not_ready_for_another_reason_shows_it(broken: Raw, reason: str) -> None:
    assert ("node-not-ready", f"node/a2 is not ready: {reason}") in told(
        BEFORE, Cluster([A1, broken, B1], [LAPTOP])
    )


def test_a_mesh_in_which_no_node_is_ready_ends_nothing() -> None:
    empty = Cluster([node("a1", 1, last_seen=str(NOW - 60))])
    assert ("leader-changed", "location:b no longer exists") in told(BEFORE, empty)
    assert ("leader-changed", "node/b1 leads location:b (the only node)") in told(empty, BEFORE)


def test_how_a_mesh_stands_is_reported_in_the_same_words() -> None:
    cluster = Cluster([heard(4), node("a2", 2, last_seen=str(NOW - 60)), B1], [LAPTOP])
    assert [(event.kind.value, event.message) for event in present_events(state(cluster.mesh()))] == [
        ("node-stale", "node/a2 is stale: its Kilo agent does not report"),
        ("leader", "node/a1 leads location:a (the only node)"),
        ("leader", "node/b1 leads location:b (the only node)"),
        ("peer-seen", "peer/laptop connects from 198.51.100.7:4"),
    ]


@given(clusters() | distinct_clusters(), clusters() | distinct_clusters())
def test_a_mesh_that_does_not_change_has_no_events_and_another_one_has_each_once(
    old: Cluster, new: Cluster
) -> None:
    before, after = state(old.mesh()), state(new.mesh())
    assert not list(events_of(compare(before, before, reach=False)))
    found = list(events_of(compare(before, after, reach=False)))
    assert len(found) == len(set(found))
