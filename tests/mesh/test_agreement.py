import pytest

from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet, stated_granularities
from tests.in_memory import Cluster, node

GONE = "1000"


@pytest.mark.parametrize(
    ("stated", "agreed"),
    [
        (["location", "full", "full"], ["full", "location"]),
        (["full", "location"], ["full", "location"]),  # of equals the first node by name
        (["", "", "location"], ["location"]),
        (["", "mesh", None], []),
    ],
)
def test_the_granularity_is_what_most_nodes_state(stated: list[str | None], agreed: list[str]) -> None:
    nodes = [node(f"n{n}", n, granularity=text) for n, text in enumerate(stated)]
    assert list(stated_granularities(Cluster(nodes[::-1]).mesh().ready_nodes)) == agreed


@pytest.mark.parametrize(
    ("ready", "gone", "agreed"),
    [
        (["10.4.0.1/16", "10.8.0.1/16", "10.8.9.9/16"], ["10.4.0.1/16"] * 5, "10.8.0.0/16"),
        ([None], ["10.8.0.1/24", "10.9.0.1/24", "10.9.0.2/24"], "10.9.0.0/24"),
        ([None], [None], "10.4.0.0/16"),
        (["fd00:4::1/112"], [], "fd00:4::/112"),
    ],
)
def test_the_subnet_is_what_most_ready_nodes_state_else_most_others(
    ready: list[str | None], gone: list[str | None], agreed: str
) -> None:
    nodes = [node(f"r{n}", wireguard_ip=text) for n, text in enumerate(ready)]
    nodes += [node(f"g{n}", wireguard_ip=text, last_seen=GONE) for n, text in enumerate(gone)]
    assert str(agreed_subnet(Cluster(nodes).mesh())) == agreed
