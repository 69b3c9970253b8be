"""`kgctl trace` and `kgctl reach` use the flags of kg in the DaemonSets of a cluster, and name them."""

import json
from pathlib import Path

from typer.testing import Result

from tests.cli.kgctl import kgctl
from tests.kube.objects import Manifest, kilo
from tests.mesh.test_agent_flags import DROPPED, MISLED, TWINS

POD_TO_NETWORK = ("trace", "10.42.2.7", "10.9.0.4")


def saved(file: Path, *daemon_sets: Manifest) -> str:
    """Save a cluster with these DaemonSets."""
    items = [*TWINS.nodes, *TWINS.peers, *daemon_sets]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return str(file)


def run(folder: Path, args: tuple[str, ...], *daemon_sets: Manifest) -> Result:
    """Run kgctl on a saved cluster with these DaemonSets."""
    return kgctl("--from-file", saved(folder / "cluster.json", *daemon_sets), *args)


def last_line(folder: Path, *daemon_sets: Manifest) -> str:
    return run(folder, POD_TO_NETWORK, *daemon_sets).stdout.splitlines()[-1]


PERHAPS = f"perhaps: only if kg on node/a2 has --encapsulate=always, which is its default: otherwise, {DROPPED}"


def test_a_saved_cluster_without_a_daemon_set_leaves_it_open(tmp_path: Path) -> None:
    assert last_line(tmp_path) == PERHAPS


def test_the_daemon_set_decides_and_the_result_names_its_flag(tmp_path: Path) -> None:
    assert last_line(tmp_path, kilo()) == f"no: the packet arrives, but its reply does not: {MISLED}"
    refused = run(tmp_path, POD_TO_NETWORK, kilo("--encapsulate=never"))
    assert refused.exit_code == 1
    assert refused.stdout.endswith(f"no: {DROPPED} (kg on node/a2 has --encapsulate=never)\n")


def test_daemon_sets_that_disagree_leave_it_open(tmp_path: Path) -> None:
    assert last_line(tmp_path, kilo(), kilo("--encapsulate=never", place="kube-system/other")) == PERHAPS


def test_reach_uses_the_flags_and_names_them(tmp_path: Path) -> None:
    args = ("reach", "10.42.2.7", "-o", "json")
    for daemon_sets, verdict in (((), "perhaps"), ((kilo(),), "no"), ((kilo("--encapsulate=never"),), "no")):
        data = json.loads(run(tmp_path, args, *daemon_sets).stdout)
        (found,) = (one for one in data["connections"] if one["to"]["kind"] == "network")
        assert found["verdict"] == verdict
    assert found["reason"] == f"{DROPPED} (kg on node/a2 has --encapsulate=never)"


def test_explain_names_the_flags_of_the_hops_within_a_location(tmp_path: Path) -> None:
    args = ("trace", "10.42.2.7", "10.42.1.7", "--explain")
    encapsulated = run(tmp_path, args, kilo()).stdout
    assert (
        "  kg on node/a2 has --encapsulate=always, so it sends the packet to 10.1.0.1 through its IPIP tunnel\n"
    ) in encapsulated
    plugin = run(tmp_path, args, kilo("--local=false", "--compatibility=flannel", "--cni=false")).stdout
    assert "  kg on node/a2 has --local=false, so the CNI plugin routes packets within the location\n" in plugin
    assert (
        "IPIP" not in plugin + run(tmp_path, args).stdout + run(tmp_path, args, kilo("--encapsulate=never")).stdout
    )


def test_changes_shows_what_another_flag_cuts_off(tmp_path: Path) -> None:
    old, new = saved(tmp_path / "old.json", kilo("--encapsulate=never")), saved(tmp_path / "new.json", kilo())
    done = kgctl("changes", old, new)
    assert done.exit_code == 1
    assert "Cut off" in done.stdout
    assert MISLED in " ".join(done.stdout.split())
    assert "Cut off" not in kgctl("changes", old, old).stdout


def test_a_cluster_that_was_saved_without_its_daemon_set_does_not_look_as_if_flags_changed(tmp_path: Path) -> None:
    without, known = saved(tmp_path / "old.json"), saved(tmp_path / "new.json", kilo())
    for files in ((without, known), (known, without)):
        assert kgctl("changes", *files).stdout == kgctl("changes", known, known).stdout


def test_simulate_keeps_the_flags(tmp_path: Path) -> None:
    for daemon_sets, is_reached in (((kilo(),), True), ((), False)):
        done = run(tmp_path, ("simulate", "--without", "b1"), *daemon_sets)
        reached = done.stdout.partition("Newly reached:\n")[2].partition("\n\n")[0]
        assert ("the pods of node/a2" in reached) is is_reached
