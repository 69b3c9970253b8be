"""The next address of a pool, against a model that tries every address."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface, parse_cidr
from tests.in_memory import Cluster, node, peer

SMALL_V4 = st.builds("10.5.{}.{}/{}".format, st.integers(0, 1), st.integers(0, 255), st.integers(23, 32))
SMALL_V6 = st.builds("fd00::{:x}/{}".format, st.integers(0, 511), st.integers(119, 128))
POOLS = (SMALL_V4 | SMALL_V6).map(parse_cidr)
USED = st.lists((SMALL_V4 | SMALL_V6 | st.sampled_from(["10.0.0.0/15", "fd00::/64"])).map(parse_cidr), max_size=12)


def tried(where: IPInterface, used: list[IPInterface]) -> str:
    """Return the first free address by trying each, or nothing."""
    addresses = list(where.network)
    if len(addresses) > 1:
        addresses = addresses[1:-1] if where.version == 4 else addresses[1:]
    for address in addresses:
        if not any(address in cidr.network for cidr in used):
            return str(address)
    return ""


def chosen(where: IPInterface, used: list[IPInterface]) -> str:
    try:
        return str(free_address.next_free(where, used).ip)
    except KgctlError:
        return ""


@given(POOLS, USED)
def test_the_next_address_is_the_one_found_by_trying_each(where: IPInterface, used: list[IPInterface]) -> None:
    assert chosen(where, used) == tried(where, used)


@given(POOLS, USED)
def test_addresses_taken_one_after_the_other_are_all_there_are(
    where: IPInterface, used: list[IPInterface]
) -> None:
    taken: list[str] = []
    while len(taken) < 20 and (address := chosen(where, used)):
        taken.append(address)
        used = [*used, parse_cidr(f"{address}/{where.max_prefixlen}")]
    assert len(set(taken)) == len(taken)
    assert (len(taken) == 20) or tried(where, used) == ""


@pytest.mark.parametrize(
    ("where", "used", "expected"),
    [
        ("10.5.0.0/16", [], "10.5.0.1/32"),
        ("10.5.77.9/16", [], "10.5.0.1/32"),
        ("10.5.0.0/16", ["10.5.0.0/17"], "10.5.128.0/32"),
        ("10.5.0.0/16", ["10.5.0.1/24", "10.5.0.9/32"], "10.5.1.0/32"),
        ("10.5.0.7/32", [], "10.5.0.7/32"),
        ("fd00:5::/64", ["fd00:5::1/128", "10.0.0.0/8"], "fd00:5::2/128"),
        ("fd00:5::7/128", [], "fd00:5::7/128"),
        ("0.0.0.0/0", ["0.0.0.0/1"], "128.0.0.0/32"),
        ("255.255.255.248/29", ["255.255.255.248/30"], "255.255.255.252/32"),
    ],
)
def test_the_next_address_of(where: str, used: list[str], expected: str) -> None:
    assert str(free_address.next_free(parse_cidr(where), map(parse_cidr, used))) == expected


@pytest.mark.parametrize(
    ("where", "used"),
    [
        ("10.5.0.0/30", ["10.5.0.1/32", "10.5.0.2/32"]),
        ("10.5.0.0/31", []),
        ("10.5.0.7/32", ["10.5.0.0/24"]),
        ("255.255.255.252/30", ["255.255.255.253/32", "255.255.255.254/32"]),
        ("255.255.255.255/32", ["255.255.255.255/32"]),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"]),
    ],
)
def test_a_pool_that_is_used_up_is_an_error_with_a_way_out(where: str, used: list[str]) -> None:
    with pytest.raises(KgctlError) as caught:
        free_address.next_free(parse_cidr(where), map(parse_cidr, used))
    assert caught.value.message == f'the pool "{parse_cidr(where).network}" has no free address left'
    assert "--pool" in caught.value.hint


CLUSTER = Cluster(
    [
        node("ready", 1, allowed_location_ips="10.9.0.0/24"),
        node("wide", 3, internal_ip="10.128.0.9/9"),
        node("gone", 2, last_seen="1", wireguard_ip="10.8.0.2/16"),
    ],
    [
        peer("laptop"),
        peer("net", allowedIPs=["192.168.50.0/24"]),
        peer("no-key", 3, publicKey="A" * 43 + "="),
        peer("skipped", 9, persistentKeepalive=-1),
    ],
)


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("10.96.0.10/32", "10.96.0.0/12 is a Service CIDR"),
        ("10.4.200.1/32", "10.4.0.0/16 is the Kilo subnet"),
        ("10.42.1.5/32", '10.42.1.0/24 is the pod CIDR of node "ready"'),
        ("10.42.2.0/24", '10.42.2.0/24 is the pod CIDR of node "gone"'),
        ("10.1.0.77/32", '10.1.0.0/24 is the network of node "ready"'),
        ("10.128.0.9/32", '10.128.0.9/32 is the internal IP of node "wide"'),
        ("10.128.0.8/32", ""),
        ("203.0.113.2/32", '203.0.113.2/32 is the endpoint of node "gone"'),
        ("10.9.0.77/32", '10.9.0.0/24 is the allowed location IP of node "ready"'),
        ("10.5.0.1/32", '10.5.0.1/32 is an allowed IP of peer "laptop"'),
        ("10.5.0.3/32", '10.5.0.3/32 is an allowed IP of peer "no-key"'),
        ("10.5.0.9/32", '10.5.0.9/32 is an allowed IP of peer "skipped"'),
        ("192.168.50.7/32", '192.168.50.0/24 is an allowed IP of peer "net"'),
        ("192.168.0.0/16", '192.168.50.0/24 is an allowed IP of peer "net"'),
        ("fd00::1/128", ""),
        ("10.5.0.2/32", ""),
    ],
)
def test_what_the_mesh_uses_is_reported_with_its_holder(address: str, whose: str) -> None:
    used = free_address.used_networks(CLUSTER.mesh(), [parse_cidr("10.96.0.0/12")])
    assert free_address.holder(parse_cidr(address), used) == whose


@given(st.lists(SMALL_V4.map(parse_cidr), max_size=8), SMALL_V4.map(parse_cidr))
def test_an_address_has_a_holder_exactly_when_it_overlaps(used: list[IPInterface], asked: IPInterface) -> None:
    overlaps = any(cidr.network.overlaps(ipaddress.ip_network(asked.network)) for cidr in used)
    assert bool(free_address.holder(asked, dict.fromkeys(used, "x"))) == overlaps
