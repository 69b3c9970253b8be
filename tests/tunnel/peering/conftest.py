"""Two clusters for all tests of this folder that a worker has, which begin each test as they were at first."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.api.server import running
from tests.tunnel.lab import Lab, why_not
from tests.tunnel.peering.mesh import AWS, EDGE
from tests.tunnel.peering.world import World


@pytest.fixture(scope="package")
def started_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if reason := why_not():
        pytest.skip(reason)
    with contextlib.ExitStack() as stack:
        world = World(stack.enter_context(Lab()))
        stack.callback(world.close)
        for plan in (AWS, EDGE):
            server = running(tmp_path_factory.mktemp(plan.name), services=plan.services)
            world.add(stack.enter_context(server), plan)
        yield world


@pytest.fixture
def world(started_world: World) -> World:
    """The clusters aws and edge, each of which works by itself, without Peers."""
    started_world.restore()
    return started_world


@pytest.fixture
def joined(world: World) -> World:
    """The clusters, joined by Peers that were written by hand."""
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    for own, other in ((aws, edge), (edge, aws)):
        own.put(other.peer_by_hand(1), other.peer_by_hand(3))
    world.catch_up()
    assert world.unreachable() == []
    return world
