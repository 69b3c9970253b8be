"""A mesh as it would be is the mesh that Kilo would compute then."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kgctl_py.changes.mesh_changes import State, compare
from kgctl_py.changes.new_node import NewNode, joined_node
from kgctl_py.changes.what_if import WhatIf, supposed_state
from kgctl_py.errors import KgctlError
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.segments_and_leaders import next_leader
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace
from tests.in_memory import Cluster, node, peer
from tests.strategies import clusters, distinct_clusters


def built(cluster: Cluster) -> tuple[Mesh, Topology]:
    mesh = cluster.mesh()
    return mesh, build_topology(mesh)


@given(clusters() | distinct_clusters())
def test_nothing_supposed_changes_nothing(cluster: Cluster) -> None:
    mesh, topology = built(cluster)
    supposed, planned = supposed_state(mesh, topology, WhatIf())
    assert (supposed, planned) == (mesh, topology)
    states = (
        State(mesh=m, topology=t, findings=all_findings(m, t)) for m, t in ((mesh, topology), (supposed, planned))
    )
    assert not compare(*states)


@given(clusters() | distinct_clusters(), st.data())
def test_without_a_node_it_is_the_topology_of_the_cluster_that_never_had_it(
    cluster: Cluster, data: st.DataObject
) -> None:
    mesh, topology = built(cluster)
    name = data.draw(st.sampled_from([one.name for one in mesh.nodes]))
    rest = Cluster([raw for raw in cluster.nodes if raw["metadata"]["name"] != name], cluster.peers)
    assume(rest.mesh().ready_nodes)
    _, planned = supposed_state(mesh, topology, WhatIf(without=(name,)))
    alone = Topology.build(
        nodes=rest.mesh().ready_nodes,
        peers=rest.mesh().ready_peers,
        granularity=topology.granularity,
        subnet=topology.subnet,
    )
    assert as_computed(planned) == as_computed(alone)


@given(distinct_clusters(), distinct_clusters(), st.sampled_from(Granularity), st.integers(8, 24))
def test_with_other_nodes_peers_and_settings_it_is_the_topology_of_the_cluster_that_has_them(
    cluster: Cluster, other: Cluster, granularity: Granularity, length: int
) -> None:
    mesh, topology = built(cluster)
    subnet = parse_cidr(f"10.4.0.0/{length}")
    new = joined_node(NewNode(name="zz", location="a"), mesh)
    what_if = WhatIf(nodes=(new,), peers=other.mesh().peers, granularity=granularity, subnet=subnet)
    _, planned = supposed_state(mesh, topology, what_if)
    replaced = {raw["metadata"]["name"] for raw in other.peers}
    kept = [raw for raw in cluster.peers if raw["metadata"]["name"] not in replaced]
    peers = Cluster(cluster.nodes, [*kept, *other.peers]).mesh()
    alone = Topology.build(
        nodes=tuple(sorted((*mesh.ready_nodes, new), key=lambda one: one.name)),
        peers=peers.ready_peers,
        granularity=granularity,
        subnet=subnet,
    )
    assert as_computed(planned) == as_computed(alone)


def as_computed(topology: Topology) -> tuple[object, ...]:
    """Return all of a topology that Kilo computes, without what agents have reported before."""
    segments = [
        replace(
            segment,
            nodes=tuple(replace(one, wireguard_ip=None, granularity=None) for one in segment.nodes),
            leader=replace(segment.leader, wireguard_ip=None, granularity=None),
        )
        for segment in topology.segments
    ]
    return segments, topology.peers, topology.discovered, topology.dropped, topology.lost


@given(distinct_clusters(), st.sampled_from(Granularity))
def test_the_next_leader_is_the_one_without_the_leader_and_later_segments_take_the_addresses_before_them(
    cluster: Cluster, granularity: Granularity
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    for index, segment in enumerate(topology.segments):
        if len(mesh.ready_nodes) == 1:
            continue
        _, planned = supposed_state(mesh, topology, WhatIf(without=(segment.leader.name,)))
        after = {one.name: one for one in planned.segments}
        following = next_leader(segment)
        assert (after[segment.name].leader.name if segment.name in after else None) == (
            following and following.name
        )
        shift = 0 if following else 1
        assert [one.wireguard_ip for one in planned.segments[index:]] == [
            one.wireguard_ip for one in topology.segments[index : len(topology.segments) - shift]
        ]


@given(distinct_clusters(), st.sampled_from(Granularity))
def test_an_assumption_can_be_reverted(cluster: Cluster, granularity: Granularity) -> None:
    mesh, topology = built(cluster)
    new = joined_node(NewNode(name="zz", location="a"), mesh)
    grown, planned = supposed_state(mesh, topology, WhatIf(nodes=(new,), granularity=granularity))
    _, back = supposed_state(grown, planned, WhatIf(without=("zz",), granularity=topology.granularity))
    assert as_computed(back) == as_computed(topology)


def test_agents_report_what_they_get_so_that_no_drift_is_found() -> None:
    cluster = Cluster([node("a1", 1), node("b1", 2, "b"), node("c1", 3, "c")])
    mesh, topology = built(cluster)
    supposed, planned = supposed_state(mesh, topology, WhatIf(without=("b1",)))
    (moved,) = (one for one in supposed.nodes if one.name == "c1")
    assert moved.wireguard_ip == parse_cidr("10.4.0.2/16")
    assert all_findings(supposed, planned) == all_findings(mesh, topology)


def test_a_new_node_gets_free_addresses_and_leads_an_empty_location() -> None:
    mesh, topology = built(Cluster([node("a1", 1), node("a2", 2)], [peer("p", allowedIPs=["10.42.3.0/24"])]))
    beside = joined_node(NewNode(name="a3", location="a"), mesh)
    assert (str(beside.subnet), str(beside.internal_ip)) == ("10.42.4.0/24", "10.1.0.3/24")
    assert str(beside.endpoint) == "10.1.0.3:51820"
    alone = joined_node(NewNode(name="z", location="z"), mesh)
    assert (str(alone.subnet), str(alone.internal_ip)) == ("10.42.4.0/24", "192.168.0.1/24")
    _, planned = supposed_state(mesh, topology, WhatIf(nodes=(alone,)))
    assert [segment.leader.name for segment in planned.segments] == ["a1", "z"]


def test_the_subnet_of_kg_stays_when_the_only_node_that_reports_it_leaves() -> None:
    nodes = [node("a1", 1, wireguard_ip="10.7.0.1/24"), node("b1", 2, "b", wireguard_ip=None)]
    mesh, topology = built(Cluster(nodes))
    _, planned = supposed_state(mesh, topology, WhatIf(without=("a1",)))
    assert planned.subnet == topology.subnet == parse_cidr("10.7.0.0/24")


@pytest.mark.parametrize(
    ("what_if", "message"),
    [
        (WhatIf(without=("a3",)), 'node "a3" not found in the cluster'),
        (WhatIf(without=("a1", "b1")), "no ready node would be left"),
        (WhatIf(subnet=parse_cidr("10.4.0.0/31")), 'the Kilo subnet "10.4.0.0/31" is exhausted'),
    ],
)
def test_a_mesh_that_cannot_be_is_an_error(what_if: WhatIf, message: str) -> None:
    mesh, topology = built(Cluster([node("a1", 1), node("b1", 2, "b")]))
    with pytest.raises(KgctlError, match=message):
        supposed_state(mesh, topology, what_if)


def test_a_name_that_a_node_has_cannot_be_that_of_a_new_one() -> None:
    mesh, topology = built(Cluster([node("a1", 1)]))
    new = joined_node(NewNode(name="a1"), mesh)
    with pytest.raises(KgctlError, match='node "a1" already exists'):
        supposed_state(mesh, topology, WhatIf(nodes=(new,)))
