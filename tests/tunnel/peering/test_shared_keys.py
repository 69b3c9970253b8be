"""Two Peers with one key: when kgctl takes the key from one of them, the tunnel of the other goes on."""

from pathlib import Path

import pytest
import yaml

from kgctl_py.render.json_yaml import as_yaml
from tests.tunnel.peering.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def twins(joined: World) -> World:
    """The clusters, where the Peer `twin` of aws has the key and the allowed IPs of `edge-1`."""
    aws, edge = joined.meshes["aws"], joined.meshes["edge"]
    aws.put(edge.peer_by_hand(1, "twin"))
    joined.catch_up()
    return joined


def knows_the_key(world: World) -> bool:
    """Return whether the leader of aws knows the key of edge-1, and packets go there."""
    leader, edge = world.meshes["aws"].node(1), world.meshes["edge"].node(1)
    return edge.key.public in world.agents["aws"].keys(leader) and leader.host.reaches(edge.pod)


def test_rm_of_one_peer_leaves_the_key_to_the_other(twins: World) -> None:
    result = twins.kgctl("--context", "aws", "peer", "rm", "twin")
    assert 'peer "edge-1" has the same public key; kgctl updated it' in result.stderr
    twins.catch_up()
    assert twins.agents["aws"].forgotten == ["edge-1"]  # after the deletion, until the update
    assert knows_the_key(twins)


def test_rm_of_both_peers_forgets_the_key(twins: World) -> None:
    assert twins.kgctl("--context", "aws", "peer", "rm", "twin", "edge-1").exit_code == 0
    twins.catch_up()
    assert not knows_the_key(twins)


def test_rotate_of_one_peer_leaves_the_old_key_to_the_other(twins: World, tmp_path: Path) -> None:
    file = str(tmp_path / "twin.conf")
    result = twins.kgctl("--context", "aws", "peer", "rotate", "twin", "--yes", "-O", file)
    assert 'peer "edge-1" has the same public key; kgctl updated it' in result.stderr
    twins.catch_up()
    assert twins.agents["aws"].forgotten == ["edge-1"]
    assert knows_the_key(twins)


def test_in_git_the_other_peer_is_named_and_a_change_of_it_brings_the_key_back(
    twins: World, tmp_path: Path
) -> None:
    aws, agents = twins.meshes["aws"], twins.agents["aws"]
    (tmp_path / "kustomization.yaml").write_text("resources: [edge-1.yaml, twin.yaml]\n")
    for name in ("edge-1", "twin"):
        (tmp_path / f"{name}.yaml").write_text(as_yaml(twins.meshes["edge"].peer_by_hand(1, name)))
    in_folder = ("--git", str(tmp_path))
    told = twins.kgctl("--context", "aws", "peer", "rm", "twin", *in_folder).stderr
    assert (
        'warning: peer "edge-1" has the same public key, so agents may not know it for up to five minutes' in told
    )
    assert "must be changed again after you apply the folder" in told
    aws.delete("twin")  # as the folder is applied
    agents.catch_up()
    assert not knows_the_key(twins)
    assert (
        twins.kgctl("--context", "aws", "peer", "set", "edge-1", "--description", "again", *in_folder).exit_code
        == 0
    )
    aws.put(yaml.safe_load((tmp_path / "edge-1.yaml").read_text()))
    agents.catch_up()
    assert knows_the_key(twins)
