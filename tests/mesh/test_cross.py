"""Granularity `cross`: segments as with `full`, but no tunnels between the nodes of one location."""

from hypothesis import given

from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.member_configurations import node_conf, peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, trace
from kgctl_py.mesh.routing.trace_targets import node_target
from kgctl_py.mesh.topology import Topology
from tests.in_memory import Cluster, node, peer
from tests.strategies import clusters

CLUSTER = Cluster(
    [node("a1", 1, "a", granularity="cross"), node("a2", 2, "a", granularity="cross"), node("b1", 3, "b")],
    [peer("laptop")],
)


def topologies(cluster: Cluster) -> tuple[Topology, Topology]:
    mesh = cluster.mesh()
    return build_topology(mesh, granularity=Granularity.FULL), build_topology(mesh, granularity=Granularity.CROSS)


def ends(topology: Topology, name: str) -> list[str]:
    """Return the comments of the peers in the configuration of a node."""
    return [entry.comment for entry in node_conf(topology, topology.segment_of(name).leader, 51820).peers]


def test_most_nodes_decide_that_the_granularity_is_cross() -> None:
    assert build_topology(CLUSTER.mesh()).granularity is Granularity.CROSS


def test_segments_and_addresses_are_those_of_full() -> None:
    full, cross = topologies(CLUSTER)
    assert cross.segments == full.segments


def test_nodes_of_one_location_have_no_tunnel() -> None:
    _, cross = topologies(CLUSTER)
    assert ends(cross, "a1") == ["node:b1, leader b1", "peer laptop"]
    assert ends(cross, "b1") == ["node:a1, leader a1", "node:a2, leader a2", "peer laptop"]
    assert [(one.name, other.name) for one, other in cross.tunnels()] == [
        ("node:a1", "node:b1"),
        ("node:a2", "node:b1"),
    ]


def test_a_peer_has_a_tunnel_to_every_node() -> None:
    full, cross = topologies(CLUSTER)
    assert peer_conf(cross, "laptop") == peer_conf(full, "laptop")


def test_a_packet_within_a_location_goes_through_its_network_and_to_another_through_a_tunnel() -> None:
    mesh = CLUSTER.mesh()
    _, cross = topologies(CLUSTER)
    a1, a2, b1 = (node_target(one, mesh, cross) for one in mesh.nodes)
    tables = RoutingTables(mesh, cross)
    inside, across = trace(tables, a1, a2), trace(tables, a1, b1)
    assert (inside.verdict, across.verdict) == (Verdict.YES, Verdict.YES)
    assert inside.there
    assert [hop.opening for hop in inside.there.hops] == [None]
    assert across.there
    assert across.there.hops[0].opening


@given(clusters())
def test_the_tunnels_are_those_of_full_between_different_locations(cluster: Cluster) -> None:
    mesh = cluster.mesh()
    if not mesh.ready_nodes:
        return
    full, cross = topologies(cluster)
    wanted = [
        (one.name, other.name) for one, other in full.tunnels() if one.leader.location != other.leader.location
    ]
    assert [(one.name, other.name) for one, other in cross.tunnels()] == wanted
    assert cross.tunnel_count == len(wanted)
