"""`kgctl peering connect --watch` follows both clusters, and removes nothing while one of them does not answer."""

import dataclasses
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl_program
from tests.slowness import SLOWNESS
from tests.tunnel.host import until
from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Loop:
    """A run of `kgctl peering connect aws edge --watch`."""

    def __init__(self, world: World, folder: Path) -> None:
        self._errors = folder / "stderr"
        command = kgctl_program(
            "--kubeconfig", str(world.kubeconfig), "peering", "connect", "aws", "edge", "--watch"
        )
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)

    def says(self, words: str) -> bool:
        """Wait until it says something, and tell whether it did."""
        return until(lambda: words in self.text, within=45)

    @property
    def text(self) -> str:
        """What it has said so far."""
        return self._errors.read_text()

    def end(self) -> int:
        """Have it end as a service manager does, and give its exit code."""
        self._process.terminate()
        return self._process.wait(15 * SLOWNESS)

    def close(self) -> None:
        """End it, however it is."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def loop(world: World, tmp_path: Path) -> Iterator[Loop]:
    """A loop that has joined the clusters."""
    loop = Loop(world, tmp_path)
    try:
        assert until(lambda: [len(mesh.peers()) for mesh in world.meshes.values()] == [2, 2], within=45), loop.text
        world.catch_up()
        assert world.unreachable() == []
        yield loop
    finally:
        loop.close()


def test_when_a_leader_is_lost_the_next_one_is_used_without_anybody_doing_anything(
    world: World, loop: Loop
) -> None:
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    aws.lose(1)
    world.catch_up()
    key = aws.node(2).key.public
    assert until(lambda: edge.peers()["aws.loc.east"]["spec"]["publicKey"] == key, within=45), loop.text
    world.catch_up()
    assert world.unreachable() == []
    assert world.forgotten == []
    assert loop.end() == 0
    assert [len(mesh.peers()) for mesh in world.meshes.values()] == [2, 2]


def test_nothing_is_removed_while_a_cluster_does_not_answer_or_none_of_its_nodes_is_ready(
    world: World, loop: Loop
) -> None:
    aws, edge = world.meshes["aws"], world.meshes["edge"]
    before = aws.peers(), edge.peers()
    edge.server.stop()
    try:
        assert loop.says('cluster "edge" does not answer'), loop.text
        aws.put(*aws.manifests())  # a change that makes a new plan
        assert aws.node(1).host.reaches(edge.node(1).pod)
        time.sleep(2)
        assert aws.peers() == before[0]
    finally:
        edge.server.start()
    silent = (dataclasses.replace(node, alive=False) for node in edge.nodes.values())
    edge.put(*(node.manifest() for node in silent))  # as after minutes without an API server
    assert loop.says('cluster "edge" answers again'), loop.text
    time.sleep(2)
    assert (aws.peers(), edge.peers()) == before
    world.catch_up()
    assert world.unreachable() == []
    assert (aws.peers(), edge.peers()) == before
