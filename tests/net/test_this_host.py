"""What a host says of IPv6 and of its routes."""

import sys
from pathlib import Path

import pytest

from kgctl_py.net.this_host import Ipv4Route, ipv4_routes, is_ipv6_disabled, is_tunnel
from kgctl_py.wireguard.cidr import parse_cidr

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"


def number(address: str) -> str:
    """Return an address as the kernel prints it."""
    return f"{int.from_bytes(bytes(map(int, address.split('.'))), sys.byteorder):08X}"


def route(name: str, destination: str, mask: str, metric: int = 0) -> str:
    return f"{name}\t{number(destination)}\t00000000\t0001\t0\t0\t{metric}\t{number(mask)}\t0\t0\t0   \n"


def routes(root: Path, text: str) -> tuple[Ipv4Route, ...]:
    file = root / "proc/net/route"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return ipv4_routes(root, lambda name: name == "kilo")


def test_routes_without_a_metric_and_not_through_a_tunnel_are_listed(tmp_path: Path) -> None:
    text = (
        HEAD
        + route("eth0", "0.0.0.0", "0.0.0.0")
        + route("eth0", "192.168.50.0", "255.255.255.0")
        + route("wlan0", "10.0.0.0", "255.0.0.0", metric=600)
        + route("kilo", "10.42.1.0", "255.255.255.0")
    )
    found = routes(tmp_path, text)
    expected = (("0.0.0.0/0", "eth0"), ("192.168.50.0/24", "eth0"))
    assert found == tuple(Ipv4Route(parse_cidr(cidr), name) for cidr, name in expected)


@pytest.mark.parametrize("text", ["", HEAD])
def test_a_host_without_routes_has_none(tmp_path: Path, text: str) -> None:
    assert routes(tmp_path, text) == ()


def test_the_loopback_is_no_tunnel_and_neither_is_an_interface_that_does_not_exist() -> None:
    assert not is_tunnel("lo")
    assert not is_tunnel("nonesuch0")


def test_a_system_that_does_not_tell_its_routes_has_none(tmp_path: Path) -> None:
    assert ipv4_routes(tmp_path) == ()


@pytest.mark.parametrize(("text", "expected"), [("1\n", True), ("0\n", False), ("", False), (None, False)])
def test_ipv6_is_disabled_where_the_kernel_says_so(tmp_path: Path, text: str | None, *, expected: bool) -> None:
    file = tmp_path / "proc/sys/net/ipv6/conf/default/disable_ipv6"
    file.parent.mkdir(parents=True)
    if text is not None:
        file.write_text(text)
    assert is_ipv6_disabled(tmp_path) is expected
