"""The findings about IP versions say of a mesh what its traces say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.findings import Kind, Subject
from kgctl_py.findings.rules.reachability import lone_endpoints, unroutable_addresses
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.kg_routes import leader_of
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, destination_at, node_target, trace
from tests.in_memory import Cluster, Raw, key, node
from tests.strategies import clusters, distinct_clusters

granularities = st.sampled_from(Granularity)


@given(clusters() | distinct_clusters(), granularities)
def test_no_tunnel_between_leaders_of_different_ip_versions_is_certain(
    cluster: Cluster, granularity: Granularity
) -> None:
    topology = cluster.topology(granularity)
    tables = RoutingTables(cluster.mesh(), topology)
    for finding in lone_endpoints(topology):
        lone = topology.segment_of(finding.subject.name)
        for other in topology.tunnel_ends(lone):
            assert tables.opening(leader_of(other), leader_of(lone)).doubt
            assert tables.opening(leader_of(lone), leader_of(other)).doubt


@given(distinct_clusters(), granularities)
def test_no_leader_reaches_an_internal_ip_to_which_kg_sets_no_route(
    cluster: Cluster, granularity: Granularity
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    tables = RoutingTables(mesh, topology)
    lost = {finding.subject.name for finding in unroutable_addresses(topology)}
    for target in (one for one in mesh.ready_nodes if one.name in lost and one.internal_ip):
        assert target.internal_ip
        for other in topology.tunnel_ends(topology.segment_of(target.name)):
            source = node_target(other.leader, mesh, topology)
            found = trace(tables, source, destination_at(target.internal_ip.ip))
            assert found.verdict is Verdict.NO


SIX = node("b", 2, "b", endpoint="[2001:db8::2]:51820", internal_ip=None)


def test_a_leader_that_another_node_sees_is_not_alone() -> None:
    seen = f'{{"{key("b")}": {{"IP": "2001:db8::2", "Port": 51820}}}}'
    found = [*lone_endpoints(Cluster([node("a", discovered_endpoints=seen), SIX]).topology())]
    assert found == []


@pytest.mark.parametrize("nodes", [[node("a"), SIX], [SIX, node("c", 3, "c")]])
def test_of_two_leaders_the_one_with_ipv6_is_alone(nodes: list[Raw]) -> None:
    (finding,) = lone_endpoints(Cluster(nodes).topology())
    assert finding.subject == Subject(Kind.NODE, "b")
    assert finding.message == (
        'its endpoint "[2001:db8::2]:51820" is IPv6, but no other leader is known to have IPv6, '
        "and this node is not known to have IPv4"
    )


def test_a_trace_through_a_tunnel_between_ip_versions_is_perhaps_and_says_why() -> None:
    done = Cluster([node("a"), SIX]).kgctl("trace", "10.42.1.7", "10.42.2.7", "-o", "json")
    assert done.exit_code == 0
    assert "node/a must reach node/b at [2001:db8::2]:51820 over IPv6" in done.stdout
    assert "or node/b must reach node/a at 203.0.113.1:51820 over IPv4" in done.stdout


def test_one_finding_is_enough_if_the_kilo_subnet_fits_no_pod_cidr() -> None:
    nodes = [node(f"n{n}", n, f"l{n}", pod_cidr=f"fd42:{n}::/64", internal_ip=f"fd00::{n}/64") for n in (1, 2, 3)]
    (finding,) = unroutable_addresses(Cluster(nodes).topology())
    assert str(finding) == (
        "K-IP-VERSION nodes: kg sets no route to pods in other locations: all pod CIDRs are IPv6, "
        "but the Kilo subnet 10.4.0.0/16 is IPv4"
    )
