"""Which leaders are known to be behind NAT."""

import json

import pytest
from hypothesis import given

from kgctl_py.mesh.behind_nat import leaders_behind_nat, leaders_with_private_endpoint
from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.in_memory import Cluster, Raw, key, node
from tests.strategies import clusters

PRIVATE = {"endpoint": "192.168.1.10:51820", "internal_ip": "192.168.1.10/24"}
KEEPALIVE = {"persistent_keepalive": "25"}


def sees(name: str, address: str, port: int = 40312) -> str:
    return json.dumps({key(name): {"IP": address, "Port": port}})


def behind(*nodes: Raw, granularity: Granularity = Granularity.LOCATION) -> set[str]:
    return set(leaders_behind_nat(Cluster(nodes).topology(granularity)))


def test_a_leader_that_others_see_at_another_address_is_behind_nat() -> None:
    berlin = node("berlin", 1, "berlin", discovered_endpoints=sees("home", "198.51.100.77"))
    assert behind(berlin, node("home", 2, "home", **PRIVATE, **KEEPALIVE)) == {"home"}
    assert behind(berlin, node("home", 2, "home", **KEEPALIVE)) == {"home"}


@pytest.mark.parametrize(("address", "port"), [("203.0.113.2", 51820), ("10.1.0.2", 40312)])
def test_a_leader_that_others_see_at_its_own_address_is_not(address: str, port: int) -> None:
    berlin = node("berlin", 1, "berlin", discovered_endpoints=sees("home", address, port))
    assert behind(berlin, node("home", 2, "home", **KEEPALIVE)) == set()


def test_a_port_that_is_translated_is_nat() -> None:
    berlin = node("berlin", 1, "berlin", discovered_endpoints=sees("home", "203.0.113.2", 40312))
    assert behind(berlin, node("home", 2, "home", **KEEPALIVE)) == {"home"}


def test_without_a_keepalive_kilo_does_not_treat_it_as_such() -> None:
    berlin = node("berlin", 1, "berlin", discovered_endpoints=sees("home", "198.51.100.77"))
    assert behind(berlin, node("home", 2, "home", **PRIVATE)) == set()


def test_a_keepalive_alone_does_not_tell() -> None:
    assert behind(node("berlin", 1, "berlin"), node("home", 2, "home", **KEEPALIVE)) == set()


def test_a_private_endpoint_with_a_keepalive_is_behind_nat_if_another_is_public() -> None:
    home = node("home", 2, "home", **PRIVATE, **KEEPALIVE)
    assert behind(node("berlin", 1, "berlin"), home) == {"home"}
    assert behind(node("berlin", 1, "berlin", endpoint="10.1.0.1:51820"), home) == set()
    seen = node("berlin", 1, "berlin", discovered_endpoints=sees("home", "192.168.1.10", 51820))
    assert behind(seen, home) == set()


def test_what_its_own_location_sees_does_not_count() -> None:
    nodes = (
        node("berlin", 1, "berlin"),
        node("home", 2, "home", **PRIVATE, **KEEPALIVE),
        node("shed", 3, "home", discovered_endpoints=sees("home", "192.168.1.10", 51820)),
    )
    assert behind(*nodes, granularity=Granularity.FULL) == {"home"}


def test_a_name_that_is_not_resolved_does_not_tell() -> None:
    berlin = node("berlin", 1, "berlin", discovered_endpoints=sees("home", "198.51.100.77"))
    named = node("home", 2, "home", force_endpoint="home.example.com:51820", **KEEPALIVE)
    assert behind(berlin, named) == set()


def test_a_private_endpoint_without_a_keepalive_is_told_apart() -> None:
    private = leaders_with_private_endpoint(
        Cluster([node("berlin", 1, "berlin"), node("home", 2, "home", **PRIVATE)]).topology()
    )
    assert private == {"home"}


@given(clusters())
def test_only_a_leader_with_a_keepalive_is_behind_nat(cluster: Cluster) -> None:
    topology = cluster.topology()
    leaders = {segment.leader.name: segment.leader for segment in topology.segments}
    for name in leaders_behind_nat(topology):
        assert leaders[name].persistent_keepalive
        assert leaders[name].endpoint
