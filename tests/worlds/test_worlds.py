"""Each trace of random worlds is what a packet does: who answers, and whether anybody does."""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from kgctl_py.mesh.model import Granularity
from tests.tunnel.lab import why_not
from tests.worlds.judge import judge
from tests.worlds.plan import LocationPlan, NodePlan, PeerPlan, WorldPlan
from tests.worlds.strategy import worlds

pytestmark = pytest.mark.slow

WORLDS = 10
"""Worlds of each seed."""


@pytest.fixture(autouse=True, scope="module")
def _lab() -> None:
    reason = why_not()
    if reason:
        pytest.skip(reason)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("start", [1, 2, 3])
def test_every_trace_of_a_random_world_is_what_a_packet_does(start: int) -> None:
    compared = 0

    @seed(start)
    @settings(
        max_examples=WORLDS,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def each(plan: WorldPlan) -> None:
        nonlocal compared
        judged = judge(plan)
        compared += judged.compared
        assert not judged.wrong, "\n".join(judged.wrong)

    each()
    assert compared > 100


NODE = NodePlan()
BEHIND_NAT = LocationPlan(nodes=(NodePlan(keepalive=1), NodePlan(keepalive=1)), nat=True, lan=True)
FOUND = {
    "the internal IP of a leader behind NAT is its endpoint, which wg-quick's file leaves out": (
        WorldPlan(
            granularity=Granularity.LOCATION,
            locations=(LocationPlan(nodes=(NODE, NODE)), BEHIND_NAT),
            peers=(PeerPlan(address=1, keepalive=1, nat=True), PeerPlan(address=2, listens=True)),
            hears=True,
        )
    ),
}
"""Worlds that a trace was once wrong about."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", FOUND.values(), ids=FOUND)
def test_a_world_that_disagreed_once_agrees(plan: WorldPlan) -> None:
    judged = judge(plan)
    assert judged.wrong == ()
    assert judged.compared > 2 * judged.perhaps
