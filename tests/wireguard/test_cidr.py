"""Addresses as numbers are what `ipaddress` says they are."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.wireguard.cidr import IPInterface, address, host, parse_number

KnownInterface = ipaddress.IPv4Interface | ipaddress.IPv6Interface

INTERFACES = st.one_of(
    st.builds(lambda ip, n: ipaddress.IPv4Interface((ip, n)), st.ip_addresses(v=4), st.integers(0, 32)),
    st.builds(lambda ip, n: ipaddress.IPv6Interface((ip, n)), st.ip_addresses(v=6), st.integers(0, 128)),
)
TEXTS = st.one_of(
    st.ip_addresses().map(str),
    st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,3}){2,4}", fullmatch=True),
    st.from_regex(r"[0-9a-fA-F:.%]{2,24}", fullmatch=True),
    st.text(max_size=12),
)


def of(known: KnownInterface) -> IPInterface:
    return IPInterface(known.version, int(known.ip), known.network.prefixlen)


@given(TEXTS)
def test_it_reads_exactly_what_ipaddress_reads(text: str) -> None:
    try:
        ip = ipaddress.ip_address(text) if "%" not in text else None
    except ValueError:
        ip = None
    ip = getattr(ip, "ipv4_mapped", None) or ip
    number = parse_number(text)
    assert (address(*number) if number else None) == ip


@given(INTERFACES)
def test_the_text_and_the_parts_are_those_of_ipaddress(known: KnownInterface) -> None:
    cidr = of(known)
    assert str(cidr) == str(known)
    assert (cidr.ip, cidr.network, cidr.max_prefixlen) == (known.ip, known.network, known.max_prefixlen)
    assert cidr.masked().ip == known.network.network_address
    assert str(host(cidr.ip)) == f"{known.ip}/{known.max_prefixlen}"


@given(INTERFACES, INTERFACES)
def test_networks_overlap_as_in_ipaddress(one: KnownInterface, other: KnownInterface) -> None:
    if one.version == other.version:
        assert of(one).overlaps(of(other)) == one.network.overlaps(other.network)
    else:
        assert not of(one).overlaps(of(other))
