"""`kgctl peering connect --git`: the Peers of a cluster are files, and the cluster itself is not written."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kgctl_py import names
from kgctl_py.kube.api_error import ApiError
from tests.in_memory import key, peer
from tests.peering.clusters import World, aws, edge
from tests.peering.test_status import joined, server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "aws"
    (path / "peers").mkdir(parents=True)
    (path / "kustomization.yaml").write_text("resources: []\n")
    return path


def in_folder(folder: Path) -> tuple[str, ...]:
    return ("connect", "aws", "edge", "--git", f"aws={folder}")


def files(folder: Path) -> dict[str, Any]:
    return {file.stem: yaml.safe_load(file.read_text()) for file in (folder / "peers").iterdir()}


def listed(folder: Path) -> list[str]:
    return sorted(yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"] or [])


def test_one_cluster_is_written_to_a_folder_and_the_other_to_its_api_server(folder: Path) -> None:
    world, whole = World(aws=aws(), edge=edge()), joined()
    run = world.kgctl(*in_folder(folder))
    assert run.exit_code == 0, run.output
    assert (world.peers("aws"), sorted(world.peers("edge"))) == ({}, ["aws.loc.eu-west"])
    made = files(folder)
    assert sorted(made) == ["edge.loc.berlin", "edge.loc.home"]
    for name, manifest in made.items():
        wanted = whole.peers("aws")[name]
        assert manifest["spec"] == wanted["spec"]
        assert manifest["metadata"] | {"resourceVersion": ""} == wanted["metadata"] | {"resourceVersion": ""}
    assert listed(folder) == ["peers/edge.loc.berlin.yaml", "peers/edge.loc.home.yaml"]
    assert run.stderr == f"kgctl: to apply the folder: kubectl --context aws apply -k {folder}\n"


def test_a_second_run_changes_no_file_whether_the_folder_was_applied_or_not(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl(*in_folder(folder))
    assert world.kgctl(*in_folder(folder)).stdout.count("no change") == 2
    for manifest in files(folder).values():
        server(world, "aws").create(manifest)
    run = world.kgctl(*in_folder(folder))
    assert (run.stdout.count("no change"), "not in the folder" in run.stderr) == (2, False), run.output


def test_a_new_leader_changes_a_file_and_keeps_its_comments(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl(*in_folder(folder))
    file = folder / "peers" / "edge.loc.berlin.yaml"
    file.write_text("# ours\n" + file.read_text())
    server(world, "edge").nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    assert world.kgctl(*in_folder(folder)).exit_code == 0
    assert file.read_text().startswith("# ours\n")
    assert files(folder)["edge.loc.berlin"]["spec"]["publicKey"] == key("edge berlin-2")


def test_peers_that_are_in_the_cluster_are_added_to_the_folder(folder: Path) -> None:
    world = joined()
    before = dict(world.peers("aws"))
    run = world.kgctl(*in_folder(folder))
    assert run.exit_code == 0, run.output
    assert sorted(files(folder)) == ["edge.loc.berlin", "edge.loc.home"]
    assert world.peers("aws") == before


def test_a_removed_segment_leaves_the_folder_and_its_peer_in_the_cluster_is_named(folder: Path) -> None:
    world = joined()
    world.kgctl(*in_folder(folder))
    del server(world, "edge").nodes[2]
    run = world.kgctl(*in_folder(folder), "--yes")
    assert run.exit_code == 0, run.output
    assert (sorted(files(folder)), listed(folder)) == (["edge.loc.berlin"], ["peers/edge.loc.berlin.yaml"])
    assert "warning: aws still has edge.loc.home, which the folder does not contain" in run.stderr
    assert "kubectl --context aws delete peers.kilo.squat.ai edge.loc.home" in run.stderr


def test_a_peer_that_is_replaced_but_only_in_the_cluster_is_named(folder: Path) -> None:
    old = peer("berlin-1", publicKey=key("edge berlin-1"), allowedIPs=["10.44.11.0/24"])
    world = World(aws=aws(peers=[old]), edge=edge())
    assert "K-PEERING-OWNED" in world.kgctl(*in_folder(folder)).stderr
    run = world.kgctl(*in_folder(folder), "--adopt")
    assert run.exit_code == 0, run.output
    assert "warning: aws still has berlin-1, which the folder does not contain" in run.stderr
    assert list(world.peers("aws")) == ["berlin-1"]


def test_keys_that_move_between_files_are_told(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl(*in_folder(folder))
    first, second = (server(world, "edge").nodes[n]["metadata"]["annotations"] for n in (0, 2))
    first[names.KEY], second[names.KEY] = second[names.KEY], first[names.KEY]
    run = world.kgctl(*in_folder(folder), "--yes")
    assert run.exit_code == 0, run.output
    assert "agents of aws may miss edge.loc.berlin, edge.loc.home for up to five minutes" in run.stderr
    assert files(folder)["edge.loc.home"]["spec"]["publicKey"] == key("edge berlin-1")


def test_a_first_run_that_fails_leaves_the_folder_as_it_was(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    server(world, "edge").fault = lambda verb, _: ApiError("no", status=403) if verb == "create" else None
    run = world.kgctl(*in_folder(folder))
    assert (run.exit_code, files(folder), listed(folder)) == (1, {}, []), run.output


def test_a_separation_changes_the_folder_and_names_the_peers_that_the_cluster_still_has(folder: Path) -> None:
    world = joined()
    (folder / "peers" / "laptop.yaml").write_text(yaml.safe_dump(peer("laptop")))
    (folder / "kustomization.yaml").write_text("resources:\n# ours\n- peers/laptop.yaml\n")
    before = {file: file.read_text() for file in folder.rglob("*.yaml")}
    world.kgctl(*in_folder(folder))
    run = world.kgctl("rm", "aws", "edge", "--git", f"aws={folder}")
    assert run.exit_code == 0, run.output
    assert {file: file.read_text() for file in folder.rglob("*.yaml")} == before
    assert (sorted(world.peers("aws")), world.peers("edge")) == (
        ["edge.loc.berlin", "edge.loc.home", "laptop"],
        {},
    )
    first, second, third, hint = run.stderr.splitlines()
    assert first == f"kgctl: 2 Peers for edge removed from {folder}"
    assert second == "kgctl: 1 Peer for aws removed from edge"
    assert (
        third == "kgctl: warning: aws still has edge.loc.berlin, edge.loc.home, which the folder does not contain"
    )
    assert "kubectl --context aws delete peers.kilo.squat.ai edge.loc.berlin edge.loc.home" in hint


def test_a_separation_of_two_folders_names_the_peers_that_each_cluster_still_has(tmp_path: Path) -> None:
    world = joined()
    folders = {name: tmp_path / name for name in ("aws", "edge")}
    for one in folders.values():
        one.mkdir()
        (one / "kustomization.yaml").write_text("resources: []\n")
    in_folders = [word for name, one in folders.items() for word in ("--git", f"{name}={one}")]
    written = world.kgctl("connect", "aws", "edge", *in_folders)
    assert written.exit_code == 0, written.output
    run = world.kgctl("rm", "aws", "edge", *in_folders)
    assert run.exit_code == 0, run.output
    for name, peers in (("aws", "edge.loc.berlin edge.loc.home"), ("edge", "aws.loc.eu-west")):
        assert f"kubectl --context {name} delete peers.kilo.squat.ai {peers}\n" in run.stderr


def test_a_separation_of_a_folder_can_be_repeated_until_the_cluster_follows(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl(*in_folder(folder))
    for manifest in files(folder).values():
        server(world, "aws").create(manifest)
    separate = ("rm", "aws", "--peering", "edge", "--git", f"aws={folder}")
    assert "2 Peers for edge removed" in world.kgctl(*separate).stderr
    again = world.kgctl(*separate)
    assert (again.exit_code, files(folder)) == (0, {})
    assert "aws: no Peers to remove" in again.stderr
    assert "aws still has edge.loc.berlin, edge.loc.home, which the folder does not contain" in again.stderr
    world.peers("aws").clear()
    assert world.kgctl(*separate).stderr == "kgctl: aws: no Peers to remove\n"


def test_a_separation_of_a_folder_changes_no_node_and_tells_how_to(folder: Path) -> None:
    far = edge()
    del far.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE]
    world = World(aws=aws(), edge=far)
    in_git = ("aws", "edge", "--git", f"edge={folder}")
    assert world.kgctl("connect", *in_git, "--annotate").exit_code == 0
    run = world.kgctl("rm", *in_git)
    assert (run.exit_code, files(folder)) == (0, {})
    assert far.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE] == "25"
    assert 'warning: cluster "edge": node "home-1" still has the keepalive that kgctl set' in run.stderr
    command = (
        f"kubectl --context edge annotate node home-1 {names.PERSISTENT_KEEPALIVE}- {names.PEERING_KEEPALIVE}-"
    )
    assert f"hint: to remove it after you apply the folder: {command}" in run.stderr


def test_a_separation_that_is_tried_out_changes_no_file(folder: Path) -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl(*in_folder(folder))
    run = world.kgctl("rm", "aws", "edge", "--git", f"aws={folder}", "--dry-run", "client")
    assert (run.exit_code, len(files(folder)), len(world.peers("edge"))) == (0, 2, 1), run.output


def test_a_card_with_a_folder_can_be_separated(folder: Path, tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    card = tmp_path / "aws.yaml"
    world.kgctl("export", "aws", "-O", str(card))
    world.kgctl("connect", str(card), "edge", "--git", f"aws={folder}")
    run = world.kgctl("rm", str(card), "edge", "--git", f"aws={folder}")
    assert (run.exit_code, files(folder), listed(folder), world.peers("edge")) == (0, {}, [], {}), run.output


def test_a_preshared_key_in_a_folder_is_told(folder: Path) -> None:
    run = World(aws=aws(), edge=edge()).kgctl(*in_folder(folder), "--psk")
    assert (run.exit_code, "can read the preshared key" in run.stderr) == (0, True)
    assert all("presharedKey" in one["spec"] for one in files(folder).values())


def test_a_card_with_a_folder_can_be_written(folder: Path, tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    card = tmp_path / "aws.yaml"
    assert world.kgctl("export", "aws", "-O", str(card)).exit_code == 0
    run = world.kgctl("connect", str(card), "edge", "--git", f"aws={folder}")
    assert (run.exit_code, len(files(folder)), len(world.peers("edge"))) == (0, 2, 1), run.output


def test_a_dry_run_changes_no_file(folder: Path) -> None:
    run = World(aws=aws(), edge=edge()).kgctl(*in_folder(folder), "--dry-run", "client")
    assert (run.exit_code, files(folder)) == (0, {})
    assert "apply -k" not in run.stderr


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--watch",), 2, "--git and --watch exclude each other"),
        (("--print", "yaml"), 2, "--git and --print exclude each other"),
        (("--dry-run", "server"), 2, "use --dry-run client"),
        (("--git", "x=."), 2, '--git "x=." does not start with the name of one of the clusters'),
        (("--git", "edge"), 2, '--git "edge" is not NAME=DIR'),
    ],
)
def test_a_wrong_command_line_changes_nothing(folder: Path, args: tuple[str, ...], code: int, words: str) -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl(*in_folder(folder), *args)
    assert (run.exit_code, words in run.stderr, files(folder), world.peers("edge")) == (code, True, {}, {}), (
        run.output
    )


def test_a_folder_is_that_of_one_cluster_and_has_a_kustomization(folder: Path, tmp_path: Path) -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl(*in_folder(folder), "--git", f"edge={folder}/../aws")
    assert (run.exit_code, "two --git options have the same folder" in run.stderr) == (2, True), run.output
    run = world.kgctl(*in_folder(tmp_path))
    assert (run.exit_code, world.peers("edge")) == (1, {}), run.output
