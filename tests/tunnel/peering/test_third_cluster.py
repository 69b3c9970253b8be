"""Three clusters: each pair has Peers of its own, and nothing goes through one cluster to another one."""

from collections.abc import Iterator

import pytest

from tests.api.server import running
from tests.tunnel.peering.mesh import LAKE, unreachable
from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def three(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The clusters aws, edge and lake."""
    with running(tmp_path_factory.mktemp(LAKE.name), services=LAKE.services) as server:
        world.add(server, LAKE)
        world.catch_up()
        yield world
        world.remove(LAKE.name)


def test_three_clusters_are_joined_at_once_and_one_leaves(three: World) -> None:
    aws, edge, lake = three.meshes.values()
    three.peering("connect", "aws", "edge", "lake", "--yes")
    assert three.unreachable() == []
    three.peering("rm", "aws", "lake", "--yes")
    assert unreachable(aws.living, edge.living) == []
    assert unreachable(edge.living, lake.living) == []
    assert len(unreachable(aws.living, lake.living, within=0)) == 9
    assert three.forgotten == []
