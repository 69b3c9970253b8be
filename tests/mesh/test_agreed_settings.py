import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.wireguard.endpoint import IPAddress, parse_ip
from tests.in_memory import Cluster, InMemoryCluster, node

FOUND = parse_ip("203.0.113.8")


def known(**_: str) -> dict[str, IPAddress]:
    assert FOUND
    return {"both.example.com": FOUND}


def test_the_granularity_is_what_the_nodes_state_unless_one_is_chosen() -> None:
    mesh = Cluster([node("a", 1), node("b", 2)]).mesh()
    assert [segment.name for segment in build_topology(mesh).segments] == ["location:a"]
    chosen = build_topology(mesh, granularity=Granularity.FULL)
    assert [segment.name for segment in chosen.segments] == ["node:a", "node:b"]


def test_a_missing_granularity_is_an_error_that_says_how_to_choose_one() -> None:
    mesh = Cluster([node("a", granularity=None), node("b", last_seen="1000")]).mesh()
    with pytest.raises(KgctlError, match="no ready node reports a granularity") as error:
        build_topology(mesh)
    assert "--mesh-granularity location" in error.value.hint


def test_no_ready_node_is_an_error_with_the_reasons_of_each() -> None:
    nodes = [node(f"n{n}", last_seen="1767257568", endpoint=None) for n in range(12)]
    with pytest.raises(KgctlError, match="no node is ready") as error:
        build_topology(Cluster(nodes).mesh())
    lines = error.value.hint.splitlines()
    assert lines[0] == 'node "n0" is not ready: no endpoint, last seen 7m12s ago'
    assert lines[10:] == ["and 2 more"]


def test_a_cluster_without_nodes_is_reported() -> None:
    with pytest.raises(KgctlError) as error:
        build_topology(Cluster().mesh())
    assert (error.value.message, error.value.hint) == (
        "the cluster has no nodes",
        "check that you selected the right cluster or file",
    )


def test_only_names_that_decide_a_leader_are_looked_up() -> None:
    nodes = [
        node("a", 1, "west", endpoint="10.0.0.1:1"),
        node("b", 2, "west", endpoint="both.example.com:1"),
        node("c", 3, "west", endpoint="203.0.113.3:1"),
        node("d", 4, "west", endpoint="after.example.com:1"),
        node("e", 5, "east", endpoint="alone.example.com:1"),
    ]
    mesh = Cluster(nodes).mesh()
    cluster = InMemoryCluster(lambda: mesh, known())
    leaders = {segment.name: segment.leader for segment in build_topology(mesh, look_up=cluster.look_up).segments}
    assert cluster.looked_up == ["both.example.com"]
    assert leaders["location:west"].name == "b"
    assert str(leaders["location:west"].endpoint) == "both.example.com:1"
    assert build_topology(mesh).segments[1].leader.name == "c"
