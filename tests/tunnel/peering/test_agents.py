"""The clusters of the lab work alone, Peers written by hand join them, and agents forget keys as Kilo's do."""

import pytest

from kgctl_py.mesh.model import Granularity
from tests.tunnel.cluster import Manifest, peer
from tests.tunnel.peering.mesh import Mesh, unreachable
from tests.tunnel.peering.world import World
from tests.tunnel.plan import PORT

pytestmark = pytest.mark.slow


def by_hand(of: Mesh, number: int) -> Manifest:
    """Give the Peer of a location or a node, as the documentation of Kilo has it written."""
    leader = of.node(number)
    nodes = [node for node in of.nodes.values() if node.location == leader.location]
    if of.granularity is Granularity.FULL:
        nodes = [leader]
    allowed_ips = [cidr for node in nodes for cidr in (node.pod_cidr, f"{ip(node.internal_ip)}/32")]
    endpoint = (
        {}
        if leader.endpoint.startswith("10.")
        else {"endpoint": {"dnsOrIP": {"ip": ip(leader.endpoint)}, "port": PORT}}
    )
    return peer(
        f"{of.plan.name}-{number}", leader.key.public, *allowed_ips, f"{ip(leader.wireguard_ip)}/32", **endpoint
    )


def ip(text: str) -> str:
    return text.partition("/")[0].partition(":")[0]


@pytest.fixture
def joined(world: World) -> World:
    """The clusters, joined by Peers that were written by hand."""
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    aws.put(by_hand(edge, 1), by_hand(edge, 3))
    edge.put(by_hand(aws, 1), by_hand(aws, 3))
    world.catch_up()
    assert world.unreachable() == []
    return world


def test_each_cluster_alone_reaches_its_own_pods_and_no_others(world: World) -> None:
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    for mesh in (aws, edge):
        assert unreachable(mesh.living, mesh.living) == []
    assert len(world.unreachable(within=0)) == 18


def test_peers_written_by_hand_join_two_clusters(joined: World) -> None:
    for agents in joined.agents.values():
        assert agents.forgotten == []
    for mesh in joined.meshes.values():
        for name in mesh.peers():
            mesh.delete(name)
    joined.catch_up()
    assert len(joined.unreachable(within=0)) == 18


def test_agents_forget_the_key_of_one_of_two_peers_until_they_resync(joined: World) -> None:
    aws, edge, agents = joined.meshes["aws"], joined.meshes["edge"], joined.agents["aws"]
    pod = edge.node(1).pod
    aws.put({**by_hand(edge, 1), "metadata": {"name": "twin"}})
    joined.catch_up()
    assert aws.node(1).host.reaches(pod)
    aws.delete("twin")
    joined.catch_up()
    assert agents.forgotten == ["edge-1"]
    assert edge.node(1).key.public not in agents.keys(aws.node(1))
    assert not aws.node(1).host.pings(pod)
    agents.resync()
    assert aws.node(1).host.reaches(pod)
