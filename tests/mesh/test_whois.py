"""Who has an address: exactly those whose networks hold it, and why traffic does not go there when it does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Claim, Kind, Place, Role
from kgctl_py.mesh.claims.all_claims import claims, holders_of_key
from kgctl_py.mesh.claims.whois import claims_of, whois
from kgctl_py.wireguard.endpoint import parse_ip
from tests.in_memory import NOW, Cluster, key, node, peer
from tests.strategies import clusters, distinct_clusters

ADDRESSES = st.builds(
    "10.{}.{}.{}".format, *(st.sampled_from((0, 1, 2, 4, 128)) for _ in range(3))
) | st.sampled_from(("fd00:1::1", "203.0.113.1", "198.51.100.1", "10.42.1.7", "10.5.0.250"))


def ip(text: str) -> IPAddress:
    found = parse_ip(text)
    assert found
    return found


def told(cluster: Cluster, text: str) -> list[tuple[str, str, str]]:
    """Return role, place and problem of each claim on an address."""
    found = whois(ip(text), cluster.mesh(), cluster.topology())
    return [(str(claim.role), str(claim.place), claim.problem) for claim in found]


@given(clusters(), ADDRESSES)
def test_an_address_is_whose_networks_hold_it_and_routed_where_a_configuration_routes_it(
    cluster: Cluster, text: str
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    found = whois(ip(text), mesh, topology)
    assert sorted(found, key=repr) == sorted(
        (claim for claim in claims(mesh, topology) if ip(text) in claim.cidr.network), key=repr
    )
    expected = {Place(Kind.NODE, n.name) for n in mesh.nodes if n.subnet and ip(text) in n.subnet.network}
    assert {claim.place for claim in found if claim.role is Role.POD_CIDR} == expected
    expected = {Place(Kind.PEER, p.name) for p in mesh.peers for c in p.allowed_ips if ip(text) in c.network}
    assert {claim.place for claim in found if claim.role is Role.ALLOWED_IP} == expected
    routed = {cidr for seg in topology.segments for cidr in (*seg.allowed_ips, *seg.allowed_location_ips)}
    routed |= {cidr for one in topology.peers for cidr in one.allowed_ips}
    assert {claim.cidr for claim in found if claim.is_routed} == {c for c in routed if ip(text) in c.network}


@given(distinct_clusters())
def test_without_shared_addresses_each_has_one_owner(cluster: Cluster) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    for one in mesh.ready_nodes:
        assert one.subnet
        (claim,) = (claim for claim in whois(one.subnet.ip, mesh, topology) if claim.is_routed)
        assert claim.place == Place(Kind.NODE, one.name)


def test_the_owner_that_gets_the_traffic_comes_first() -> None:
    late = node("late", 2, last_seen=str(NOW - 60))
    cluster = Cluster([node("n"), late], [peer("wide", 9, allowedIPs=["10.42.0.0/16"])])
    assert told(cluster, "10.42.2.5") == [
        ("allowed IP", "peer/wide", ""),
        ("pod CIDR", "node/late", "the node is not ready: last seen 1m0s ago"),
    ]


def test_an_allowed_ip_that_goes_to_another_peer_says_to_whom() -> None:
    assert told(Cluster([node("n")], [peer("ann", 7), peer("bob", 7)]), "10.5.0.7") == [
        ("allowed IP", "peer/ann", ""),
        ("allowed IP", "peer/bob", 'peer "ann" also has it, and its name sorts first'),
    ]


def test_a_dropped_location_ip_says_who_has_it() -> None:
    cluster = Cluster([node("n", allowed_location_ips="10.5.0.0/24")], [peer("p")])
    problem = 'Kilo drops it: it overlaps an address of "peer:p"'
    assert ("allowed location IP", "node/n", problem) in told(cluster, "10.5.0.1")


def test_a_reported_wireguard_ip_that_the_topology_does_not_assign_is_reported() -> None:
    cluster = Cluster([node("n", wireguard_ip="10.4.0.9/16")])
    assert told(cluster, "10.4.0.9")[0][1:] == (
        "node/n",
        "only its annotation says so; the topology does not assign it to this node",
    )
    assert told(cluster, "10.4.0.1")[0] == ("WireGuard IP", "node/n", "")


def test_a_discovered_endpoint_is_of_whom_it_was_heard_from() -> None:
    heard = {key(owner): {"IP": "198.51.100.7", "Port": 4} for owner in ("p", "nobody")}
    cluster = Cluster([node("n", discovered_endpoints=json.dumps(heard))], [peer("p")])
    (claim,) = whois(ip("198.51.100.7"), cluster.mesh(), cluster.topology())
    assert (claim.role, claim.place, claim.seen_by) == (Role.DISCOVERED, Place(Kind.PEER, "p"), "n")
    assert not claim.is_routed


def test_without_a_topology_nothing_is_routed() -> None:
    mesh = Cluster([node("n")], [peer("p")]).mesh()
    found: list[Claim] = [claim for text in ("10.42.1.1", "10.5.0.1") for claim in whois(ip(text), mesh, None)]
    assert [claim.problem for claim in found] == ["the mesh has no topology"] * 2


def test_a_key_is_found_by_its_start_with_all_who_have_it() -> None:
    mesh = Cluster([node("n", key=key("same"))], [peer("p", publicKey=key("same")), peer("q", 2)]).mesh()
    found = [str(place) for place, _ in holders_of_key(key("same")[:9], mesh)]
    assert found == ["node/n", "peer/p"]


def test_a_kind_before_a_name_chooses_between_a_node_and_a_peer() -> None:
    cluster = Cluster([node("a")], [peer("a")])
    for text in ("node/a", "peer/a"):
        assert {str(claim.place) for claim in claims_of(text, cluster.mesh(), cluster.topology())} == {text}
    assert claims_of("peer/node/a", cluster.mesh(), cluster.topology()) == ()


@pytest.mark.parametrize("text", ["vpn.example.com", "vpn.example.com:51820"])
def test_an_endpoint_with_a_host_name_leads_to_its_owners(text: str) -> None:
    listening = peer("p", endpoint={"dnsOrIP": {"dns": "vpn.example.com"}, "port": 51820})
    cluster = Cluster([node("n", endpoint="vpn.example.com:51820"), node("m", 2)], [listening])
    found = claims_of(text, cluster.mesh(), cluster.topology())
    assert {str(claim.place) for claim in found} == {"node/n", "peer/p"}
    assert claims_of("vpn.example.com:51821", cluster.mesh(), cluster.topology()) == ()
