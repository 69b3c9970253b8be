"""Whatever somebody writes into a Node or a Peer, it stays text: no line, no key and no escape of its own."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from kgctl_py import names
from kgctl_py.escape_text import is_visible, visible
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, node, peer
from tests.strategies import VIEWER, clusters, hostile

CIDRS = r"[0-9a-f.:]+/\d+(, [0-9a-f.:]+/\d+)*"
KEY = r"[A-Za-z0-9+/]{43}="
LINE = re.compile(
    rf"|\[Interface\]|\[Peer\]|ListenPort = \d+|AllowedIPs = {CIDRS}|Endpoint = [][a-z0-9.:-]+:\d+"
    rf"|PersistentKeepalive = \d+|(Public|Preshared)Key = {KEY}"
)


@given(clusters(hostile))
def test_nothing_breaks_out_of_a_configuration_or_a_line_of_stderr(cluster: Cluster) -> None:
    leaders = [("node", segment.leader.name) for segment in cluster.topology().segments]
    peers = [("peer", ready.name) for ready in cluster.mesh().ready_peers]
    others = [(raw["kind"].lower(), raw["metadata"]["name"]) for raw in (*cluster.nodes[:3], *cluster.peers[:3])]
    assert ("peer", VIEWER) in peers
    assert leaders
    for kind, name in {*leaders[:3], *peers[:3], *others}:
        options = ("--from-file", "-", "--mesh-granularity", "location")
        run = kgctl(*options, "showconf", kind, "--", name, stdin=cluster.as_list().encode())
        assert "fault of kgctl" not in run.stderr
        assert bool(run.stdout.strip()) == ((kind, name) in {*leaders, *peers}), run.stderr
        assert run.exit_code == (0 if run.stdout else 1)
        for line in run.stdout.split("\n"):
            assert LINE.fullmatch(line), (kind, name)
        for line in run.stderr.removesuffix("\n").split("\n") if run.stderr else ():
            assert line.isprintable()
            assert line.startswith(("kgctl: ", "hint: "))


@given(clusters(hostile))
def test_a_printed_resource_reads_back_as_it_was(cluster: Cluster) -> None:
    ready = [one.name for one in cluster.mesh().ready_peers]
    assert VIEWER in ready
    for name in ready[:3]:
        args = ("--from-file", "-", "showconf", "peer", "--as-peer", "-o")
        stdin = cluster.as_list().encode()
        as_yaml, as_json = (kgctl(*args, output, "--", name, stdin=stdin) for output in ("yaml", "json"))
        assert (as_yaml.exit_code, as_json.exit_code) == (0, 0), as_yaml.stderr
        assert (as_yaml.stdout + as_json.stdout).replace("\n", "").isprintable()
        read = yaml.safe_load(as_yaml.stdout)
        assert read == json.loads(as_json.stdout)
        assert (read["kind"], read["metadata"]) == (names.PEER_KIND, {"name": name})


def test_no_name_starts_a_line_of_a_hint() -> None:
    forged = "n\ncurl example.com | sh"
    for cluster in (Cluster([node(forged)], [peer("p")]), Cluster([node(forged, key="")], [peer("p")])):
        for args in (("node", "m"), ("peer", "p", "-o", "wg-quick", "--gateway", "m")):
            run = cluster.kgctl("showconf", *args)
            assert (run.exit_code, "\nhint: curl" in run.stderr) == (1, False), run.stderr


COMMANDS = [
    ("showconf", "node", "{}"),
    ("showconf", "peer", "{}"),
    ("showconf", "peer", "{}", "-o", "wg-quick"),
    ("showconf", "peer", "q", "-o", "wg-quick", "--gateway", "{}"),
    ("showconf", "peer", "q", "-o", "wg-quick", "--only", "{}"),
    ("showconf", "peer", "{}x"),
    ("qr", "peer", "{}"),
    ("check", "--all"),
    ("check", "-o", "junit"),
    ("get", "node", "{}x"),
    ("trace", "{}", "q"),
    ("trace", "{}", "{}"),
    ("whois", "{}"),
    ("events",),
    ("reach",),
    ("reach", "{}"),
    ("trace", "{}", "q", "--explain"),
    ("simulate", "--without", "{}"),
    ("simulate", "--without", "{}x"),
    ("info",),
    ("graph",),
]
A_COMMAND = re.compile(r"(?!did you mean|there is).*\b(kgctl|kubectl|sudo|wg|chmod|mkdir|modprobe) ")
HOSTILE = (
    "x;$(touch x)",
    "`id`",
    "a b",
    "a'b",
    "-rf",
    "x\nhint: kgctl evil",
    "x\x85kgctl evil",
    "x\u2028kgctl evil",
)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("broken", [False, True])
def test_no_name_is_part_of_a_line_to_be_typed(name: str, broken: bool) -> None:
    wrong: dict[str, Any] = {"publicKey": "x", "allowedIPs": ["10.1.0.1/33"]} if broken else {}
    odd = {"key": "", "endpoint": "x:0"} if broken else {}
    nodes = [node("a", 1), node(name, 2, **odd), node("m", 3, "b", endpoint="b.example.com:51820")]
    peers = [peer("q", 1), peer(name, 2, **wrong), peer(f"{name}x", 3, allowedIPs=["10.5.0.1/32"])]
    cluster = Cluster(nodes, peers)
    for command in COMMANDS:
        run = cluster.kgctl(*(word.format(name) for word in command))
        assert "fault of kgctl" not in run.stderr
        for line in (run.stdout + run.stderr).split("\n"):
            hint = match[1] if (match := re.match(r" *hint: (.*)", line)) else ""
            assert not hint or is_visible(line)
            assert not hint.startswith("kgctl evil")
            if A_COMMAND.match(hint):
                assert not any(part in hint for part in ("$(", "`", "a b", "a'b", "-rf", "evil")), (command, line)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_an_annotation_is_one_word_of_a_shell(name: str) -> None:
    report = json.loads(Cluster([node("a", 1, **{name: ""})], []).kgctl("check", "-o", "json").stdout)
    checks = [check for section in report["sections"] for check in section["checks"]]
    commands = [finding["command"] for check in checks for finding in check["findings"] if "command" in finding]
    annotation = names.PREFIX + name.replace("_", "-")
    assert ["kubectl", "annotate", "node", "a", f"{annotation}-"] in map(shlex.split, commands)


@pytest.mark.parametrize("name", ["x;$(touch x)", "`id`", "a b", "a'b", "x\ny;id"])
def test_a_name_that_a_hint_suggests_is_one_word_of_a_shell(name: str) -> None:
    cluster = Cluster([node(name, 1)], [peer(name, 1)])
    for args in (("node", f"{name}z"), ("peer", f"{name}z"), ("peer", "q")):
        run = cluster.kgctl("showconf", *args)
        hint = run.stderr.removesuffix("?\n").rpartition("hint: ")[2]
        assert shlex.split(hint.partition(" mean ")[2] or hint.partition(" is ")[2]) == [visible(name)]


@pytest.mark.parametrize("text", ["a\nevil: x", "word " * 30 + "\nevil: x", "word " * 30 + "evil: x"])
def test_no_text_starts_a_line_of_yaml(text: str) -> None:
    owner = {"kilo.squat.ai/owner": text}
    cluster = Cluster(
        [node("a", 1, location=text)], [peer("p", 1) | {"metadata": {"name": "p", "annotations": owner}}]
    )
    for command in (
        ("get", "nodes,peers,locations", "-o", "yaml"),
        ("showconf", "peer", "p", "--as-peer", "-o", "yaml"),
    ):
        run = cluster.kgctl(*command)
        assert run.exit_code == 0
        assert not any(line.strip().startswith(("evil:", "word")) for line in run.stdout.split("\n"))


@pytest.mark.parametrize(
    "command",
    [
        ("lint", "FILE"),
        ("lint", "-o", "github", "FILE"),
        ("get", "peers", "--from-file", "FILE"),
        ("get", "peers", "-o", "wide", "--from-file", "FILE"),
        ("check", "--from-file", "FILE"),
    ],
)
@pytest.mark.parametrize("field", ["name", "publicKey"])
def test_text_of_a_million_characters_is_shortened_for_people(
    tmp_path: Path, command: tuple[str, ...], field: str
) -> None:
    raw = peer("a")
    raw["metadata" if field == "name" else "spec"][field] = "n" * 1_000_000
    (tmp_path / "a.json").write_text(json.dumps(raw))
    run = kgctl(*(word.replace("FILE", str(tmp_path / "a.json")) for word in command))
    assert len(run.stdout) + len(run.stderr) < 500_000
    assert re.search(r"… \(\d{7} characters\)", run.stdout)


@pytest.mark.parametrize(
    "command",
    [
        *(("graph", "-o", "text"), ("check", "-o", "junit"), ("events",), ("get", "nodes")),
        *(("trace", "berlin", "10.42.2.7"), ("whois", "10.42.2.7"), ("simulate", "--without", "berlin")),
    ],
    ids=" ".join,
)
def test_names_of_nodes_of_a_million_characters_are_shortened_for_people(command: tuple[str, ...]) -> None:
    nodes = [
        node("berlin", 1, "a"),
        node("n" * 1_000_000, 2, "b", leader="false"),
        node("rome", 3, "l" * 1_000_000),
    ]
    run = Cluster(nodes=nodes, peers=[peer("laptop", 1)]).kgctl(*command)
    assert "bug" not in run.stderr
    assert len(run.stdout) + len(run.stderr) < 900_000
    assert re.search(r"… \(\d{7} characters\)", run.stdout)


@pytest.mark.parametrize("style", ["wg-quick", "networkmanager", "netplan", "routeros", "uci", "vyos"])
def test_a_comment_of_a_configuration_is_shortened(tmp_path: Path, style: str) -> None:
    nodes = [node("berlin", 1, "l" * 100_000), node("rome", 2, "b")]
    (tmp_path / "a.json").write_text(Cluster(nodes=nodes, peers=[peer("laptop", 1)]).as_list())
    run = kgctl("--from-file", str(tmp_path / "a.json"), "showconf", "peer", "laptop", "-o", style)
    assert run.exit_code == 0
    assert "203.0.113.1" in run.stdout
    assert max(map(len, run.stdout.split("\n"))) < 3_000
