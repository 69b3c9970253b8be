"""Names for the shell to complete: those of the cluster that the line chooses, and nothing else ever."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from kgctl_py.kilo import resources
from tests.cli.kgctl import completed
from tests.kube.fake_server import FakeServer, Reply, endless_list, status

EXAMPLE = str(Path(__file__).parents[2] / "docs/example-cluster.yaml")
HOSTILE = ("$(reboot)", "a;b", "x\ny", "UPPER")


def peers(*called: str) -> Reply:
    spec = {"allowedIPs": ["10.5.0.1/32"], "publicKey": f"{'A' * 42}E="}
    return Reply(
        body=json.dumps({"items": [{"metadata": {"name": name}, "spec": spec} for name in called]}).encode()
    )


def contexts(file: Path, *servers: str) -> str:
    """Write a kubeconfig with a context for each server, named by its place; the first is the current one."""
    entries = [(str(place), server) for place, server in enumerate(servers)]
    content = {
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in entries],
        "contexts": [{"name": name, "context": {"cluster": name}} for name, _ in entries],
        "current-context": "0",
    }
    file.write_text(json.dumps(content))
    return str(file)


def test_names_of_nodes_and_peers_are_offered() -> None:
    assert completed("--from-file", EXAMPLE, "showconf", "node", "paris") == (
        ["paris-1", "paris-2", "paris-3"],
        "",
    )
    assert completed("--from-file", EXAMPLE, "peer", "rm", "") == (["backup", "laptop", "office", "phone"], "")


def test_an_invalid_line_prints_nothing_during_completion() -> None:
    _, said = completed("--from-file", EXAMPLE, "showconf", "--as-peer=maybe", "peer", "")
    assert not said


def test_the_context_on_the_line_chooses_the_cluster(tmp_path: Path) -> None:
    with (
        FakeServer({resources.PEERS_PATH: [peers("here")]}) as one,
        FakeServer({resources.PEERS_PATH: [peers("there")]}) as two,
    ):
        config = ("--kubeconfig", contexts(tmp_path / "config", one.url, two.url))
        assert completed(*config, "showconf", "peer", "") == (["here"], "")
        assert completed(*config, "--context", "1", "showconf", "peer", "") == (["there"], "")
        assert completed(*config, "--context", "no", "showconf", "peer", "") == ([], "")


def test_a_name_that_a_shell_could_take_for_code_is_not_offered(tmp_path: Path) -> None:
    with FakeServer({resources.PEERS_PATH: [peers("good", *HOSTILE)]}) as server:
        config = ("--kubeconfig", contexts(tmp_path / "config", server.url))
        assert completed(*config, "showconf", "peer", "") == (["good"], "")


def test_an_unreachable_cluster_completes_no_names_and_prints_nothing(tmp_path: Path) -> None:
    with FakeServer({resources.PEERS_PATH: [status(403, "no")]}) as server:
        config = ("--kubeconfig", contexts(tmp_path / "config", server.url))
        assert completed(*config, "showconf", "peer", "") == ([], "")
    assert completed(*config, "showconf", "peer", "") == ([], "")
    assert completed("--from-file", str(tmp_path / "missing"), "showconf", "peer", "") == ([], "")


def test_a_list_without_an_end_gives_no_names_in_time(tmp_path: Path) -> None:
    with FakeServer({resources.PEERS_PATH: endless_list()}) as server:
        config = ("--kubeconfig", contexts(tmp_path / "config", server.url))
        started = time.monotonic()
        assert completed(*config, "showconf", "peer", "") == ([], "")
        assert time.monotonic() - started < 10


def test_kubectl_is_answered_in_lines_that_end_with_its_directive(tmp_path: Path) -> None:
    file = tmp_path / "a cluster.yaml"
    shutil.copy(EXAMPLE, file)
    script = "from kgctl_py.__main__ import complete_for_kubectl; complete_for_kubectl()"
    command = [sys.executable, "-c", script, "--from-file", str(file), "showconf", "peer", "o"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.stdout.split(), done.stderr) == (["office", ":4"], "")
