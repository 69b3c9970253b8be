"""The configurations of all peers, put together of slices, are those that are made one by one."""

from hypothesis import given

from kgctl_py.mesh.member_configurations import peer_conf
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.config.shared_sections import PeerConfigurations
from kgctl_py.render.wireguard_conf import wireguard_conf
from tests.in_memory import Cluster, key, node, peer
from tests.strategies import clusters


def assert_the_same(cluster: Cluster, granularity: Granularity = Granularity.LOCATION) -> None:
    topology = cluster.topology(granularity)
    made = {name: b"".join(parts).decode() for name, parts in PeerConfigurations(topology).confs()}
    assert made == {name: wireguard_conf(peer_conf(topology, name)) for name in topology.given_peers}


@given(clusters())
def test_the_configurations_of_any_mesh_are_those_of_its_peers_one_by_one(cluster: Cluster) -> None:
    if cluster.mesh().ready_nodes:
        assert_the_same(cluster)
        assert_the_same(cluster, Granularity.FULL)


def test_keepalives_preshared_keys_and_lost_addresses_are_each_peers_own() -> None:
    peers = [
        peer("a", 1),
        peer("b", 2, persistentKeepalive=25, presharedKey=key("b's own")),
        peer("c", 2, persistentKeepalive=25, presharedKey=key("c's own")),
        peer("d", 4, persistentKeepalive=99999),
    ]
    cluster = Cluster([node("n"), node("m", 2, "b", persistent_keepalive="10")], peers)
    assert_the_same(cluster)
    confs = {name: b"".join(parts).decode() for name, parts in PeerConfigurations(cluster.topology()).confs()}
    assert [conf.count("PresharedKey") for conf in confs.values()] == [0, 2, 2, 0]
