"""`kgctl showconf peer --all`: a folder with a file for every peer, or nothing."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, InMemoryCluster, key, listening_peer, node, peer

CLUSTER = Cluster(
    [node("n"), node("m", 2, "b")],
    [peer("a", 1), peer("b", 2, presharedKey=key("psk")), peer("c", 3, allowedIPs=[])],
)

QUICK = ("-o", "wg-quick", "--services", "none", "--dns", "none")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "confs"


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_every_ready_peer_has_the_file_that_it_would_be_shown(folder: Path) -> None:
    run = CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder))
    assert (run.exit_code, run.stdout) == (0, "")
    assert f'wrote 2 files to "{folder}"' in run.stderr
    assert 'peer "c" gets no configuration: it has no allowedIPs' in run.stderr
    assert contents(folder) == {f"{name}.conf": CLUSTER.kgctl("showconf", "peer", name).stdout for name in "ab"}


@pytest.mark.parametrize(
    ("options", "ending"),
    [
        (QUICK, ".conf"),
        (("--as-peer", "-o", "yaml"), ".yaml"),
        (("--as-peer", "-o", "json"), ".json"),
    ],
)
def test_every_format_can_be_had_for_all(folder: Path, options: tuple[str, ...], ending: str) -> None:
    assert CLUSTER.kgctl("showconf", "peer", "--all", *options, "-O", str(folder)).exit_code == 0
    expected = {f"{name}{ending}": CLUSTER.kgctl("showconf", "peer", name, *options).stdout for name in "ab"}
    assert contents(folder) == expected


def test_files_and_folder_are_for_their_owner_alone(folder: Path) -> None:
    CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_topology_is_computed_once(folder: Path) -> None:
    undecided = [node("o", 3, "c", endpoint="10.0.0.1:1"), node("p", 4, "c", endpoint="vpn.example.com:1")]
    cluster = InMemoryCluster(Cluster([*CLUSTER.nodes, *undecided], CLUSTER.peers).mesh)
    kgctl("showconf", "peer", "--all", "--as-peer", "-o", "yaml", "-O", str(folder), cluster=cluster)
    assert sorted(contents(folder)) == ["a.yaml", "b.yaml"]
    assert cluster.looked_up == ["vpn.example.com"]


def test_existing_files_stay_unless_forced(folder: Path) -> None:
    folder.mkdir()
    (folder / "b.conf").write_text("mine")
    run = CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder))
    assert (run.exit_code, contents(folder)) == (1, {"b.conf": "mine"})
    assert f'"{folder}/b.conf" already exists\nhint: to replace existing files, add --force' in run.stderr
    assert CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder), "--force").exit_code == 0
    assert sorted(contents(folder)) == ["a.conf", "b.conf"]
    assert "[Peer]" in (folder / "b.conf").read_text()


def test_a_name_that_leads_out_of_the_folder_is_refused(folder: Path) -> None:
    cluster = Cluster(CLUSTER.nodes, [peer("../evil", 1)])
    run = cluster.kgctl("showconf", "peer", "--all", "-O", str(folder))
    assert run.exit_code == 1
    assert 'peer "../evil" has a name that cannot be a file name' in run.stderr
    assert list(folder.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_reported(folder: Path) -> None:
    run = CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder / "deeper"))
    assert run.exit_code == 1
    assert f"hint: to create the folder: mkdir -p {folder}" in run.stderr
    folder.write_text("a file")
    assert "is a file, not a folder" in CLUSTER.kgctl("showconf", "peer", "--all", "-O", str(folder)).stderr


def test_nothing_is_left_when_a_file_cannot_be_written(folder: Path) -> None:
    folder.mkdir()
    cluster = Cluster(CLUSTER.nodes, [peer("a", 1), peer("b." * 120 + "b", 2)])  # a name as long as they may be
    cluster = Cluster(CLUSTER.nodes, [*cluster.peers, peer("c" * 253, 3)])
    run = cluster.kgctl("showconf", "peer", "--all", "-O", str(folder))
    assert run.exit_code == 1
    assert "file name too long" in run.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--all", "hint: add -O DIR"),
        ("--all a -O x", '--all and the name "a" exclude each other'),
        ("--all -O x --private-key k", "--private-key does not work with --all"),
        ("--all -O x -o wg-quick --address 10.0.0.1/32", "--address does not work with --all"),
        ("--all -O x --watch", "--watch does not work with --all"),
        ("--all -O x -o yaml", "add --as-peer"),
        ("", "missing argument NAME"),
    ],
)
def test_what_does_not_go_with_all_is_wrong_usage(line: str, words: str) -> None:
    run = CLUSTER.kgctl("showconf", "peer", *line.split())
    assert (run.exit_code, run.stdout) == (2, "")
    assert words in run.stderr


def test_a_long_name_is_told_of_for_wg_quick_would_not_take_it(folder: Path) -> None:
    cluster = Cluster(CLUSTER.nodes, [peer("a-name-of-seventeen", 1)])
    run = cluster.kgctl("showconf", "peer", "--all", *QUICK, "-O", str(folder))
    assert 'wg-quick cannot use "a-name-of-seventeen.conf": the file name' in run.stderr


def test_json_of_a_fleet_is_json(folder: Path) -> None:
    CLUSTER.kgctl("showconf", "peer", "--all", "--as-peer", "-o", "json", "-O", str(folder))
    assert json.loads((folder / "a.json").read_text())["metadata"] == {"name": "a"}


def test_remarks_about_several_peers_are_printed_once(folder: Path) -> None:
    holder = listening_peer(
        "b", 2, allowedIPs=["10.5.0.2/32", "203.0.113.1/32"]
    )  # for a and c a loop, not for itself
    cluster = Cluster(CLUSTER.nodes, [peer("a", 1), holder, peer("c", 3)])
    run = cluster.kgctl("showconf", "peer", "--all", *QUICK, "-O", str(folder))
    assert run.exit_code == 0
    assert run.stderr.count("K-LOOP") == 1
