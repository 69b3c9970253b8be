"""`kgctl trace --explain` names for each hop the rule, and the annotation or field that it comes from."""

import json

from hypothesis import given

from kgctl_py.changes.members import members
from kgctl_py.mesh.routing.explain_hops import Explanation
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import trace
from tests.cli.in_terminal import kgctl_in_terminal
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, node, peer
from tests.strategies import clusters, distinct_clusters

EXAMPLE = ("--from-file", "docs/example-cluster.yaml")

TO_A_POD = """\
to node/berlin-1:
  10.42.2.0/24 is the pod CIDR of node/berlin-2 (spec.podCIDR)
  node/berlin-1 leads location:berlin: leader annotation, public endpoint \
(kilo.squat.ai/leader, and kilo.squat.ai/endpoint or kilo.squat.ai/force-endpoint)
  peer/laptop connects to node/berlin-1 at 203.0.113.11:51820 \
(kilo.squat.ai/endpoint or kilo.squat.ai/force-endpoint)
  node/berlin-1 accepts 10.5.0.1 from peer/laptop: 10.5.0.1/32 is an allowed IP of peer/laptop \
(spec.allowedIPs)
to node/berlin-2:
  10.42.2.0/24 is the pod CIDR of node/berlin-2 (spec.podCIDR)
  node/berlin-1 and node/berlin-2 are in the same location, so they need no tunnel \
(kilo.squat.ai/location or the topology label)

"""


def test_each_hop_has_its_rules_and_where_they_come_from() -> None:
    done = kgctl(*EXAMPLE, "trace", "laptop", "10.42.2.17", "--explain")
    assert (done.exit_code, done.stderr) == (0, "")
    assert TO_A_POD in done.stdout
    assert (
        "node/berlin-2 does not lead location:berlin, "
        "so it sends traffic for other locations and peers to node/berlin-1\n" in (done.stdout)
    )


def test_the_rest_of_the_trace_stays_as_it_is() -> None:
    plain = kgctl(*EXAMPLE, "trace", "laptop", "10.42.2.17").stdout.splitlines()
    explained = kgctl(*EXAMPLE, "trace", "laptop", "10.42.2.17", "--explain").stdout.splitlines()
    assert [line for line in explained if line in plain and line] == [line for line in plain if line]


def test_an_endpoint_that_was_seen_names_the_node_that_saw_it() -> None:
    done = kgctl(*EXAMPLE, "trace", "laptop", "home-1", "--explain")
    assert (
        "peer/laptop connects to node/home-1 at 198.51.100.77:40312, where node/berlin-1 sees it "
        "(kilo.squat.ai/discovered-endpoints)\n"
    ) in done.stdout


def test_a_masqueraded_source_is_explained() -> None:
    cluster = Cluster([node("a1"), node("b1", 2, "b", allowed_location_ips="10.9.0.0/24")], [])
    done = cluster.kgctl("trace", "10.42.1.7", "10.9.0.4", "--explain")
    assert done.stdout.startswith("Path from node/a1 (10.42.1.7, masqueraded as 10.4.0.1) to 10.9.0.4\n")
    assert "  kg on node/a1 masquerades what pods send to networks other than those of Kilo\n" in done.stdout
    assert "  node/b1 accepts 10.4.0.1 from node/a1: 10.4.0.1/32 is the WireGuard IP of node/a1\n" in done.stdout
    assert "\nReturn path from network/location:b (10.9.0.4) to 10.4.0.1\n" in done.stdout


def test_a_network_beside_a_location_is_explained() -> None:
    cluster = Cluster([node("a1", allowed_location_ips="10.9.0.0/24")], [peer("p", persistentKeepalive=25)])
    done = cluster.kgctl("trace", "p", "10.9.0.4", "--explain")
    assert "10.9.0.0/24 is an allowed location IP of node/a1 (kilo.squat.ai/allowed-location-ips)" in (done.stdout)
    assert "node/a1 leads location:a, and reaches the network without a tunnel\n" in done.stdout
    assert "kgctl assumes that network/location:a sends all traffic for the mesh to node/a1\n" in done.stdout


def test_a_program_gets_the_rules_of_each_hop() -> None:
    data = json.loads(kgctl(*EXAMPLE, "trace", "laptop", "berlin-1", "--explain", "-o", "json").stdout)
    (hop,) = data["there"]["hops"]
    assert hop["rules"][0] == {
        "text": "10.1.0.11/32 is the internal IP of node/berlin-1",
        "place": {"kind": "node", "name": "berlin-1"},
        "field": "kilo.squat.ai/internal-ip or kilo.squat.ai/force-internal-ip",
    }
    plain = json.loads(kgctl(*EXAMPLE, "trace", "laptop", "berlin-1", "-o", "json").stdout)
    assert "rules" not in plain["there"]["hops"][0]


def test_it_fits_a_terminal_of_80_columns() -> None:
    shown = kgctl_in_terminal(*EXAMPLE, "trace", "laptop", "10.42.2.17", "--explain", columns=80)
    assert max(map(len, shown.stdout.splitlines())) <= 80


@given(clusters() | distinct_clusters())
def test_every_hop_of_every_trace_has_a_rule(cluster: Cluster) -> None:
    tables = RoutingTables(cluster.mesh(), cluster.topology())
    targets = members(tables.mesh, tables.topology)
    for start in targets.values():
        for end in targets.values():
            found = trace(tables, start, end)
            explanation = Explanation.of(tables, found)
            for path, rules in ((found.there, explanation.there), (found.back, explanation.back)):
                assert len(rules) == len(path.hops if path else ())
                assert all(rules)
