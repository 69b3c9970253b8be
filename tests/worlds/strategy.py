"""Worlds drawn by Hypothesis, which shrinks one that disagrees to the smallest."""

from hypothesis import strategies as st

from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.routing.agent_flags import Encapsulate
from tests.tunnel.host import kernel_has_ipip
from tests.worlds.plan import ClusterPlan, LocationPlan, NodePlan, PeerPlan, ServicePlan, WorldPlan

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
        apart=_rarely,
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
    dual=_rarely,
    services=st.booleans(),
)
_services = st.builds(
    ServicePlan, pods=st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple), local=_rarely
)


def possible(encapsulate: Encapsulate | None) -> Encapsulate | None:
    """Give a flag, or that for no tunnel if this machine has no IPIP."""
    return encapsulate if encapsulate is None or kernel_has_ipip() else Encapsulate.NEVER


_encapsulate = st.sampled_from((None, *Encapsulate, Encapsulate.ALWAYS)).map(possible)


@st.composite
def _clusters(draw: st.DrawFn, *, ipv6: bool, locations: int, peers: int) -> ClusterPlan:
    return ClusterPlan(
        granularity=draw(st.sampled_from(Granularity)),
        locations=tuple(draw(_locations(index)) for index in range(draw(st.integers(1, locations)))),
        peers=tuple(draw(st.lists(_peers, max_size=peers))),
        ipv6=ipv6,
        services=tuple(draw(st.lists(_services, max_size=2))),
        declares_services=draw(_rarely),
        replaces_sources=draw(st.booleans()),
        encapsulate=draw(_encapsulate),
        masquerades=draw(_rarely.map(lambda rare: not rare)),
    )


@st.composite
def worlds(draw: st.DrawFn, clusters: int = 0, ipv6: bool | None = None) -> WorldPlan:
    """Give a cluster of one to three locations with up to three peers, or two smaller ones that are joined."""
    count = clusters or draw(st.sampled_from((1, 1, 1, 2)))
    family = draw(_rarely) if ipv6 is None else ipv6
    locations, peers = (3, 3) if count == 1 else (2, 1)
    return WorldPlan(
        clusters=tuple(draw(_clusters(ipv6=family, locations=locations, peers=peers)) for _ in range(count)),
        hears=draw(st.booleans()),
    )
