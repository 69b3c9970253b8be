"""Aggregated allowed IPs are fewer, and every address goes where it went before."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py import wireguard
from kgctl_py.wireguard.aggregate import aggregated, collapsed, expanded
from kgctl_py.wireguard.cidr import BITS, IPInterface, parse_cidr
from kgctl_py.wireguard.conf import find_loops, without_loops
from kgctl_py.wireguard.endpoint import parse_endpoint

# a small range of addresses, so that networks touch, overlap and contain each other
_V4 = st.builds(
    lambda low, length: IPInterface(4, 10 << 24 | low, length), st.integers(0, 31), st.integers(26, 32)
)
_V6 = st.builds(
    lambda low, length: IPInterface(6, 0xFD << 120 | low, length), st.integers(0, 15), st.integers(123, 128)
)
_WIDE = st.sampled_from(
    [parse_cidr(text) for text in ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "::/0")]
)
_networks = st.lists(_V4 | _V4 | _V6 | _WIDE, max_size=8)
_endpoints = st.none() | st.integers(0, 31).map(lambda low: parse_endpoint(f"10.0.0.{low}:51820"))
_confs = st.lists(st.tuples(_networks, _endpoints), min_size=1, max_size=4)


def conf(*peers: tuple[list[IPInterface], wireguard.Endpoint | None]) -> wireguard.Conf:
    return wireguard.Conf(
        peers=tuple(
            wireguard.Peer(
                public_key=wireguard.Key(bytes([number] * 32)), allowed_ips=tuple(cidrs), endpoint=place
            )
            for number, (cidrs, place) in enumerate(peers)
        )
    )


def owner(conf: wireguard.Conf, version: int, number: int) -> wireguard.Key | None:
    """Return the key of the peer that WireGuard sends an address to: of the longest prefix, the last one."""
    holders = [
        (cidr.prefixlen, index, peer.public_key)
        for index, peer in enumerate(conf.peers)
        for cidr in peer.allowed_ips
        if cidr.overlaps(IPInterface(version, number, BITS[version]))
    ]
    return max(holders, key=lambda holder: holder[:2])[2] if holders else None


@given(_confs)
def test_every_address_goes_to_the_same_peer(
    peers: list[tuple[list[IPInterface], wireguard.Endpoint | None]],
) -> None:
    given_conf = conf(*peers)
    fewer = aggregated(given_conf)
    for number in (*range(10 << 24, (10 << 24) + 70), 0, 9 << 24, 11 << 24, 200 << 24):
        assert owner(fewer, 4, number) == owner(given_conf, 4, number)
    for number in (*range(0xFD << 120, (0xFD << 120) + 40), 0, 1 << 127):
        assert owner(fewer, 6, number) == owner(given_conf, 6, number)
    for before, after in zip(given_conf.peers, fewer.peers, strict=True):
        assert len(after.allowed_ips) <= len(set(before.allowed_ips))
        assert everything(before) == everything(after)


def everything(peer: wireguard.Peer) -> set[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the addresses of a peer in the one smallest set of networks, as Python's own library has it."""
    networks = [cidr.network for cidr in peer.allowed_ips]
    four = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    six = [network for network in networks if isinstance(network, ipaddress.IPv6Network)]
    return {*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six)}


@given(_confs)
def test_no_endpoint_gets_into_the_tunnel(
    peers: list[tuple[list[IPInterface], wireguard.Endpoint | None]],
) -> None:
    given_conf = conf(*peers)
    before = without_loops(given_conf, find_loops(given_conf))
    looping = {loop.peer.public_key for loop in find_loops(before)}
    assert {loop.peer.public_key for loop in find_loops(aggregated(before))} <= looping


@given(_networks, st.integers(0, 10))
def test_an_aggregated_list_is_expanded_to_what_it_was_made_of(parts: list[IPInterface], number: int) -> None:
    parts = [cidr.masked() for cidr in parts]
    fewer = collapsed(parts)
    assert set(collapsed(expanded(fewer, parts))) == set(fewer)
    assert set(expanded(fewer, parts)) <= set(parts)
    partly = parts[:number]
    assert set(collapsed(expanded(fewer, partly))) == set(fewer)


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        (["10.42.0.0/24 10.42.1.0/24"], ["10.42.0.0/23"]),
        (["10.42.1.0/24 10.42.2.0/24"], ["10.42.1.0/24 10.42.2.0/24"]),  # they touch, but make no network
        (["10.42.0.0/24 10.42.2.0/24"], ["10.42.0.0/24 10.42.2.0/24"]),  # a hole
        (["10.1.0.3/32 10.42.0.0/24 10.42.1.0/24 10.1.0.2/32"], ["10.1.0.2/31 10.42.0.0/23"]),
        (["10.42.0.0/24 10.42.0.7/32"], ["10.42.0.0/24"]),
        (["10.42.0.0/24 10.42.0.7/32", "10.42.0.0/28"], ["10.42.0.0/24 10.42.0.7/32", "10.42.0.0/28"]),
        (["10.42.0.0/24 10.42.1.0/24", "10.42.0.0/23"], ["10.42.0.0/24 10.42.1.0/24", "10.42.0.0/23"]),
        (["10.42.0.0/24 10.42.1.0/24", "10.42.1.8/32"], ["10.42.0.0/23", "10.42.1.8/32"]),
        (["0.0.0.0/1 128.0.0.0/1"], ["0.0.0.0/1 128.0.0.0/1"]),
        (["0.0.0.0/0 10.0.0.0/8"], ["0.0.0.0/0 10.0.0.0/8"]),  # a route beside that of a LAN
        (["fd00::/65 fd00::8000:0:0:0/65"], ["fd00::/64"]),
        (["10.42.0.7/24"], ["10.42.0.7/24"]),
    ],
)
def test_it_aggregates(lists: list[str], wanted: list[str]) -> None:
    given_conf = conf(*(([parse_cidr(text) for text in texts.split()], None) for texts in lists))
    shown = [" ".join(map(str, peer.allowed_ips)) for peer in aggregated(given_conf).peers]
    assert shown == wanted
