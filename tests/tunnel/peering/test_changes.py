"""A peering follows: leaders are lost, keys, locations and Services move, and no agent forgets a key."""

import pytest

from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def connected(world: World) -> World:
    """The clusters, joined by kgctl."""
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    return world


def connect_again(world: World) -> None:
    """Let the agents see what has changed, connect, and see that every pod is reached, no key forgotten."""
    world.catch_up()
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    assert world.forgotten == []


def test_when_a_leader_is_lost_its_peer_is_given_the_next_leader(connected: World) -> None:
    aws, edge = connected.meshes["aws"], connected.meshes["edge"]
    before = edge.peers()
    aws.lose(1)
    connected.catch_up()
    assert not edge.node(1).host.pings(aws.node(2).pod)
    connect_again(connected)
    after = edge.peers()
    assert after.keys() == before.keys()
    assert after["aws.loc.east"]["spec"]["publicKey"] == aws.node(2).key.public
    assert after["aws.loc.west"] == before["aws.loc.west"]


def test_two_leaders_that_swap_their_keys_lose_no_peer(connected: World) -> None:
    first, second = (connected.meshes["aws"].node(number) for number in (1, 3))
    first.key, second.key = second.key, first.key
    connect_again(connected)


def test_a_leader_that_moves_to_a_new_location_takes_its_key_along(connected: World) -> None:
    aws, edge = connected.meshes["aws"], connected.meshes["edge"]
    aws.node(1).location = "south"
    connect_again(connected)
    keys = {name: peer["spec"]["publicKey"] for name, peer in edge.peers().items()}
    leaders = {"aws.loc.east": 2, "aws.loc.south": 1, "aws.loc.west": 3}
    assert keys == {name: aws.node(number).key.public for name, number in leaders.items()}


def test_a_leader_that_moves_to_the_location_of_another_one_takes_its_key_along(connected: World) -> None:
    aws, edge = connected.meshes["aws"], connected.meshes["edge"]
    aws.node(3).location, aws.node(3).leader = "east", True
    aws.node(1).leader, aws.node(1).location = False, "west"
    connect_again(connected)
    assert edge.peers()["aws.loc.west"]["spec"]["publicKey"] == aws.node(1).key.public


def test_the_services_stay_with_the_location_that_took_them_over(connected: World) -> None:
    aws, caller = connected.meshes["aws"], connected.meshes["edge"].node(1).host
    assert caller.hears(aws.plan.web, 80).startswith("I am aws-1,")
    aws.lose(1)
    aws.lose(2)
    connect_again(connected)
    assert caller.hears(aws.plan.web, 80).startswith("I am aws-3,")
    aws.find(1)
    aws.find(2)
    connect_again(connected)
    assert caller.hears(aws.plan.web, 80).startswith("I am aws-3,")


def test_peers_that_were_written_by_hand_are_adopted_without_a_key_being_forgotten(joined: World) -> None:
    before = [mesh.peers() for mesh in joined.meshes.values()]
    refused = joined.kgctl("peering", "connect", "aws", "edge", "--yes")
    assert (refused.exit_code, "K-PEERING-OWNED" in refused.output) == (1, True), refused.output
    assert [mesh.peers() for mesh in joined.meshes.values()] == before
    joined.peering("connect", "aws", "edge", "--yes", "--adopt")
    assert joined.unreachable() == []
    assert joined.forgotten == []
    assert [sorted(mesh.peers()) for mesh in joined.meshes.values()] == [
        ["edge.loc.berlin", "edge.loc.home"],
        ["aws.loc.east", "aws.loc.west"],
    ]
