"""The words for clusters: what is neither a context nor a file with a cluster is one clear error."""

from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: aws, context: {cluster: c}}, {name: edge, context: {cluster: c}}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config").write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aws").mkdir()
    (tmp_path / "clusters").mkdir()
    (tmp_path / "notes").write_text("buy milk")
    (tmp_path / "notes.yaml").write_text("buy: milk")
    (tmp_path / "k3s.yaml").write_text(KUBECONFIG)
    (tmp_path / "k3s.json").write_text('{"apiVersion": "v1", "kind": "Config"}')
    return tmp_path


@pytest.mark.parametrize("command", [("connect",), ("status",), ("verify",), ("rm",)], ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("word", "code", "message", "hint"),
    [
        ("notes", 2, 'cluster "notes": context "notes" not found', "if this file is a saved cluster, use ./notes"),
        (
            "clusters",
            2,
            'cluster "clusters": context "clusters" not found',
            'hint: the contexts are "aws" and "edge"',
        ),
        ("./clusters", 2, '"clusters" is a folder, not a saved cluster', "add --git NAME=clusters"),
        ("k3s.yaml", 2, '"k3s.yaml" is a kubeconfig', "to use its current context, write k3s.yaml#"),
        ("k3s.json", 2, '"k3s.json" is a kubeconfig', "to use its current context, write k3s.json#"),
        ("none", 1, 'context "none" not found', 'the contexts are "aws" and "edge"'),
    ],
)
def test_a_word_that_means_no_cluster(
    folder: Path, command: tuple[str, ...], word: str, code: int, message: str, hint: str
) -> None:
    run = kgctl("peering", *command, word, "edge")
    assert (run.exit_code, run.stdout) == (code, ""), run.output
    assert message in run.stderr
    assert hint in run.stderr
    assert run.stderr.count("kgctl: ") == 1


def test_a_file_without_a_cluster_says_so(folder: Path) -> None:
    run = kgctl("peering", "connect", "notes.yaml", "edge")
    assert (run.exit_code, run.stderr.count("kgctl: ")) == (1, 1), run.output
    assert 'cluster "notes": "notes.yaml" has an object without a kind' in run.stderr


def test_a_context_is_meant_though_a_folder_has_its_name(folder: Path) -> None:
    run = kgctl("--request-timeout", "5s", "peering", "connect", "aws", "edge")
    assert (run.exit_code, "http://127.0.0.1:1" in run.stderr) == (1, True), run.output
