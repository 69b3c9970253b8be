"""The flags of kg decide what a trace otherwise leaves open, and the reason of such a verdict names the flag."""

import pytest
from hypothesis import example, given

from kgctl_py.changes.members import members
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags, Encapsulate
from kgctl_py.mesh.routing.explain_hops import Explanation
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace, Verdict, trace
from kgctl_py.mesh.routing.trace_targets import Target, destination_at, source_at
from tests.in_memory import Cluster, node, peer
from tests.mesh.test_whois import ip
from tests.strategies import agent_flags, clusters, subnetted_clusters

ALWAYS, CROSS_SUBNET, NEVER = (
    AgentFlags(encapsulate=one, compatibility="", local=True, cni=True) for one in Encapsulate
)
FLANNEL = AgentFlags(encapsulate=Encapsulate.ALWAYS, compatibility="flannel", local=False, cni=False)
TWINS = Cluster(
    [
        node("a1", leader="true"),
        node("a2", 2),
        node("b1", 3, "b", allowed_location_ips="10.9.0.0/24", internal_ip="10.1.0.2/24"),
    ],
    [peer("p", persistentKeepalive=25)],
)
"""The internal IP of a node is also that of the leader of another location, which has a network."""
SUBNETS = Cluster([node("a1", leader="true"), node("a2", 2, internal_ip="10.2.0.2/24")], TWINS.peers)
SIX = Cluster(
    [
        node(
            f"a{n}", n, internal_ip=f"fd00:1::{n}/64", pod_cidr=f"fd42:0:0:{n}::/64", wireguard_ip=f"fd04::{n}/64"
        )
        for n in (1, 2)
    ],
    [peer("p", persistentKeepalive=25, allowedIPs=["fd05::1/128"])],
)


def run(cluster: Cluster, flags: AgentFlags, source: str, destination: str) -> Trace:
    """Trace between addresses."""
    mesh, topology = cluster.mesh(), cluster.topology()
    tables = RoutingTables(mesh, topology, flags=flags)
    return trace(tables, source_at(ip(source), mesh, topology), destination_at(ip(destination)))


DROPPED = "node/b1 drops the packet, because its source 10.1.0.2 is the internal IP of node/b1"
MISLED = (
    "kg on node/a1 has --encapsulate=always, but its IPIP tunnel does not reach node/a2, "
    "because node/a1 routes 10.1.0.2/32 to node/b1"
)
OF_POD_CIDR = "node/a2 masquerades as an address of its pod CIDR, by --local and --compatibility of kg"
KEPT = "the source 10.42.2.7, which kg with --cni=false does not masquerade"


@pytest.mark.parametrize(
    ("flags", "verdict", "reason"),
    [
        (
            UNKNOWN,
            Verdict.PERHAPS,
            f"only if kg on node/a2 has --encapsulate=always, which is its default: otherwise, {DROPPED}",
        ),
        (ALWAYS, Verdict.NO, f"the packet arrives, but its reply does not: {MISLED}"),
        (CROSS_SUBNET, Verdict.NO, f"{DROPPED} (kg on node/a2 has --encapsulate=crosssubnet)"),
        (NEVER, Verdict.NO, f"{DROPPED} (kg on node/a2 has --encapsulate=never)"),
        (FLANNEL, Verdict.PERHAPS, f"only if the CNI plugin on node/a2 keeps {KEPT}: otherwise, {DROPPED}"),
        (
            AgentFlags(encapsulate=Encapsulate.ALWAYS, compatibility="", local=False, cni=True),
            Verdict.PERHAPS,
            f"only if {OF_POD_CIDR}: otherwise, {DROPPED}",
        ),
        (
            AgentFlags(encapsulate=Encapsulate.NEVER),
            Verdict.NO,
            f"{DROPPED} (kg on node/a2 has --encapsulate=never)",
        ),
    ],
)
def test_the_flags_decide_which_source_a_packet_of_a_pod_has(
    flags: AgentFlags, verdict: Verdict, reason: str
) -> None:
    found = run(TWINS, flags, "10.42.2.7", "10.9.0.4")
    assert (found.verdict, found.reason) == (verdict, reason)


def test_with_cni_false_kg_masquerades_only_packets_to_networks_beside_its_location() -> None:
    beside = Cluster([node("a1", allowed_location_ips="10.9.0.0/24"), node("b1", 2, "b")])
    for pod, masqueraded in (("10.42.1.7", "10.1.0.1"), ("10.42.2.7", None)):
        found = run(beside, FLANNEL, pod, "10.9.0.4")
        assert found.verdict is Verdict.YES
        assert found.there
        assert found.there.masqueraded_as == (masqueraded and ip(masqueraded))


def test_a_result_that_only_the_flags_decide_names_them() -> None:
    own = {"internal_ip": "10.1.0.2/24", "endpoint": "10.1.0.2:51820"}  # kg routes no endpoint into its tunnel
    beside = node("b1", 3, "b", allowed_location_ips="10.9.0.0/24", persistent_keepalive="25", **own)
    found = run(Cluster([*TWINS.nodes[:2], beside]), ALWAYS, "10.42.2.7", "10.9.0.4")
    assert (found.verdict, found.reason) == (
        Verdict.YES,
        "the packet and its reply arrive (kg on node/a2 has --encapsulate=always)",
    )


@pytest.mark.parametrize("source", ["10.42.1.7", "10.5.0.1"])
def test_a_leader_encapsulates_what_it_sends_to_an_internal_ip_that_its_location_also_has(source: str) -> None:
    nodes = [node("z1", location="z"), node("z2", 2, "z"), node("b1", 3, "b", internal_ip="10.1.0.2/24")]
    later = Cluster(nodes, TWINS.peers)
    told = "only if the other node with 10.1.0.2 accepts IPIP packets: kg on node/z1 has --encapsulate=always"
    for flags, is_told in ((UNKNOWN, False), (CROSS_SUBNET, False), (NEVER, False), (ALWAYS, True)):
        found = run(later, flags, source, "10.1.0.2")
        assert found.there
        assert any(told in text for text in found.there.doubts) is is_told


def test_the_tunnel_of_a_node_does_not_lead_to_a_leader_whose_internal_ip_another_location_has() -> None:
    nodes = [node("a1", leader="true"), node("a2", 2), node("b1", 3, "b", internal_ip="10.1.0.1/24")]
    twins = Cluster(nodes, TWINS.peers)
    assert run(twins, NEVER, "10.42.2.7", "10.42.3.7").verdict is Verdict.YES
    assert run(twins, ALWAYS, "10.42.2.7", "10.42.3.7").reason == (
        "kg on node/a2 has --encapsulate=always, but its IPIP tunnel does not reach node/a1, "
        "because node/a2 routes 10.1.0.1/32 to another location or a peer"
    )


@pytest.mark.parametrize(
    ("flags", "pods", "outward"),
    [(ALWAYS, True, True), (CROSS_SUBNET, True, True), (NEVER, False, False), (FLANNEL, True, True)],
)
def test_without_encapsulation_nodes_of_different_subnets_must_be_on_one_link(
    flags: AgentFlags, pods: bool, outward: bool
) -> None:
    for destination, is_certain in (("10.42.1.7", pods), ("10.5.0.1", outward)):
        found = run(SUBNETS, flags, "10.42.2.7", destination)
        assert (found.verdict is Verdict.YES) is is_certain
        assert is_certain or found.doubts[0] == (
            "only if node/a2 and node/a1 are on one link: kg on node/a2 has --encapsulate=never, "
            "and sends directly to 10.1.0.1, which is not in 10.2.0.0/24"
        )


def test_the_routes_of_a_cni_plugin_within_a_location_do_not_depend_on_encapsulation() -> None:
    flags = AgentFlags(encapsulate=Encapsulate.NEVER, compatibility="", local=False, cni=True)
    assert run(SUBNETS, flags, "10.42.2.7", "10.42.1.7").verdict is Verdict.YES
    assert run(SUBNETS, flags, "10.42.2.7", "10.5.0.1").verdict is Verdict.PERHAPS


@pytest.mark.parametrize("destination", ["fd42:0:0:1::7", "fd05::1"])
def test_the_tunnel_of_kg_does_not_carry_ipv6_packets(destination: str) -> None:
    for flags in (UNKNOWN, CROSS_SUBNET, NEVER, FLANNEL):
        assert run(SIX, flags, "fd42:0:0:2::7", destination).verdict is Verdict.YES
    found = run(SIX, ALWAYS, "fd42:0:0:2::7", destination)
    assert (found.verdict, found.reason) == (
        Verdict.NO,
        "kg on node/a2 has --encapsulate=always, but its IPIP tunnel does not carry IPv6 packets to node/a1",
    )


@pytest.mark.parametrize("flags", [ALWAYS, NEVER])
def test_nothing_is_known_about_packets_between_neighbors_that_are_segments_of_their_own(
    flags: AgentFlags,
) -> None:
    mesh, topology = SUBNETS.mesh(), SUBNETS.topology(Granularity.CROSS)
    source, destination = source_at(ip("10.42.2.7"), mesh, topology), destination_at(ip("10.42.1.7"))
    assert trace(RoutingTables(mesh, topology, flags=flags), source, destination).verdict is Verdict.YES


def test_a_packet_that_needs_another_source_depends_on_the_cni_plugin() -> None:
    own = node("b1", 3, "b", allowed_location_ips="10.9.0.0/24", internal_ip="10.42.2.1/24")
    cluster = Cluster([*TWINS.nodes[:2], own])
    tables = RoutingTables(cluster.mesh(), cluster.topology(), flags=FLANNEL)
    pod = Target(place=Place(Kind.NODE, "a2"), addresses=(ip("10.42.2.1"),))
    found = trace(tables, pod, destination_at(ip("10.9.0.4")))
    assert found.reason == (
        "only if the CNI plugin on node/a2 replaces the source 10.42.2.1, which kg with --cni=false does not "
        "masquerade: otherwise, node/b1 drops the packet, "
        "because its source 10.42.2.1 is the internal IP of node/b1"
    )
    rules = Explanation.of(tables, found).there[0]
    assert rules[0].text.startswith("the CNI plugin on node/a2 masquerades what pods send")


@example(TWINS, ALWAYS)
@example(TWINS, FLANNEL)
@given(subnetted_clusters() | clusters(), agent_flags)
def test_the_reason_of_each_verdict_that_depends_on_flags_names_one(cluster: Cluster, flags: AgentFlags) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    without, known = RoutingTables(mesh, topology), RoutingTables(mesh, topology, flags=flags)
    targets = members(mesh, topology).values()
    for source in targets:
        for destination in targets:
            old, new = trace(without, source, destination), trace(known, source, destination)
            assert old.verdict is new.verdict or "--" in f"{old.condition}{new.reason}", (old.reason, new.reason)
            assert "--encapsulate=" not in new.reason or flags.encapsulate in (None, *_named(new.reason))


def _named(reason: str) -> list[str]:
    return [one for one in Encapsulate if f"--encapsulate={one}" in reason]


@given(subnetted_clusters() | clusters(), agent_flags)
def test_a_condition_about_encapsulation_is_left_only_where_the_flag_is_unknown(
    cluster: Cluster, flags: AgentFlags
) -> None:
    mesh, topology = cluster.mesh(), cluster.topology()
    tables = RoutingTables(mesh, topology, flags=flags)
    targets = members(mesh, topology).values()
    traces = [trace(tables, source, destination) for source in targets for destination in targets]
    assert flags.encapsulate is None or not any("which is its default" in one.condition for one in traces)
