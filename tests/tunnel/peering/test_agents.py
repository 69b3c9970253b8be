"""The clusters of the lab work alone, Peers written by hand join them, and agents forget keys as Kilo's do."""

import pytest

from tests.tunnel.peering.mesh import unreachable
from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


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
    aws.put(edge.peer_by_hand(1, "twin"))
    joined.catch_up()
    assert aws.node(1).host.reaches(pod)
    aws.delete("twin")
    joined.catch_up()
    assert agents.forgotten == ["edge-1"]
    assert edge.node(1).key.public not in agents.keys(aws.node(1))
    assert not aws.node(1).host.pings(pod)
    agents.resync()
    assert aws.node(1).host.reaches(pod)
