from kgctl_py.mesh.model import Granularity
from kgctl_py.mesh.resolved_endpoints import names_to_look_up, with_addresses
from kgctl_py.wireguard.endpoint import parse_ip
from tests.in_memory import Cluster, node

NODES = (
    Cluster(
        [
            node("a", 1, "west", endpoint="both.example.com:1"),
            node("b", 2, "west", endpoint="203.0.113.2:1"),
            node("c", 3, "east", endpoint="alone.example.com:1"),
        ]
    )
    .mesh()
    .nodes
)


def test_only_names_that_decide_a_leader_are_looked_up() -> None:
    assert names_to_look_up(NODES, Granularity.LOCATION) == {"both.example.com"}
    assert names_to_look_up(NODES, Granularity.FULL) == set()


def test_an_address_is_filled_in_and_the_name_kept() -> None:
    ip = parse_ip("203.0.113.9")
    assert ip
    a, *others = with_addresses(NODES, {"both.example.com": ip})
    assert a.endpoint
    assert (a.endpoint.ip, str(a.endpoint)) == (ip, "both.example.com:1")
    assert others == list(NODES[1:])
