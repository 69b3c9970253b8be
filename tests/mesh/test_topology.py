import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.member_configurations import node_as_peer, node_conf, peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.conf import clamped
from tests.in_memory import Cluster, key, node, peer

SEEN = '{{"{}": {{"IP": "198.51.100.7", "Port": {}, "Zone": ""}}}}'


def endpoints(topology: Topology) -> list[str]:
    return [str(section.endpoint) for section in peer_conf(topology, "p").peers]


def test_a_segment_has_each_nodes_addresses_then_the_wireguard_ip_and_the_location_ips() -> None:
    nodes = [node("n2", 2, allowed_location_ips="10.9.0.0/24"), node("n1", 1), node("m1", 3, "b")]
    topology = Cluster(nodes, [peer("p")]).topology()
    assert [[str(cidr) for cidr in section.allowed_ips] for section in peer_conf(topology, "p").peers] == [
        ["10.42.1.0/24", "10.1.0.1/32", "10.42.2.0/24", "10.1.0.2/32", "10.4.0.1/32", "10.9.0.0/24"],
        ["10.42.3.0/24", "10.1.0.3/32", "10.4.0.2/32"],
    ]


def test_a_node_has_every_other_segment_and_every_peer_under_its_own_keepalive() -> None:
    nodes = [node("n1", 1, "a", persistent_keepalive="7"), node("m1", 2, "b", persistent_keepalive="9")]
    topology = Cluster(nodes, [peer("p", persistentKeepalive=25, presharedKey=key("psk"))]).topology()
    segment, of_peer = node_conf(topology, topology.segments[0].leader, 51820).peers
    assert (str(segment.public_key), segment.persistent_keepalive, segment.preshared_key) == (key("m1"), 7, None)
    assert (str(of_peer.public_key), of_peer.persistent_keepalive) == (key("p"), 7)
    assert str(of_peer.preshared_key) == key("psk")


def test_a_peer_has_its_preshared_key_with_segments_and_none_with_other_peers() -> None:
    peers = [
        peer("p", 1, presharedKey=key("psk"), persistentKeepalive=25),
        peer("q", 2, presharedKey=key("other")),
    ]
    segment, other = peer_conf(Cluster([node("n")], peers).topology(), "p").peers
    assert (str(segment.preshared_key), segment.persistent_keepalive) == (key("psk"), 25)
    assert (str(other.public_key), other.preshared_key, other.persistent_keepalive) == (key("q"), None, 25)


def test_of_one_allowed_ip_the_first_peer_by_name_has_it() -> None:
    peers = [peer("b", allowedIPs=["10.5.0.1/32", "10.5.0.9/32"]), peer("a", allowedIPs=["10.5.0.1/32"] * 2)]
    topology = Cluster([node("n")], peers).topology()
    assert [[str(cidr) for cidr in one.allowed_ips] for one in topology.peers] == [
        ["10.5.0.1/32"],
        ["10.5.0.9/32"],
    ]
    assert [(one.peer, one.holder) for one in topology.lost] == [("a", "a"), ("b", "a")]


@pytest.mark.parametrize(
    ("keepalive", "endpoint"),
    [
        (None, "10.0.0.1:51820"),
        ("0", "10.0.0.1:51820"),
        ("25", "198.51.100.7:40000"),
        ("-1", "198.51.100.7:40000"),
    ],
)
def test_a_discovered_endpoint_counts_for_a_leader_with_a_keepalive(keepalive: str | None, endpoint: str) -> None:
    nodes = [
        node("a", 1, "a", endpoint="10.0.0.1:51820", persistent_keepalive=keepalive),
        node("b", 2, "b", discovered_endpoints=SEEN.format(key("a"), 40000)),
    ]
    assert endpoints(Cluster(nodes, [peer("p")]).topology())[0] == endpoint


def test_the_viewpoint_says_first_where_a_key_was_seen() -> None:
    seen = {name: SEEN.format(key("roams"), port) for name, port in (("a", 1), ("b", 2), ("c", 3))}
    nodes = [node(name, n, discovered_endpoints=seen[name]) for n, name in enumerate("cba")]
    cluster = Cluster(nodes, [peer("p"), peer("roams", 2, persistentKeepalive=25)])
    last = {view: endpoints(cluster.topology(viewpoint=view))[-1] for view in ("", "b", "c")}
    assert last == {"": "198.51.100.7:1", "b": "198.51.100.7:2", "c": "198.51.100.7:3"}


def test_wireguard_ips_are_counted_up_in_segment_order() -> None:
    nodes = [node(name, n, wireguard_ip="10.8.0.200/29") for n, name in enumerate("cab", 1)]
    segments = Cluster(nodes).topology(Granularity.FULL).segments
    assert [(one.name, str(one.wireguard_ip)) for one in segments] == [
        ("node:a", "10.8.0.201"),
        ("node:b", "10.8.0.202"),
        ("node:c", "10.8.0.203"),
    ]


def test_a_subnet_with_too_few_addresses_is_an_error() -> None:
    nodes = [node(f"n{n}", n, wireguard_ip="10.8.0.1/30") for n in range(4)]
    assert len(Cluster(nodes[1:]).topology(Granularity.FULL).segments) == 3
    with pytest.raises(KgctlError, match=r'"10\.8\.0\.0/30" is exhausted: it has 3 addresses for 4 segments'):
        Cluster(nodes).topology(Granularity.FULL)


def test_nodes_and_peers_may_be_given_in_any_order() -> None:
    cluster = Cluster([node(name, n) for n, name in enumerate("abc")], [peer(name, 1) for name in "pqr"])
    mesh, topology = cluster.mesh(), cluster.topology()
    backwards = Topology.build(
        nodes=mesh.ready_nodes[::-1],
        peers=mesh.ready_peers[::-1],
        granularity=topology.granularity,
        subnet=topology.subnet,
    )
    assert backwards == topology


def test_a_nodes_segment_as_a_peer_is_without_location_ips_and_discoveries() -> None:
    nodes = [
        node("lead", 1, leader="true", persistent_keepalive="25", allowed_location_ips="10.9.0.0/24"),
        node("a", 2, discovered_endpoints=SEEN.format(key("lead"), 40000)),
    ]
    shown = node_as_peer(Cluster(nodes).topology(), "a")
    assert [str(cidr) for cidr in shown.allowed_ips][-1] == "10.4.0.1/32"
    assert (str(shown.endpoint), str(shown.public_key)) == ("203.0.113.1:51820", key("lead"))
    assert shown.persistent_keepalive == 0


@pytest.mark.parametrize(("keepalive", "printed"), [(-1, 0), (0, 0), (25, 25), (65535, 65535), (65536, 0)])
def test_a_keepalive_that_wg_would_refuse_is_off(keepalive: int, printed: int) -> None:
    assert clamped(keepalive) == printed
