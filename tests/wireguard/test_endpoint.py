import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.endpoint import _split_host_port, is_dns_name, parse_endpoint, parse_ip


def go_split_host_port(text: str) -> tuple[str, str] | None:
    """Go's net.SplitHostPort, written after its documentation and source, step by step."""
    colon = text.rfind(":")
    if colon < 0:
        return None
    if not text.startswith("["):
        host, opened, closed = text[:colon], 0, 0
        if ":" in host:
            return None
    else:
        end = text.find("]")
        if end < 0 or end + 1 != colon:
            return None
        host, opened, closed = text[1:end], 1, end + 1
    if "[" in text[opened:] or "]" in text[closed:]:
        return None
    return host, text[colon + 1 :]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("10.0.0.1:51820", "10.0.0.1:51820"),
        ("[10.0.0.1]:51820", "10.0.0.1:51820"),
        ("[2001:DB8::0:1]:51820", "[2001:db8::1]:51820"),
        ("[::ffff:10.0.0.1]:51820", "10.0.0.1:51820"),
        ("10.0.0.1:007", "10.0.0.1:7"),
        ("10.0.0.1:" + "0" * 5000 + "7", "10.0.0.1:7"),
        ("[::]:1", "[::]:1"),
        ("0.0.0.0:65535", "0.0.0.0:65535"),
    ],
)
def test_an_ip_endpoint_is_printed_canonically(text: str, printed: str) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.name, str(endpoint)) == ("", printed)


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("vpn.example.com:51820", "vpn.example.com", 51820),
        ("[vpn.example.com]:51820", "vpn.example.com", 51820),
        ("vpn:00051", "vpn", 51),
        ("256.1.1.1:51820", "256.1.1.1", 51820),
        ("1.2.3:51820", "1.2.3", 51820),
        ("10.0.0.01:51820", "10.0.0.01", 51820),
        (f"{'a' * 64}.example.com:1", f"{'a' * 64}.example.com", 1),
        (f"{'a' * 253}:1", "a" * 253, 1),
    ],
)
def test_a_dns_endpoint_is_printed_as_written(text: str, name: str, port: int) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.name, endpoint.ip, endpoint.port) == (name, None, port)
    assert str(endpoint) == text


@pytest.mark.parametrize("text", ["", "vpn", "10.0.0.1", "::1", "::1:51820", "[::1]", "[::1]51820", "[::1:51820"])
@pytest.mark.parametrize("wrap", ["{}", "[{}]", "{}]"])
def test_text_that_is_not_host_and_port_is_refused(text: str, wrap: str) -> None:
    with pytest.raises(ValueError, match=r"^(is not HOST:PORT|has no)"):
        parse_endpoint(wrap.format(text))


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "+1", " 1", "1 ", "0x1", "1_0", "٣", "http", "9" * 5000])
def test_a_port_is_a_decimal_number_from_1_to_65535(port: str) -> None:
    with pytest.raises(ValueError, match="has no port between 1 and 65535"):
        parse_endpoint(f"10.0.0.1:{port}")


@pytest.mark.parametrize(
    "host",
    [
        *("", "VPN.example.com", "-vpn", "vpn-", "vpn..example", ".vpn", "vpn.", "v_pn", "vpn\n", " vpn", "é"),
        *("a" * 254, "[fe80::1%eth0]", "[10.0.0.1/32]"),
    ],
)
def test_a_host_is_an_address_or_a_lower_case_name(host: str) -> None:
    with pytest.raises(ValueError, match="has a host that is neither an IP address nor a lower-case DNS name"):
        parse_endpoint(f"{host}:51820")


@given(st.text("[]:.a1", max_size=12))
def test_host_and_port_are_split_as_go_splits_them(text: str) -> None:
    expected = go_split_host_port(text)
    if expected is None:
        with pytest.raises(ValueError, match="is not HOST:PORT"):
            _split_host_port(text)
    else:
        assert _split_host_port(text) == expected


@given(st.text())
def test_any_text_is_an_endpoint_or_a_value_error(text: str) -> None:
    try:
        endpoint = parse_endpoint(text)
    except ValueError:
        return
    assert parse_endpoint(str(endpoint)) == endpoint


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::FFFF:0a00:1", "10.0.0.1"),
        ("::10.0.0.1", "::a00:1"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("2001:0DB8::0001", "2001:db8::1"),
    ],
)
def test_an_address_is_read_as_go_reads_it(text: str, printed: str) -> None:
    assert str(parse_ip(text)) == printed


@pytest.mark.parametrize(
    "text",
    [
        *("", "10.0.0.01", "10.0.0", "10.0.0.256", " 10.0.0.1", "10.0.0.1 ", "10.0.0.1/32", "0x0a.0.0.1", "1677"),
        *(
            "fe80::1%eth0",
            "fe80::1%",
            "[::1]",
            "1::2::3",
            "::ffff:010.0.0.1",
            "00001::",
            "1:2:3:4:5:6:7",
            "٣.1.1.1",
        ),
    ],
)
def test_an_address_is_read_strictly(text: str) -> None:
    assert parse_ip(text) is None


@pytest.mark.parametrize("name", ["a", "0", "a-b", "a.b", "a" * 253, "xn--bcher-kva.example", "1.2.3.4"])
def test_a_dns_name_is_a_subdomain_of_rfc_1123(name: str) -> None:
    assert is_dns_name(name)


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "a..b", "a.", "a" * 254, "a\n", "a b", "ä"])
def test_anything_else_is_no_dns_name(name: str) -> None:
    assert not is_dns_name(name)


def test_a_resolved_name_is_still_printed_as_a_name() -> None:
    endpoint = Endpoint(name="vpn.example.com", ip=parse_ip("10.0.0.1"), port=51820)
    assert (str(endpoint), endpoint.host) == ("vpn.example.com:51820", "vpn.example.com")
