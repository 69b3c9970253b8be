"""An agent rewrites its configuration when that differs, and leaves it alone when it does not."""

import json
from collections.abc import Callable, Mapping, Sequence

from hypothesis import assume, given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.live.rewrites import rewriting_leaders
from kgctl_py.mesh.member_configurations import node_conf
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node
from kgctl_py.mesh.topology import Topology
from tests.in_memory import Cluster, Raw, key, node, peer
from tests.strategies import clusters

A1, A2, B1 = node("a1", 1, "a"), node("a2", 2, "a"), node("b1", 3, "b")
LAPTOP = peer("laptop", 1, persistentKeepalive=10)


def rewriting(before: Cluster, after: Cluster, granularity: Granularity = Granularity.LOCATION) -> dict[str, bool]:
    """Tell of each leader that leads after the change whether its agent may rewrite."""
    now = after.topology(granularity)
    keys = rewriting_leaders(before.topology(granularity), now)
    return {seg.leader.name: seg.leader.key in keys for seg in now.segments}


def conf(topology: Callable[[str], Topology], leader: Node) -> object:
    """Return what an agent compares: the configuration as it computes it itself, in no order."""
    own = topology(leader.name)
    made = node_conf(own, leader, leader.endpoint.port if leader.endpoint else 0)
    peers = {
        (str(one.public_key), frozenset(one.allowed_ips), str(one.endpoint), one.preshared_key)
        for one in made.peers
    }
    return made.interface and made.interface.listen_port, leader.persistent_keepalive, peers


def test_a_new_peer_makes_every_agent_rewrite() -> None:
    before, after = Cluster([A1, B1], [LAPTOP]), Cluster([A1, B1], [LAPTOP, peer("x", 2, persistentKeepalive=10)])
    assert rewriting(before, after) == {"a1": True, "b1": True}
    assert rewriting(after, before) == {"a1": True, "b1": True}


def test_a_node_that_joins_a_location_does_not_change_what_its_own_leader_configures() -> None:
    assert rewriting(Cluster([A1, B1], [LAPTOP]), Cluster([A1, A2, B1], [LAPTOP])) == {"a1": False, "b1": True}


def test_a_location_that_moves_the_wireguard_ips_of_others_makes_all_rewrite() -> None:
    before = Cluster([node("b1", 3, "b"), node("c1", 4, "c")], [LAPTOP])
    after = Cluster([node("a1", 1, "a"), *before.nodes], [LAPTOP])
    assert rewriting(before, after) == {"a1": False, "b1": True, "c1": True}


def test_what_kilo_does_not_configure_makes_nobody_rewrite() -> None:
    labelled = {**B1, "metadata": {**B1["metadata"], "labels": {"a": "b"}}}
    assert not any(rewriting(Cluster([A1, B1], [LAPTOP]), Cluster([A1, labelled], [LAPTOP])).values())


def test_an_endpoint_that_one_agent_has_discovered_itself_is_nothing_new_to_it() -> None:
    told = {key("laptop"): {"IP": "198.51.100.1", "Port": 7, "Zone": ""}}
    before = Cluster([discovering(A1, told), B1], [LAPTOP])
    moved = {key("laptop"): {"IP": "198.51.100.2", "Port": 7, "Zone": ""}}
    assert rewriting(before, Cluster([discovering(A1, moved), B1], [LAPTOP])) == {"a1": True, "b1": True}
    b1 = discovering(B1, told)
    assert rewriting(
        Cluster([discovering(A1, told), b1], [LAPTOP]), Cluster([discovering(A1, moved), b1], [LAPTOP])
    ) == {"a1": True, "b1": False}


def discovering(raw: Raw, endpoints: Mapping[str, object]) -> Raw:
    metadata = raw["metadata"]
    annotations = metadata["annotations"] | {"kilo.squat.ai/discovered-endpoints": json.dumps(endpoints)}
    return {**raw, "metadata": {**metadata, "annotations": annotations}}


def test_a_leader_that_is_new_has_no_sessions_to_lose() -> None:
    before = Cluster([A2, B1], [LAPTOP])
    assert rewriting(before, Cluster([A1, A2, B1], [LAPTOP]))["a1"] is False


def test_a_peer_that_connects_without_keepalive_and_endpoint_unsettles_all_agents_at_any_time() -> None:
    cluster = Cluster([A1, B1], [LAPTOP, peer("silent", 2)])
    assert rewriting(cluster, cluster) == {"a1": True, "b1": True}


@given(clusters(), clusters(), st.sampled_from(Granularity), st.sampled_from(Granularity), st.data())
def test_those_rewrite_whose_own_computation_differs(
    one: Cluster, other: Cluster, before: Granularity, after: Granularity, data: st.DataObject
) -> None:
    chosen = [[raw for raw in raws if data.draw(st.booleans())] for raws in (other.nodes, other.peers)]
    kept = [[raw for raw in raws if data.draw(st.booleans())] for raws in (one.nodes, one.peers)]
    nodes, peers = ([*left, *added] for left, added in zip(kept, chosen, strict=True))
    old = _agents(Cluster(one.nodes, _settled(one.peers)).mesh(), before)
    new = _agents(Cluster(_by_name(nodes), _settled(_by_name(peers))).mesh(), after)
    try:
        first, second = old(""), new("")
    except KgctlError as error:
        assume("is exhausted" not in error.message)
        raise
    led = {seg.leader.name: seg.leader for seg in first.segments}
    expected = {
        seg.leader.key
        for seg in second.segments
        if (leader := led.get(seg.leader.name))
        and leader.key == seg.leader.key
        and conf(old, leader) != conf(new, seg.leader)
    }
    assert rewriting_leaders(first, second) == expected


def _by_name(raws: list[Raw]) -> list[Raw]:
    return list({raw["metadata"]["name"]: raw for raw in raws}.values())


def _settled(raws: Sequence[Raw]) -> list[Raw]:
    """Return Peers that have a keepalive, so that Kilo takes their endpoints from WireGuard."""
    return [
        {**raw, "spec": {**raw["spec"], "persistentKeepalive": raw["spec"].get("persistentKeepalive") or 10}}
        for raw in raws
    ]


def _agents(mesh: Mesh, granularity: Granularity) -> Callable[[str], Topology]:
    """Return what computes the topology as the agent of a node does."""
    return lambda viewpoint: Topology.build(
        nodes=mesh.ready_nodes,
        peers=mesh.ready_peers,
        granularity=granularity,
        subnet=agreed_subnet(mesh),
        viewpoint=viewpoint,
    )
