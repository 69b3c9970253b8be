import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.mesh.address import IPInterface, host_cidr, is_public, masked, parse_cidr

ADDRESSES = st.ip_addresses()


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("10.1.0.7/24", "10.1.0.7/24"),
        ("10.1.0.7/024", "10.1.0.7/24"),
        ("10.1.0.7/" + "0" * 5000 + "24", "10.1.0.7/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.1/32", "10.0.0.1/32"),
        ("2001:DB8::7/64", "2001:db8::7/64"),
        ("::/0", "::/0"),
        ("::ffff:10.0.0.1/128", "10.0.0.1/32"),
        ("::ffff:10.0.0.1/104", "10.0.0.1/8"),
        ("::ffff:10.0.0.1/96", "10.0.0.1/0"),
        ("::ffff:10.0.0.1/64", "10.0.0.1/0"),
        ("::ffff:a00:1/128", "10.0.0.1/32"),
    ],
)
def test_a_cidr_keeps_its_host_bits_and_mapped_ipv6_is_ipv4(text: str, printed: str) -> None:
    assert str(parse_cidr(text)) == printed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.0.0.1", "it has no prefix length, such as /32"),
        ("::1", "it has no prefix length, such as /32"),
        ("/24", "its address is not an IP address"),
        (" 10.0.0.1/24", "its address is not an IP address"),
        ("10.0.0.01/24", "its address is not an IP address"),
        ("10.0.0/24", "its address is not an IP address"),
        ("fe80::1%eth0/64", "its address is not an IP address"),
        ("[::1]/64", "its address is not an IP address"),
        ("10.0.0.1/", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/33", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/-1", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/+1", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/2 ", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/٢", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/²", "its prefix length is not between 0 and 32"),
        ("10.0.0.0/255.0.0.0", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/8/8", "its prefix length is not between 0 and 32"),
        ("10.0.0.1/" + "9" * 5000, "its prefix length is not between 0 and 32"),
        ("2001:db8::1/129", "its prefix length is not between 0 and 128"),
        ("::ffff:10.0.0.1/129", "its prefix length is not between 0 and 128"),
    ],
)
def test_an_invalid_cidr_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^is not a CIDR: {why}$"):
        parse_cidr(text)


@given(st.text() | st.from_regex(r"[0-9a-f.:]{1,12}/[0-9]{0,3}", fullmatch=True))
def test_any_text_is_a_cidr_or_a_value_error(text: str) -> None:
    try:
        cidr = parse_cidr(text)
    except ValueError:
        return
    assert parse_cidr(str(cidr)) == cidr


@given(ADDRESSES, st.integers(0, 128))
def test_masking_clears_only_the_host_bits(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> None:
    known = ipaddress.ip_interface((ip, prefix % (ip.max_prefixlen + 1)))
    cidr = masked(IPInterface(ip.version, int(ip), known.network.prefixlen))
    assert (cidr.network, cidr.ip) == (known.network, known.network.network_address)
    assert masked(cidr) == cidr


@given(ADDRESSES)
def test_a_host_cidr_contains_one_address(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    cidr = host_cidr(ip)
    assert (cidr.ip, cidr.network.num_addresses) == (ip, 1)


@pytest.mark.parametrize(
    "ip",
    ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1", "fd00::1", "fd00:ffff::"],
)
def test_what_kilo_knows_as_private_is_not_public(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "ip",
    [
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.169.0.0",
        "127.0.0.1",
        "169.254.0.1",
        "100.64.0.1",
        "fd01::1",
        "fc00::1",
        "fe80::1",
        "::1",
        "2001:db8::1",
    ],
)
def test_all_other_addresses_are_public_even_unroutable_ones(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize("text", ["", "x", "10.0.0", "10.0.0.01"])
def test_a_text_that_is_no_address_is_not_said_to_lack_a_prefix(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a CIDR$"):
        parse_cidr(text)
