"""Members that are alike reach others alike: every single trace ends as the one of its class."""

import time

from hypothesis import example, given
from hypothesis import strategies as st

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.members import members
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags, Encapsulate
from kgctl_py.mesh.routing.alike import classes
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, trace
from tests.in_memory import Cluster, node, peer
from tests.strategies import agent_flags, clusters, distinct_clusters, subnetted_clusters

granularities = st.sampled_from(Granularity)


OTHER_VERSION = Cluster([node("a1", 1), node("a2", 2), node("a3", 3, internal_ip="fd00::3/64")])
"""A location in which kg cannot set routes to one node."""


SUBNETS = Cluster(
    [
        node("a1", 1, internal_ip="10.1.0.1/16", leader="true"),
        node("a2", 2, internal_ip="10.1.9.2/16"),
        node("a3", 3, internal_ip="10.1.0.3/16"),
        node("a4", 4, internal_ip="10.1.0.4/24"),
    ]
)
"""A location in which one of the subnets contains only some nodes of the other one."""
NEVER = AgentFlags(encapsulate=Encapsulate.NEVER, compatibility="", local=True, cni=True)


@example(OTHER_VERSION, Granularity.LOCATION, UNKNOWN)
@example(SUBNETS, Granularity.LOCATION, NEVER)
@given(clusters() | distinct_clusters() | subnetted_clusters(), granularities, agent_flags)
def test_a_trace_between_two_members_ends_as_any_between_their_classes(
    cluster: Cluster, granularity: Granularity, flags: AgentFlags
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology(granularity)
    tables = RoutingTables(mesh, topology, flags=flags)
    targets = members(mesh, topology)
    alike = classes(tables, targets)
    verdicts: dict[tuple[int, int, bool, bool], tuple[Verdict, Member, Member]] = {}
    for source, start in targets.items():
        for destination, end in targets.items():
            is_within = start.place == end.place
            if source == destination or (is_within and source.kind is not MemberKind.NETWORK):
                continue
            a, b = alike[source], alike[destination]
            verdict = trace(tables, start, end).verdict
            key = a.number, b.number, a.segment == b.segment, is_within
            first = verdicts.setdefault(key, (verdict, source, destination))
            assert first[0] is verdict, (first, source, destination, verdict)


def test_in_a_regular_mesh_few_classes_hold_all_members() -> None:
    nodes = [node(f"n{n}", n, "abcd"[n % 4], internal_ip=f"10.{n % 4}.0.{n}/24") for n in range(1, 41)]
    cluster = Cluster(nodes, [peer(f"p{n}", n) for n in range(1, 41)])
    mesh, topology = cluster.mesh(), cluster.topology()
    targets = members(mesh, topology)
    found = classes(RoutingTables(mesh, topology), targets)
    assert len(targets) == 120
    assert len({alike.number for alike in found.values()}) == 5


def test_the_classes_of_many_allowed_ips_take_time_in_proportion_to_them() -> None:
    many = peer("many", 1, allowedIPs=[f"10.6.{n >> 8}.{n & 255}/32" for n in range(6_000)])
    cluster = Cluster([node("a", 1, "x"), node("b", 2, "y")], [many, peer("other", 2)])
    mesh, topology = cluster.mesh(), cluster.topology()
    started = time.process_time()
    classes(RoutingTables(mesh, topology), members(mesh, topology))
    assert time.process_time() - started < 20  # each with each takes minutes
