"""Worlds drawn by Hypothesis, which shrinks one that disagrees to the smallest."""

from hypothesis import strategies as st

from kgctl_py.mesh.model import Granularity
from tests.worlds.plan import LocationPlan, NodePlan, PeerPlan, WorldPlan

_rarely = st.integers(0, 3).map(lambda number: number == 3)
_keepalives = st.sampled_from((0, 1))


@st.composite
def _locations(draw: st.DrawFn, index: int) -> LocationPlan:
    nat = draw(_rarely)
    nodes = st.builds(
        NodePlan,
        leader=_rarely,
        keepalive=st.just(1) if nat else _keepalives,
        has_internal_ip=_rarely.map(lambda rare: not rare),
        second_pod_cidr=_rarely,
    )
    return LocationPlan(
        nodes=tuple(draw(st.lists(nodes, min_size=1, max_size=2))),
        nat=nat,
        only_public=draw(_rarely),
        lan=draw(_rarely),
        twin=index > 0 and draw(_rarely),
    )


_peers = st.builds(
    PeerPlan,
    address=st.integers(1, 3),
    nat=st.booleans(),
    listens=st.booleans(),
    keepalive=_keepalives,
    psk=_rarely,
    network=_rarely,
)


@st.composite
def worlds(draw: st.DrawFn) -> WorldPlan:
    """Give one to three locations of one or two nodes, and up to three peers."""
    return WorldPlan(
        granularity=draw(st.sampled_from(Granularity)),
        locations=tuple(draw(_locations(index)) for index in range(draw(st.integers(1, 3)))),
        peers=tuple(draw(st.lists(_peers, max_size=3))),
        hears=draw(st.booleans()),
    )
