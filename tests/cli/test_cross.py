"""Commands on a cluster with granularity `cross`: two nodes of one location have no tunnel, and nobody minds."""

import json

import pytest

from tests.in_memory import Cluster, key, node, peer

CLUSTER = Cluster(
    [node(name, number, name[0], granularity="cross") for number, name in enumerate(("a1", "a2", "b1"), 1)],
    [peer("laptop")],
)


def printed(*args: str) -> str:
    run = CLUSTER.kgctl(*args)
    assert (run.exit_code, run.stderr) == (0, ""), run.output
    return run.stdout


def test_the_configuration_of_a_node_has_only_peers_of_other_locations() -> None:
    conf = printed("showconf", "node", "a1")
    assert (key("b1") in conf, key("laptop") in conf, key("a2") in conf) == (True, True, False)


def test_a_peer_has_all_nodes() -> None:
    conf = printed("showconf", "peer", "laptop")
    assert all(key(name) in conf for name in ("a1", "a2", "b1"))


def test_the_graph_has_no_tunnel_within_a_location() -> None:
    assert json.loads(printed("graph", "-o", "json"))["granularity"] == "cross"
    full = CLUSTER.kgctl("graph", "--mesh-granularity", "full").stdout
    edges = [
        {line for line in text.splitlines() if "--" in line or "->" in line} for text in (printed("graph"), full)
    ]
    assert len(edges[0]) < len(edges[1])


@pytest.mark.parametrize(("source", "destination"), [("a1", "a2"), ("a1", "b1"), ("laptop", "a2")])
def test_a_trace_arrives(source: str, destination: str) -> None:
    assert json.loads(printed("trace", source, destination, "-o", "json"))["verdict"] == "yes"


def test_check_finds_no_error_and_understands_the_value() -> None:
    run = CLUSTER.kgctl("check", "-o", "json")
    assert (run.exit_code, json.loads(run.stdout)["errors"], "K-VALUE" in run.stdout) == (0, 0, False)


def test_all_nodes_and_peers_reach_each_other() -> None:
    printed("reach")
