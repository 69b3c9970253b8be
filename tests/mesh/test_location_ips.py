from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from tests.in_memory import Cluster, node, peer
from tests.mesh.test_topology_properties import topology_of
from tests.strategies import clusters


def contains(network: IPInterface, cidr: IPInterface) -> bool:
    return network.version == cidr.version and cidr.ip in network.network


def intersects(one: IPInterface, other: IPInterface) -> bool:
    return contains(one, other) or contains(other, one)


def kilos_rule(topology: Topology) -> Mapping[str, list[IPInterface]]:
    """The rule in the plainest way: all compared with all, segment by segment."""
    left = {
        segment.name: sorted({cidr for node in segment.nodes for cidr in node.allowed_location_ips}, key=str)
        for segment in topology.segments
    }
    of_peers = [cidr for peer in topology.peers for cidr in peer.allowed_ips]
    routed = [cidr for segment in topology.segments for cidr in segment.allowed_ips[:-1]]
    for segment in topology.segments:
        routed.append(segment.allowed_ips[-1])
        of_others = [cidr for name, cidrs in left.items() if name != segment.name for cidr in cidrs]
        left[segment.name] = [
            cidr
            for cidr in left[segment.name]
            if not any(intersects(cidr, other) for other in of_others + of_peers)
            and not any(contains(other, cidr) for other in routed)
        ]
    return left


@given(clusters(), st.sampled_from(Granularity))
def test_location_ips_are_filtered_by_kilos_rule(cluster: Cluster, granularity: Granularity) -> None:
    topology = topology_of(cluster, granularity)
    kept = {segment.name: list(segment.allowed_location_ips) for segment in topology.segments}
    assert kept == kilos_rule(topology)


@pytest.mark.parametrize(
    ("declared", "kept", "holder"),
    [
        ("192.168.9.0/24,10.9.0.0/24", ["10.9.0.0/24", "192.168.9.0/24"], None),
        ("10.42.2.128/25", [], "location:b"),  # in a pod CIDR
        ("10.42.0.0/16", ["10.42.0.0/16"], None),  # holds pod CIDRs, but its own address is in none
        ("10.4.0.1/32", [], "location:a"),  # the own WireGuard IP
        ("10.4.0.2/32", ["10.4.0.2/32"], None),  # the next segment's WireGuard IP: not there yet
        ("10.5.0.0/16", [], "peer:p"),
        ("fd00::/16", ["fd00::/16"], None),
    ],
)
def test_a_location_ip_is_dropped_for_what_has_its_addresses(
    declared: str, kept: list[str], holder: str | None
) -> None:
    nodes = [
        node("a", 1, "a", allowed_location_ips=declared),
        node("b", 2, "b", allowed_location_ips=None),
    ]
    topology = Cluster(nodes, [peer("p")]).topology()
    assert [str(cidr) for cidr in topology.segments[0].allowed_location_ips] == kept
    assert [one.holder for one in topology.dropped] == ([holder] if holder else [])


def test_of_two_locations_that_want_the_same_the_later_by_name_has_it() -> None:
    nodes = [node(name, n, name, allowed_location_ips="10.6.0.0/16") for n, name in enumerate("ab", 1)]
    topology = Cluster(nodes).topology()
    assert [[str(cidr) for cidr in one.allowed_location_ips] for one in topology.segments] == [[], ["10.6.0.0/16"]]
    assert [(one.segment, one.holder) for one in topology.dropped] == [("location:a", "location:b")]
