"""`kgctl reach` says of each pair what a trace says, with the reason for each no."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given

from kgctl_py.changes.reach_matrix import reach_matrix
from kgctl_py.diagnose.trace_ends import find_end, trace_between
from kgctl_py.mesh.routing.agent_flags import AgentFlags
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict
from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl
from tests.in_memory import NOW, Cluster, node, peer
from tests.strategies import agent_flags, clusters, distinct_clusters, subnetted_clusters

EXAMPLE = ("--from-file", "docs/example-cluster.yaml", "reach")
CLUSTER = Cluster(
    [node("a1", 1), node("b1", 2, "b", wireguard_ip="10.4.0.2/16")],
    [peer("p", 1, persistentKeepalive=25), peer("q", 2)],
)

MATRIX = """\
           1 2 3 4
1 node/a1  . + + ?
2 node/b1  + . + ?
3 peer/p   + + . -
4 peer/q   + + - .

+ reached, ? perhaps, - not reached; from row to column

Not reached:
  - peer/p to and from peer/q
      neither peer/p nor peer/q has an endpoint, and Kilo does not relay between them

Perhaps reached:
  ? peer/q from node/a1, node/b1
      only if peer/q sends the first packet, because peer/q sends no keepalives and may be behind NAT

12 connections: 8 yes, 2 perhaps, 2 no
"""


def test_a_matrix_has_all_members_and_the_reasons_for_each_no() -> None:
    done = CLUSTER.kgctl("reach")
    assert (done.exit_code, done.stdout, done.stderr) == (0, MATRIX, "")


FROM_Q = """\
from peer/q to:
  + node/a1
  + node/b1
  - peer/p
      neither peer/p nor peer/q has an endpoint, and Kilo does not relay between them

+ reached, ? perhaps, - not reached

3 connections: 2 yes, 0 perhaps, 1 no
"""


def test_one_source_has_a_list_of_what_it_reaches() -> None:
    done = CLUSTER.kgctl("reach", "q")
    assert (done.exit_code, done.stdout, done.stderr) == (0, FROM_Q, "")


FROM_NOWHERE = """\
from 192.0.2.1 to:
  - all others
      no node or peer sends from 192.0.2.1

+ reached, ? perhaps, - not reached

4 connections: 0 yes, 0 perhaps, 4 no
"""


def test_one_reason_for_all_destinations_is_shown_once() -> None:
    assert CLUSTER.kgctl("reach", "192.0.2.1").stdout == FROM_NOWHERE
    assert CLUSTER.kgctl("--verbose", "reach", "192.0.2.1").stdout.count("no node or peer sends") == 4


def test_the_reason_for_a_node_and_its_pods_names_the_node() -> None:
    shown = kgctl(*EXAMPLE, "--pods").stdout
    concerned, reason = shown.split("  ? peer/phone to and from ", 1)[1].splitlines()[:2]
    assert concerned == "node/home-1, pods/home-1"
    assert "the NAT in front of node/home-1 accepts packets from peer/phone" in reason


def test_a_reason_for_several_nodes_and_their_pods_is_shown_once() -> None:
    late = [node(f"late-{number}", 10 + number, "l", last_seen=str(NOW - 60)) for number in range(3)]
    shown = Cluster([*CLUSTER.nodes, *late], CLUSTER.peers).kgctl("reach", "--pods").stdout
    late_ones = "from node/late-1 and its pods, node/late-2 and its pods"
    assert shown.count(f"\n      {late_ones}: the other node is not ready: last seen 1m0s ago\n") == 1


def test_an_address_can_be_the_source_and_pods_be_destinations() -> None:
    data = json.loads(CLUSTER.kgctl("reach", "10.42.1.9", "--pods", "-o", "json").stdout)
    assert (data["apiVersion"], data["kind"]) == ("kgctl.kilo.squat.ai/v1", "Reach")
    assert {one["from"]["kind"] for one in data["connections"]} == {"address"}
    assert [(one["to"]["kind"], one["to"]["name"], one["verdict"]) for one in data["connections"]] == [
        ("node", "a1", "yes"),
        ("node", "b1", "yes"),
        ("peer", "p", "yes"),
        ("peer", "q", "perhaps"),
        ("pods", "a1", "yes"),
        ("pods", "b1", "yes"),
    ]


def test_a_matrix_that_no_terminal_can_show_is_left_out_and_the_reasons_stay() -> None:
    shown = kgctl_in_terminal(*EXAMPLE, columns=50).stdout
    assert "from row to column" not in shown
    assert "Not reached:" in shown
    assert "from row to column" in kgctl_in_terminal(*EXAMPLE, columns=80).stdout


@pytest.mark.parametrize("args", [(), ("laptop",), ("--pods",)])
def test_it_fits_a_terminal_of_80_columns(args: tuple[str, ...]) -> None:
    assert max(map(len, kgctl_in_terminal(*EXAMPLE, *args, columns=80).stdout.splitlines())) <= 80


def test_an_unknown_name_is_an_error_with_similar_names() -> None:
    done = kgctl(*EXAMPLE, "lapto")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith('hint: did you mean "laptop"?\n')


@given(clusters() | distinct_clusters() | subnetted_clusters(), agent_flags)
def test_each_result_is_that_of_a_trace(cluster: Cluster, flags: AgentFlags) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    tables = RoutingTables(mesh, topology, flags=flags)
    matrix = reach_matrix(tables, pods=False)
    ends: Mapping[str, object] = {str(member): member for member in matrix.destinations}
    for (source, destination), reach in matrix.reach.items():
        if "network/" in f"{source}{destination}":
            continue
        assert str(source) in ends
        found = trace_between(tables, find_end(str(source), mesh), find_end(str(destination), mesh))
        reason = "" if found.verdict is Verdict.YES else found.reason
        assert (reach.verdict, reach.reason) == (found.verdict, reason)
