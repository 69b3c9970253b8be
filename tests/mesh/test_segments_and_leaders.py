import itertools
from collections.abc import Mapping

import pytest

from kgctl_py.mesh.nodes_and_peers import Granularity, Node
from kgctl_py.mesh.segments_and_leaders import elect_leader, group_nodes, undecided_nodes
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.endpoint import IPAddress, parse_endpoint, parse_ip
from tests.in_memory import Cluster, node

PUBLIC, PRIVATE, NAME = "203.0.113.1:51820", "10.0.0.1:51820", "vpn.example.com:51820"


def member(name: str, endpoint: str, leader: bool = False) -> Node:
    return Node(name=name, endpoint=parse_endpoint(endpoint), leader=leader)


@pytest.mark.parametrize(
    ("members", "leader"),
    [
        ((("a", PRIVATE, False), ("b", PRIVATE, False)), "a"),
        ((("a", PRIVATE, False), ("b", PUBLIC, False)), "b"),
        ((("a", NAME, False), ("b", PUBLIC, False)), "b"),
        ((("a", PUBLIC, False), ("b", PRIVATE, True)), "b"),
        ((("a", PRIVATE, True), ("b", PUBLIC, True)), "b"),
        ((("a", PRIVATE, True), ("b", PRIVATE, True)), "a"),
        ((("a", PRIVATE, False), ("b", "[fd01::1]:1", False)), "b"),
        ((("a", "[fd00::1]:1", False), ("b", "[2001:db8::1]:1", False)), "b"),
    ],
)
def test_a_volunteer_leads_and_a_public_endpoint_decides(
    members: tuple[tuple[str, str, bool], ...], leader: str
) -> None:
    assert elect_leader([member(*one) for one in members]).name == leader


@pytest.mark.parametrize(
    ("members", "undecided"),
    [
        ((("a", PUBLIC, False), ("b", NAME, False)), ""),
        ((("a", NAME, False), ("b", PUBLIC, False)), "a"),
        ((("a", PRIVATE, False), ("b", NAME, False), ("c", PUBLIC, False)), "b"),
        ((("a", NAME, False),), ""),
        ((("a", NAME, False), ("b", PRIVATE, False)), ""),
        ((("a", PRIVATE, True), ("b", NAME, False)), ""),
        ((("a", PRIVATE, True), ("b", NAME, True)), "b"),
        ((("a", NAME, False), ("b", NAME, False)), "ab"),
    ],
)
def test_only_names_that_decide_who_leads_are_undecided(
    members: tuple[tuple[str, str, bool], ...], undecided: str
) -> None:
    assert "".join(node.name for node in undecided_nodes([member(*one) for one in members])) == undecided


def test_a_name_that_is_not_undecided_can_resolve_to_anything() -> None:
    kinds = list(itertools.product((PUBLIC, PRIVATE, NAME), (False, True)))
    answers = (None, parse_ip("203.0.113.9"), parse_ip("10.0.0.9"))
    for drawn in itertools.chain.from_iterable(itertools.product(kinds, repeat=n) for n in (1, 2, 3)):
        members = [member(f"n{n}", *one) for n, one in enumerate(drawn)]
        undecided = {node.name for node in undecided_nodes(members)}
        for found in itertools.product(answers, repeat=len(members)):
            addresses = {node.name: ip for node, ip in zip(members, found, strict=True)}
            asked = {name: ip for name, ip in addresses.items() if name in undecided}
            leaders = {elect_leader(_resolved(members, known)).name for known in (asked, addresses)}
            assert len(leaders) == 1, (drawn, found)


def _resolved(members: list[Node], addresses: Mapping[str, IPAddress | None]) -> list[Node]:
    return [
        Node(
            name=node.name,
            leader=node.leader,
            endpoint=Endpoint(name=node.endpoint.name, ip=addresses.get(node.name), port=node.endpoint.port)
            if node.endpoint and node.endpoint.name
            else node.endpoint,
        )
        for node in members
    ]


def test_segments_are_sorted_by_name_and_so_are_their_nodes() -> None:
    nodes = [
        node("z", 1, "east"),
        node("b", 2, "west"),
        node("a", 3, "east"),
        node("lone", 4, "east", internal_ip=None),
        node("nowhere", 5, ""),
    ]
    read = Cluster(nodes).mesh().nodes[::-1]
    groups = group_nodes(read, Granularity.LOCATION)
    assert [(name, [one.name for one in members]) for name, members in groups.items()] == [
        ("location:", ["nowhere"]),
        ("location:east", ["a", "z"]),
        ("location:west", ["b"]),
        ("node:lone", ["lone"]),
    ]
    assert list(group_nodes(read, Granularity.FULL)) == [
        "node:a",
        "node:b",
        "node:lone",
        "node:nowhere",
        "node:z",
    ]
