"""`kgctl peering verify` and `status` tell of real tunnels what the leaders have heard."""

import json

import pytest

from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FOUR_TUNNELS = 4


def verified(world: World) -> tuple[int, int, int, list[str]]:
    """Return the exit code, in how many tunnels each side has heard the other, and the codes of what was found."""
    result = world.kgctl("peering", "verify", "aws", "edge", "-o", "json")
    told = json.loads(result.stdout)
    near, far = (sum(pair[side] is True for pair in told["pairs"]) for side in ("seen", "seenBack"))
    return result.exit_code, near, far, [finding["code"] for finding in told["findings"]]


def test_verify_passes_as_soon_as_the_agents_have_told_of_every_tunnel(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.catch_up()
    assert verified(world) == (0, FOUR_TUNNELS, FOUR_TUNNELS, [])
    told = world.peering("status", "aws", "edge")
    assert told.count("4/4") == 2


def test_verify_fails_when_a_peer_was_deleted_or_a_leader_is_not_heard(world: World) -> None:
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.meshes["edge"].delete("aws.loc.west")
    world.catch_up()
    assert verified(world) == (1, FOUR_TUNNELS, 2, ["K-PEERING-DRIFT"])
    assert 'peer "aws.loc.west" does not exist' in world.kgctl("peering", "verify", "aws", "edge").stdout
    world.peering("connect", "aws", "edge", "--yes")
    assert world.unreachable() == []
    world.catch_up()
    assert verified(world) == (0, FOUR_TUNNELS, FOUR_TUNNELS, [])
