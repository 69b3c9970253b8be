"""The findings about IP versions say of a mesh what its traces say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.findings import Kind, Subject
from kgctl_py.findings.rules.ip_versions import lone_endpoints, unroutable_addresses
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.kg_routes import leader_of
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, trace
from kgctl_py.mesh.routing.trace_targets import destination_at, node_target
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
        lone = [seg for seg in topology.segments if seg.leader.name == finding.subject.name] or topology.segments
        doubts = [
            tables.opening(leader_of(one), leader_of(other)).doubt
            and tables.opening(leader_of(other), leader_of(one)).doubt
            for one in lone
            for other in topology.tunnel_ends(one)
            if {one.leader.ip_versions, other.leader.ip_versions} == {frozenset({4}), frozenset({6})}
            and not {str(one.leader.key), str(other.leader.key)} & topology.discovered.keys()
        ]
        assert doubts
        assert all(doubts)


@given(distinct_clusters(), granularities)
def test_no_leader_reaches_an_internal_ip_to_which_kg_sets_no_route(
    cluster: Cluster, granularity: Granularity
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    tables = RoutingTables(mesh, topology)
    found = {finding.subject.name: finding.message for finding in unroutable_addresses(topology)}
    for target in mesh.ready_nodes:
        if target.internal_ip and f"its internal IP {target.internal_ip.ip}, " in found.get(target.name, ""):
            for other in topology.tunnel_ends(topology.segment_of(target.name)):
                source = node_target(other.leader, mesh, topology)
                assert trace(tables, source, destination_at(target.internal_ip.ip)).verdict is Verdict.NO


@given(distinct_clusters(), granularities)
def test_a_trace_between_leaders_in_doubt_over_their_internal_ip_has_a_finding(
    cluster: Cluster, granularity: Granularity
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    tables = RoutingTables(mesh, topology)
    found = {finding.subject.name for finding in unroutable_addresses(topology)}
    for one, other in topology.tunnels():
        pods = other.leader.subnet
        assert pods
        path = trace(tables, node_target(one.leader, mesh, topology), destination_at(pods.ip + 7))
        if f"must be older than 0.7.0: later versions set no route to {pods.ip + 7}" in str(path):
            assert one.leader.name in found


SIX = node("b", 2, "b", endpoint="[2001:db8::2]:51820", internal_ip=None)


def test_a_leader_that_another_node_sees_is_not_alone() -> None:
    seen = f'{{"{key("b")}": {{"IP": "2001:db8::2", "Port": 51820}}}}'
    assert not [*lone_endpoints(Cluster([node("a", discovered_endpoints=seen), SIX]).topology())]


def test_a_leader_that_sees_another_node_is_not_alone() -> None:
    seen = f'{{"{key("a")}": {{"IP": "2001:db8::1", "Port": 51820}}}}'
    six = node("b", 2, "b", endpoint="[2001:db8::2]:51820", internal_ip=None, discovered_endpoints=seen)
    assert not [*lone_endpoints(Cluster([node("a"), six]).topology())]


def test_two_groups_of_leaders_without_a_common_ip_version_are_one_finding() -> None:
    nodes = [
        node("a"),
        node("c", 3, "c"),
        SIX,
        node("d", 4, "d", endpoint="[2001:db8::4]:51820", internal_ip=None),
    ]
    (finding,) = lone_endpoints(Cluster(nodes).topology())
    assert str(finding) == (
        'K-ENDPOINT-VERSION nodes: 2 leaders (the first is "b") are only known to have IPv6, '
        'and 2 leaders (the first is "a") only IPv4'
    )


def test_a_leader_is_alone_although_the_version_of_a_dns_name_is_not_known() -> None:
    (finding,) = lone_endpoints(
        Cluster([node("a"), SIX, node("c", 3, "c", endpoint="c.example:51820")]).topology()
    )
    assert 'IPv6, but the leader "a" is not known to have IPv6' in finding.message


@pytest.mark.parametrize(
    ("location", "count"), [("a", 0), ("b", 1)], ids=["without a tunnel", "beside one with a tunnel"]
)
def test_with_cross_only_leaders_of_other_locations_count(location: str, count: int) -> None:
    six = node("b", 2, "a", endpoint="[2001:db8::2]:51820", internal_ip=None)
    topology = Cluster([node("a", 1, "a"), node("c", 3, location), six]).topology(Granularity.CROSS)
    assert len([*lone_endpoints(topology)]) == count


def test_neighbors_in_cross_do_not_hide_a_lone_leader() -> None:
    both = node("b", 2, "a", internal_ip="2001:db8::2/64")
    six = node("a", 1, "a", endpoint="[2001:db8::1]:51820", internal_ip="2001:db8::1/64")
    (finding,) = lone_endpoints(Cluster([six, both, node("c", 3, "c")]).topology(Granularity.CROSS))
    assert finding.subject == Subject(Kind.NODE, "a")


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
    assert "only if node/a reaches node/b at [2001:db8::2]:51820 over IPv6" in done.stdout
    assert "or node/b reaches node/a at 203.0.113.1:51820 over IPv4" in done.stdout


@pytest.mark.parametrize(("keepalive", "doubt"), [(None, True), ("25", False)])
def test_an_end_that_only_lacks_the_ip_version_waits_for_the_other_and_the_reason_is_the_version(
    keepalive: str | None, doubt: bool
) -> None:
    both = node("b", 2, "b", endpoint="[2001:db8::2]:51820", persistent_keepalive=keepalive)
    done = Cluster([node("a"), both]).kgctl("trace", "10.42.1.7", "10.42.2.7")
    assert ("node/a is not known to have IPv6" in done.stdout) is doubt
    assert "NAT" not in done.stdout


def test_a_leader_with_a_dns_endpoint_may_have_both_ip_versions() -> None:
    nodes = [node("a", endpoint="a.example.com:51820"), node("b", 2, "b", endpoint="[2001:db8::2]:51820")]
    assert "perhaps" not in Cluster(nodes).kgctl("trace", "10.42.1.7", "10.42.2.7").stdout


def messages(*nodes: Raw) -> list[str]:
    return [str(finding) for finding in unroutable_addresses(Cluster(nodes).topology())]


LIKE_ITS_ENDPOINT: Raw = {"endpoint": "[2001:db8::2]:51820", "internal_ip": "2001:db8::2/64"}


def test_kg_sets_no_route_from_an_internal_ip_of_another_version() -> None:
    assert messages(node("a"), node("b", 2, "b", **LIKE_ITS_ENDPOINT)) == [
        (
            'K-IP-VERSION node "b": the Kilo subnet 10.4.0.0/16 is IPv4, so kg 0.7.0 or later sets no route from '
            "its internal IP 2001:db8::2 to other locations"
        )
    ]


def test_kg_sets_routes_to_the_configured_endpoint_of_a_leader_that_others_see_elsewhere() -> None:
    seen = f'{{"{key("b")}": {{"IP": "198.51.100.7", "Port": 4}}}}'
    (message,) = messages(
        node("a", discovered_endpoints=seen), node("b", 2, "b", persistent_keepalive="25", **LIKE_ITS_ENDPOINT)
    )
    assert "so kg in other locations sets no route to its internal IP 2001:db8::2, and kg 0.7.0" in message


def test_kg_sets_no_route_to_location_ips_of_another_version() -> None:
    assert messages(node("a"), node("b", 2, "b", allowed_location_ips="10.9.0.0/24,fd12::/64")) == [
        (
            'K-IP-VERSION node "b": the Kilo subnet 10.4.0.0/16 is IPv4, so kg in other locations sets no route '
            "to its allowed location IP fd12::/64"
        )
    ]


def test_one_finding_is_enough_if_the_kilo_subnet_fits_no_pod_cidr() -> None:
    nodes = [node(f"n{n}", n, f"l{n}", pod_cidr=f"fd42:{n}::/64", internal_ip=f"fd00::{n}/64") for n in (1, 2, 3)]
    (finding,) = unroutable_addresses(Cluster(nodes).topology())
    assert str(finding) == (
        "K-IP-VERSION nodes: kg sets no route to pods in other locations: all pod CIDRs are IPv6, "
        "but the Kilo subnet 10.4.0.0/16 is IPv4"
    )
