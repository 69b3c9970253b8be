"""What must be added to the peers of a mesh, and what must go, before wg-quick(8) may have them."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py import wireguard
from kgctl_py.mesh import wg_quick_changes
from kgctl_py.mesh.address import IPInterface, host_addresses, masked, parse_cidr
from kgctl_py.wireguard.conf import find_loops, without_loops
from kgctl_py.wireguard.endpoint import parse_endpoint, parse_ip
from tests.strategies import networks

SERVICES = (parse_cidr("10.96.0.0/12"), parse_cidr("fd00:96::/108"))


def peer(number: int, *cidrs: str, endpoint: str = "") -> wireguard.Peer:
    return wireguard.Peer(
        public_key=wireguard.Key(bytes([number] * 32)),
        allowed_ips=tuple(map(parse_cidr, cidrs)),
        endpoint=parse_endpoint(endpoint) if endpoint else None,
        comment=f"peer {number}",
    )


def conf(*peers: wireguard.Peer) -> wireguard.Conf:
    return wireguard.Conf(peers=peers)


def routes(conf: wireguard.Conf) -> list[list[str]]:
    return [[str(cidr) for cidr in peer.allowed_ips] for peer in conf.peers]


def loops(conf: wireguard.Conf, **names: str) -> list[tuple[str, str, bool]]:
    """Return the loops: the route, the endpoint, and whether the route may go."""
    addresses = {name.replace("_", "."): ip for name, text in names.items() if (ip := parse_ip(text))}
    return [(str(loop.route), str(loop.peer.endpoint), loop.avoidable) for loop in find_loops(conf, addresses)]


confs = st.lists(st.lists(networks, max_size=4), max_size=4).map(
    lambda lists: conf(
        *(
            wireguard.Peer(public_key=wireguard.Key(bytes([number] * 32)), allowed_ips=tuple(cidrs))
            for number, cidrs in enumerate(lists)
        )
    )
)


def test_host_routes_are_what_an_interface_has_for_its_own() -> None:
    cidrs = map(parse_cidr, ("10.5.0.1/32", "10.6.0.0/24", "fd00::1/128", "fd00::/64", "0.0.0.0/0"))
    assert [str(cidr) for cidr in host_addresses(cidrs)] == ["10.5.0.1/32", "fd00::1/128"]


def test_services_are_routed_through_the_first_peer() -> None:
    given = conf(peer(1, "10.42.1.0/24"), peer(2, "10.42.2.0/24"))
    more = wg_quick_changes.with_services(given, SERVICES)
    assert routes(more) == [
        ["10.42.1.0/24", "10.96.0.0/12", "fd00:96::/108"],
        ["10.42.2.0/24"],
    ]


def test_services_are_routed_through_the_peer_with_the_key_if_there_is_one() -> None:
    given = conf(peer(1, "10.42.1.0/24"), peer(2, "10.42.2.0/24"))
    for number, at in ((2, 1), (3, 0)):
        more = wg_quick_changes.with_services(given, SERVICES[:1], wireguard.Key(bytes([number] * 32)))
        assert ["10.96.0.0/12" in cidrs for cidrs in routes(more)].index(True) == at


def test_services_that_a_location_already_has_are_left_to_it() -> None:
    given = conf(peer(1, "10.42.1.0/24"), peer(2, "10.96.0.1/12"))
    more = wg_quick_changes.with_services(given, SERVICES)
    assert routes(more) == [
        ["10.42.1.0/24", "fd00:96::/108"],
        ["10.96.0.1/12"],
    ]


@given(confs, st.lists(networks.map(masked), max_size=3))
def test_a_service_cidr_is_in_exactly_one_peer(given: wireguard.Conf, cidrs: list[IPInterface]) -> None:
    before = [cidr.network for peer in given.peers for cidr in peer.allowed_ips]
    after = [
        cidr.network for peer in wg_quick_changes.with_services(given, cidrs).peers for cidr in peer.allowed_ips
    ]
    new = {cidr.network for cidr in cidrs if given.peers} - set(before)
    assert sorted(map(str, after)) == sorted([*map(str, before), *map(str, new)])


def test_all_traffic_goes_through_the_gateway_and_the_rest_where_it_did() -> None:
    given = conf(peer(1, "10.42.1.0/24"), peer(2, "10.42.2.0/24", "10.4.0.2/32"), peer(3, "0.0.0.0/0", "::/0"))
    with_gateway = wg_quick_changes.with_gateway(given, wireguard.Key(bytes([2] * 32)))
    assert routes(with_gateway) == [["10.42.1.0/24"], ["0.0.0.0/0", "::/0"], []]


def test_a_route_that_contains_an_endpoint_of_any_peer_is_a_loop() -> None:
    given = conf(
        peer(1, "203.0.113.1/32", "10.42.1.0/24", endpoint="203.0.113.1:51820"),
        peer(2, "198.51.100.0/24", endpoint="192.0.2.1:51820"),
        peer(3, "fd00::9/128", endpoint="198.51.100.7:51820"),
        peer(4, endpoint="[fd00::9]:51820"),
    )
    assert loops(given) == [
        ("203.0.113.1/32", "203.0.113.1:51820", True),
        ("198.51.100.0/24", "198.51.100.7:51820", False),
        ("fd00::9/128", "[fd00::9]:51820", True),
    ]


def test_a_route_for_everything_is_no_loop() -> None:
    assert loops(conf(peer(1, "0.0.0.0/0", "::/0", endpoint="203.0.113.1:51820"))) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"vpn_example_com": "203.0.113.1"}, [("203.0.113.1/32", "vpn.example.com:51820", True)]),
        ({"vpn_example_com": "203.0.113.2"}, []),
        ({"other_example_com": "203.0.113.1"}, []),
        ({}, []),
    ],
)
def test_a_name_loops_by_its_address_as_far_as_that_is_known(
    names: dict[str, str], expected: list[tuple[str, str, bool]]
) -> None:
    assert loops(conf(peer(1, "203.0.113.1/32", endpoint="vpn.example.com:51820")), **names) == expected


def test_host_routes_that_loop_are_left_out_everywhere_and_wider_ones_stay() -> None:
    given = conf(
        peer(1, "203.0.113.1/32", "10.42.1.0/24", endpoint="203.0.113.1:51820"),
        peer(2, "203.0.113.1/32", "198.51.100.0/24", endpoint="198.51.100.7:51820"),
    )
    left = without_loops(given, list(find_loops(given)))
    assert routes(left) == [["10.42.1.0/24"], ["198.51.100.0/24"]]


@given(st.lists(st.tuples(st.lists(networks, max_size=4), st.integers(0, 3)), max_size=4))
def test_no_endpoint_is_in_a_host_route_that_is_left(
    peers: list[tuple[list[IPInterface], int]],
) -> None:
    given = conf(
        *(
            wireguard.Peer(public_key=None, allowed_ips=tuple(cidrs), endpoint=parse_endpoint(f"10.0.0.{ip}:1"))
            for cidrs, ip in peers
        )
    )
    left = without_loops(given, list(find_loops(given)))
    endpoints = [ipaddress.ip_address(peer.endpoint.host) for peer in left.peers if peer.endpoint]
    held = [
        cidr for peer in left.peers for cidr in peer.allowed_ips if any(ip in cidr.network for ip in endpoints)
    ]
    assert all(cidr.network.prefixlen < 32 for cidr in held)
    assert {cidr for cidr in held if cidr.network.prefixlen} <= {loop.route for loop in find_loops(given)}
