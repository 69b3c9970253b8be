"""Two meshes are compared whole: nothing differs from itself, and the way back mirrors the way there."""

import pytest
from hypothesis import given

from kgctl_py.changes.change import Changes, Member, MemberKind, TunnelEvent
from kgctl_py.changes.mesh_changes import State, compare
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.trace import Verdict
from tests.in_memory import NOW, Cluster, key, listening_peer, node, peer
from tests.strategies import clusters, distinct_clusters


def state(cluster: Cluster, granularity: Granularity = Granularity.LOCATION) -> State:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    return State(mesh=mesh, topology=topology, findings=all_findings(mesh, topology))


def changes(old: Cluster, new: Cluster) -> Changes:
    return compare(state(old), state(new))


@given(clusters() | distinct_clusters())
def test_a_mesh_does_not_differ_from_itself(cluster: Cluster) -> None:
    assert compare(state(cluster), state(cluster)) == Changes()


@given(clusters() | distinct_clusters(), clusters() | distinct_clusters())
def test_the_way_back_mirrors_the_way_there(old: Cluster, new: Cluster) -> None:
    there, back = changes(old, new), changes(new, old)
    assert there.mirrored() == back
    assert there.mirrored().mirrored() == there


@given(clusters() | distinct_clusters())
def test_the_difference_of_two_granularities_is_mirrored(cluster: Cluster) -> None:
    location, full = state(cluster), state(cluster, Granularity.FULL)
    assert compare(location, full).mirrored() == compare(full, location)


BEFORE = Cluster(
    [node("a1", 1), node("a2", 2), node("b1", 3, "b"), node("c1", 4, "c", allowed_location_ips="10.9.0.0/24")],
    [peer("laptop", 1, persistentKeepalive=25), listening_peer("office", 2)],
)


def after(*gone: str, **other: Cluster) -> Cluster:
    return Cluster([raw for raw in BEFORE.nodes if raw["metadata"]["name"] not in gone], BEFORE.peers)


def test_another_leader_takes_over_the_location_and_its_sessions_break() -> None:
    found = changes(BEFORE, after("a1"))
    (segment,) = found.segments
    assert segment.old
    assert segment.new
    assert (segment.segment, segment.old.leader, segment.new.leader) == ("location:a", "a1", "a2")
    assert not segment.moves
    broken = {change.ends for change in found.tunnels if change.event is TunnelEvent.BROKEN}
    ends = [Place(Kind.NODE, "b1"), Place(Kind.NODE, "c1"), Place(Kind.PEER, "laptop"), Place(Kind.PEER, "office")]
    assert broken == {(Place(Kind.NODE, "a1"), end) for end in ends}
    assert found.configurations == ("laptop", "office")
    assert not found.cuts_off


def test_the_wireguard_ips_of_the_segments_behind_one_that_goes_move() -> None:
    found = changes(BEFORE, after("b1"))
    assert [(change.segment, change.moves, change.new is None) for change in found.segments] == [
        ("location:b", False, True),
        ("location:c", True, False),
    ]


def test_a_network_whose_location_goes_is_cut_off_from_everybody_that_stays() -> None:
    found = changes(BEFORE, after("c1"))
    network = Member(MemberKind.NETWORK, "10.9.0.0/24")
    assert found.cuts_off
    assert {change.source for change in found.reach if change.destination == network} == {
        Member(MemberKind.NODE, name) for name in ("a1", "a2", "b1")
    } | {Member(MemberKind.PODS, name) for name in ("a1", "a2", "b1")} | {
        Member(MemberKind.PEER, "laptop"),
        Member(MemberKind.PEER, "office"),
    }
    assert {change.new_reason for change in found.reach} == {"no location routes 10.9.0.0/24"}
    assert {(change.old, change.new) for change in found.reach} == {(Verdict.YES, Verdict.NO)}


def test_a_node_that_is_stale_cuts_its_pods_off() -> None:
    stale = Cluster(
        [*BEFORE.nodes[:2], node("b1", 3, "b", last_seen=str(NOW - 60)), BEFORE.nodes[3]], BEFORE.peers
    )
    found = changes(BEFORE, stale)
    (field,) = (change for change in found.fields if change.place == Place(Kind.NODE, "b1"))
    assert (field.field, field.old, field.new, field.new_reason) == ("state", "ready", "not ready", "stale")
    assert Member(MemberKind.PODS, "b1") in {change.destination for change in found.reach if change.cuts_off}
    assert [str(finding.code) for finding in found.findings_added] == ["K-NODE-STALE"]


def test_a_peer_that_no_tunnel_opens_to_makes_no_configuration_old() -> None:
    added = Cluster(BEFORE.nodes, [*BEFORE.peers, peer("phone", 3, persistentKeepalive=25)])
    assert changes(BEFORE, added).configurations == ("office",)


def test_another_key_starts_a_new_session_and_a_preshared_key_is_never_shown() -> None:
    secret = key("secret")
    other = peer("laptop", 1, persistentKeepalive=25, publicKey=key("new"), presharedKey=secret)
    found = changes(BEFORE, Cluster(BEFORE.nodes, [other, BEFORE.peers[1]]))
    assert {change.event for change in found.tunnels} == {TunnelEvent.RESTARTED}
    assert [(change.field, change.new) for change in found.fields][-1] == ("preshared key", "set")
    assert secret not in repr(found)


def test_where_a_peer_was_seen_is_a_change_of_it_and_of_no_configuration() -> None:
    def seen(port: int) -> Cluster:
        heard = f'{{"{key("laptop")}": {{"IP": "198.51.100.7", "Port": {port}}}}}'
        return Cluster([node("a1", 1, discovered_endpoints=heard), *BEFORE.nodes[1:]], BEFORE.peers)

    found = changes(seen(4), seen(5))
    (field,) = found.fields
    assert (str(field.place), field.field, field.old, field.new) == (
        "peer/laptop",
        "discovered endpoint",
        "198.51.100.7:4",
        "198.51.100.7:5",
    )
    assert found.configurations == ()


def test_a_mesh_without_a_topology_has_no_segments() -> None:
    empty = Cluster([node("a1", key=None)])
    bare = State(mesh=empty.mesh(), topology=None)
    found = compare(state(BEFORE), bare)
    assert {change.new for change in found.segments} == {None}
    assert not found.cuts_off
    assert found.mirrored() == compare(bare, state(BEFORE))


@pytest.mark.parametrize("gone", ["a1", "a2", "b1", "c1"])
def test_changes_have_the_same_order_for_any_order_of_the_objects(gone: str) -> None:
    shuffled = Cluster(tuple(reversed(after(gone).nodes)), tuple(reversed(BEFORE.peers)))
    assert changes(BEFORE, after(gone)) == changes(BEFORE, shuffled)
