"""Each trace of random worlds is what a packet does: who answers, and whether anybody does."""

import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import Encapsulate
from tests.tunnel.lab import why_not
from tests.worlds.judge import judge
from tests.worlds.plan import ClusterPlan, LocationPlan, NodePlan, PeerPlan, ServicePlan, WorldPlan
from tests.worlds.strategy import possible, worlds

pytestmark = pytest.mark.slow

KINDS = {
    "one cluster": (1, False, 10),
    "IPv6": (1, True, 6),
    "two clusters": (2, False, 8),
    "two with IPv6": (2, True, 6),
}
"""The worlds of CI: how many clusters, whether with IPv6, and how many worlds."""


SEED = 20
"""A seed whose worlds have every feature."""


@pytest.fixture(autouse=True, scope="module")
def _lab() -> None:
    reason = why_not()
    if reason:
        pytest.skip(reason)


def each_world(kind: str, check: Callable[[WorldPlan], None]) -> None:
    """Check the same worlds of a kind every time; one that fails shrinks."""
    clusters, ipv6, count = KINDS[kind]

    @seed(SEED + len(kind))
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds(clusters, ipv6))
    def each(plan: WorldPlan) -> None:
        check(plan)

    each()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_every_trace_of_a_random_world_is_what_a_packet_does(kind: str) -> None:
    compared = across = services = reached = 0

    def check(plan: WorldPlan) -> None:
        nonlocal compared, across, services, reached
        judged = judge(plan)
        compared += judged.compared
        services += judged.services
        reached += judged.reached
        across += judged.across
        assert not judged.wrong, "\n".join(judged.wrong)

    each_world(kind, check)
    assert compared > 100
    assert services > 10
    assert reached > 50
    assert (across > 20) == ("two" in kind)


def test_each_feature_is_in_some_of_the_worlds() -> None:
    drawn: list[WorldPlan] = []
    for kind in KINDS:
        each_world(kind, drawn.append)
    counts = Counter(feature for plan in drawn for feature in features(plan))
    assert len(drawn) == 30
    assert set(counts) == FEATURES
    assert min(counts.values()) >= 3, counts


FEATURES = {
    *Granularity,
    *("never", "not told", "not masqueraded", "apart"),
    *("two clusters", "IPv6", "hears", "NAT", "public", "LAN", "twin", "leader", "alone", "second pod CIDR"),
    *("peer", "listens", "keepalive", "PSK", "network", "same address", "second address"),
    *("Service", "local Service", "without endpoints", "declared Services", "routed Services", "replaced sources"),
}


def features(plan: WorldPlan) -> set[str]:
    """Give what a world has, by name."""
    locations = [location for cluster in plan.clusters for location in cluster.locations]
    nodes = [node for location in locations for node in location.nodes]
    peers = [peer for cluster in plan.clusters for peer in cluster.peers]
    services = [service for cluster in plan.clusters for service in cluster.services]
    has = {
        "two clusters": len(plan.clusters) > 1,
        "IPv6": any(cluster.ipv6 for cluster in plan.clusters),
        "hears": plan.hears,
        "NAT": any(location.nat for location in locations),
        "public": any(location.only_public for location in locations),
        "LAN": any(location.lan for location in locations),
        "twin": any(location.twin for location in locations),
        "leader": any(node.leader for node in nodes),
        "alone": not all(node.has_internal_ip for node in nodes),
        "second pod CIDR": any(node.second_pod_cidr for node in nodes),
        "peer": bool(peers),
        "listens": any(peer.listens for peer in peers),
        "keepalive": any(peer.keepalive for peer in peers),
        "never": any(cluster.encapsulate is Encapsulate.NEVER for cluster in plan.clusters),
        "not told": any(cluster.encapsulate is None for cluster in plan.clusters),
        "not masqueraded": not all(cluster.masquerades for cluster in plan.clusters),
        "apart": any(node.apart for node in nodes),
        "PSK": any(peer.psk for peer in peers),
        "network": any(peer.network for peer in peers),
        "second address": any(peer.dual for peer in peers),
        "Service": bool(services),
        "local Service": any(service.local and service.pods for service in services),
        "without endpoints": any(not service.pods for service in services),
        "declared Services": any(one.services and one.declares_services for one in plan.clusters),
        "routed Services": any(one.services and any(peer.services for peer in one.peers) for one in plan.clusters),
        "replaced sources": any(one.services and one.replaces_sources for one in plan.clusters),
        "same address": any(len({peer.address for peer in one.peers}) < len(one.peers) for one in plan.clusters),
    }
    return {cluster.granularity for cluster in plan.clusters} | {name for name, holds in has.items() if holds}


NODE = NodePlan()
BEHIND_NAT = LocationPlan(nodes=(NodePlan(keepalive=1), NodePlan(keepalive=1)), nat=True, lan=True)
FOUND = {
    "the internal IP of a leader behind NAT is its endpoint, which wg-quick's file leaves out": (
        WorldPlan(
            clusters=(
                ClusterPlan(
                    granularity=Granularity.LOCATION,
                    locations=(LocationPlan(nodes=(NODE, NODE)), BEHIND_NAT),
                    peers=(PeerPlan(address=1, keepalive=1, nat=True), PeerPlan(address=2, listens=True)),
                ),
            ),
            hears=True,
        )
    ),
    "a network beside a location sends to Services by its leader, and another cluster by the one that it chose": (
        WorldPlan(
            clusters=(
                ClusterPlan(
                    granularity=Granularity.LOCATION,
                    locations=(LocationPlan(nodes=(NODE, NodePlan(has_internal_ip=False)), lan=True),),
                    services=(ServicePlan(pods=(0, 1)), ServicePlan(pods=(1,), local=True), ServicePlan(pods=())),
                    declares_services=True,
                    replaces_sources=True,
                ),
                ClusterPlan(granularity=Granularity.LOCATION, locations=(LocationPlan(nodes=(NODE,)),)),
            ),
        )
    ),
    "kg sets no route to an internal IP that is an endpoint, so a neighbour with this address gets the packet": (
        WorldPlan(
            clusters=(
                ClusterPlan(
                    granularity=Granularity.CROSS,
                    locations=(
                        LocationPlan(nodes=(NODE, NODE)),
                        LocationPlan(nodes=(NodePlan(keepalive=1),), nat=True, twin=True),
                    ),
                ),
            ),
        )
    ),
    "kg masquerades what a pod sends to a network, as an IP that the leader there may have, too": (
        WorldPlan(
            clusters=(
                ClusterPlan(
                    granularity=Granularity.LOCATION,
                    locations=(
                        LocationPlan(nodes=(NODE, NodePlan(leader=True))),
                        LocationPlan(nodes=(NODE,), lan=True, twin=True),
                        LocationPlan(nodes=(NODE,), lan=True),
                    ),
                ),
            ),
        )
    ),
    "WireGuard sends by allowed IPs what kg routes to another node with the same internal IP": WorldPlan(
        clusters=(
            ClusterPlan(
                granularity=Granularity.FULL,
                locations=(
                    LocationPlan(nodes=(NODE,)),
                    LocationPlan(nodes=(NodePlan(keepalive=1), NodePlan(keepalive=1)), nat=True, twin=True),
                ),
            ),
        ),
        hears=True,
    ),
    "of nodes with one internal IP in another cluster, that cluster chooses one": WorldPlan(
        clusters=(
            ClusterPlan(granularity=Granularity.LOCATION, locations=(LocationPlan(nodes=(NODE, NODE)),)),
            ClusterPlan(
                granularity=Granularity.LOCATION,
                locations=(LocationPlan(nodes=(NODE,)), LocationPlan(nodes=(NODE,), twin=True)),
            ),
        ),
    ),
}
"""Worlds that a trace was once wrong about."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", FOUND.values(), ids=FOUND)
def test_a_world_that_disagreed_once_agrees(plan: WorldPlan) -> None:
    judged = judge(plan)
    assert judged.wrong == ()
    assert judged.compared > 2 * judged.perhaps


def _encapsulated(*locations: LocationPlan, ipv6: bool = False) -> WorldPlan:
    cluster = ClusterPlan(
        granularity=Granularity.LOCATION,
        locations=locations,
        peers=(PeerPlan(address=1, keepalive=1),),
        ipv6=ipv6,
        encapsulate=Encapsulate.ALWAYS,
    )
    return WorldPlan(clusters=(cluster,))


TWO = LocationPlan(nodes=(NODE, NODE))
WITH_LAN = LocationPlan(nodes=(NODE, NODE), lan=True)
ENCAPSULATED = {
    "two locations": _encapsulated(TWO, WITH_LAN),
    "IPv6 packets, which the tunnel does not carry": _encapsulated(TWO, WITH_LAN, ipv6=True),
    "internal IPs that another location has, to which the tunnel does not lead": _encapsulated(
        TWO, LocationPlan(nodes=(NODE, NODE), lan=True, twin=True)
    ),
    "the internal IP of a node that the leader of another location has": _encapsulated(
        LocationPlan(nodes=(NODE, NodePlan(leader=True))), LocationPlan(nodes=(NODE,), lan=True, twin=True)
    ),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", ENCAPSULATED.values(), ids=ENCAPSULATED)
def test_a_world_in_which_kg_encapsulates_if_the_kernel_can_agrees(plan: WorldPlan) -> None:
    (cluster,) = plan.clusters
    tried = dataclasses.replace(cluster, encapsulate=possible(cluster.encapsulate))
    judged = judge(WorldPlan(clusters=(tried,)))
    assert judged.wrong == ()
    assert judged.compared > 10 * judged.perhaps
