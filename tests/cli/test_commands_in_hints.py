"""A command in a hint has the options that chose the cluster, so that it acts on the same one."""

import json
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.cli.commands_in_hints import ClusterCommands
from kgctl_py.cluster.open import Options
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, Cluster, node, peer

PROD = Options(kubeconfig="my conf", context="prod")
SAVED = Options(from_file=("saved.yaml",), kubeconfig="conf")
CHOSEN = "--kubeconfig 'my conf' --context prod"


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("kgctl check", f"kgctl {CHOSEN} check"),
        ("to list names: kgctl get nodes -o wide", f"to list names: kgctl {CHOSEN} get nodes -o wide"),
        ("kgctl peer rotate a, or kgctl peer rm a", f"kgctl {CHOSEN} peer rotate a, or kgctl {CHOSEN} peer rm a"),
        (
            "kgctl manifests --part crds --no-cel | kubectl apply -f -",
            f"kgctl manifests --part crds --no-cel | kubectl {CHOSEN} apply -f -",
        ),
        ("kubectl -n kube-system logs x -c kilo", f"kubectl {CHOSEN} -n kube-system logs x -c kilo"),
        (
            "sudo --preserve-env=KUBECONFIG kgctl heal wg0",
            f"sudo --preserve-env=KUBECONFIG kgctl {CHOSEN} heal wg0",
        ),
        ("kubectl --context edge annotate node a b-", "kubectl --context edge annotate node a b-"),
        ("first\nkgctl check", f"first\nkgctl {CHOSEN} check"),
        ("kgctl peer set --help", "kgctl peer set --help"),
        (
            "for a peer: kgctl showconf peer a; for a node: kgctl showconf node a",
            f"for a peer: kgctl {CHOSEN} showconf peer a; for a node: kgctl {CHOSEN} showconf node a",
        ),
        ("kgctl keygen -O laptop", "kgctl keygen -O laptop"),
        ("remove the line; the Go kgctl writes it", "remove the line; the Go kgctl writes it"),
        ("", ""),
    ],
)
def test_each_command_of_a_hint_gets_the_options(hint: str, expected: str) -> None:
    assert ClusterCommands(PROD).in_hint(hint) == expected
    assert ClusterCommands(Options()).in_hint(hint) == hint


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("kgctl check", "kgctl --kubeconfig conf --from-file saved.yaml check"),
        (
            'did you mean "x"? To remove it: kubectl annotate node a y-',
            'did you mean "x"? To remove it in the live cluster: kubectl --kubeconfig conf annotate node a y-',
        ),
        (
            'did you mean "kgctl qr peer a"?',
            'did you mean "kgctl --kubeconfig conf --from-file saved.yaml qr peer a"?',
        ),
        ('did you mean "kgctl connect"?', 'did you mean "kgctl --kubeconfig conf connect"?'),
        ("kgctl peer rm a", "in the live cluster: kgctl --kubeconfig conf peer rm a"),
        (
            "use seconds; 25 suits most: kubectl annotate node a b=25",
            "use seconds; 25 suits most, in the live cluster: kubectl --kubeconfig conf annotate node a b=25",
        ),
        ("kubectl get pods -A", "kubectl --kubeconfig conf get pods -A"),
        (
            "kgctl peer rm a --git mesh, or run it again",
            "kgctl --kubeconfig conf --from-file saved.yaml peer rm a --git mesh, or run it again",
        ),
    ],
)
def test_a_command_that_changes_something_says_that_it_is_not_for_the_file(hint: str, expected: str) -> None:
    assert ClusterCommands(SAVED).in_hint(hint) == expected


@given(
    st.builds(
        Options,
        kubeconfig=st.none() | st.text(min_size=1),
        context=st.none() | st.text(min_size=1),
        cluster=st.text(),
        user=st.text(),
        as_user=st.text(),
        as_groups=st.lists(st.text(min_size=1)).map(tuple),
        as_uid=st.text(),
        from_file=st.lists(st.text(min_size=1)).map(tuple),
    )
)
def test_a_shell_reads_every_option_back(options: Options) -> None:
    words = iter(shlex.split(ClusterCommands(options).program("kgctl"))[1:])
    expected = [
        *(("--kubeconfig", options.kubeconfig), ("--context", options.context)),
        *(("--cluster", options.cluster), ("--user", options.user), ("--as", options.as_user)),
        *(("--as-group", group) for group in options.as_groups),
        ("--as-uid", options.as_uid),
        *(("--from-file", file) for file in options.from_file),
    ]
    assert list(zip(words, words, strict=True)) == [pair for pair in expected if pair[1]]


def test_every_message_has_them_on_stderr_and_in_the_report() -> None:
    cluster = Cluster([node("n", leader="false")], [peer("p")])
    chosen = ("--kubeconfig", "conf", "--as", "jane")
    prefix = "kgctl --kubeconfig conf --as jane"
    assert (
        cluster.kgctl(*chosen, "whois", "no-such-name")
        .stderr.splitlines()[-1]
        .endswith(f"{prefix} get nodes,peers -o wide")
    )
    told = cluster.kgctl(*chosen, "check").stdout
    assert f"hint: set a keepalive: {prefix} peer set p --keepalive 25\n" in told
    assert "kubectl --kubeconfig conf --as jane annotate node n kilo.squat.ai/leader-\n" in told
    assert prefix not in cluster.kgctl("keygen", "--help").stdout + cluster.kgctl("check").stdout


def test_the_command_of_a_finding_about_a_file_can_be_pasted() -> None:
    told = json.loads(kgctl("--from-file", str(EXAMPLE), "check", "-o", "json").stdout)
    (found,) = (
        finding
        for section in told["sections"]
        for check in section["checks"]
        for finding in check["findings"]
        if finding["code"] == "K-PEER-ROAM"
    )
    assert found["command"] == "kgctl peer set phone --keepalive 25"
    assert found["hint"] == f"set a keepalive in the live cluster: {found['command']}"


def test_a_path_with_a_blank_is_one_word(tmp_path: Path) -> None:
    file = tmp_path / "my mesh.yaml"
    file.write_bytes(EXAMPLE.read_bytes())
    run = kgctl("--from-file", str(file), "showconf", "node", "berlin-4")
    assert run.stderr.endswith(f"hint: to see what is wrong: kgctl --from-file '{file}' check\n")
