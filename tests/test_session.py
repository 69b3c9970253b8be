import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.model import Granularity
from kgctl_py.session import Session
from tests.in_memory import Cluster, node


def test_the_granularity_is_what_the_nodes_state_unless_one_is_chosen() -> None:
    mesh = Cluster([node("a", 1), node("b", 2)]).mesh()
    assert [one.name for one in Session().topology(mesh).segments] == ["location:a"]
    chosen = Session(granularity=Granularity.FULL).topology(mesh)
    assert [one.name for one in chosen.segments] == ["node:a", "node:b"]


def test_no_granularity_at_all_is_an_error_that_says_how_to_choose_one() -> None:
    mesh = Cluster([node("a", granularity=None), node("b", last_seen="1000")]).mesh()
    with pytest.raises(KgctlError, match="no ready node states a mesh granularity") as error:
        Session().topology(mesh)
    assert "--mesh-granularity location" in error.value.hint


def test_no_ready_node_is_an_error_with_the_reasons_of_each() -> None:
    nodes = [node(f"n{n}", last_seen="1767257568", endpoint=None) for n in range(12)]
    with pytest.raises(KgctlError, match="did not find any valid Kilo nodes in the cluster") as error:
        Session().topology(Cluster(nodes).mesh())
    lines = error.value.hint.splitlines()
    assert lines[0] == 'node "n0" is not ready: no endpoint, last seen 7m12s ago'
    assert lines[10:] == ["and 2 more"]


def test_a_cluster_without_nodes_says_so() -> None:
    with pytest.raises(KgctlError) as error:
        Session().topology(Cluster().mesh())
    assert error.value.hint == "there is no node at all"
