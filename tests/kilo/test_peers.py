from typing import Any

import pytest

from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import manifest, translate_peer
from kgctl_py.kube import decoding
from kgctl_py.mesh.nodes_and_peers import Peer
from tests.in_memory import key, peer


def read(**spec: Any) -> Peer:
    return translate_peer(decoding.convert(peer("p", **spec), resources.Peer))


def at(port: int = 51820, **where: str) -> dict[str, Any]:
    return {"endpoint": {"dnsOrIP": where, "port": port}}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"allowedIPs": ["10.5.0.1/32", "10.5.0.2"]}, 'spec.allowedIPs[1] "10.5.0.2" is not a CIDR'),
        ({"allowedIPs": "10.5.0.1/32"}, "spec.allowedIPs cannot be read: expected"),
        ({"publicKey": "AAAA"}, 'spec.publicKey "AAAA" is not a WireGuard key (32 bytes in base64)'),
        ({"publicKey": None}, 'spec.publicKey "" is not a WireGuard key'),
        ({"persistentKeepalive": -1}, "spec.persistentKeepalive -1 is negative"),
        (at(), "spec.endpoint.dnsOrIP has neither dns nor ip"),
        ({"endpoint": {"port": 1}}, "spec.endpoint.dnsOrIP has neither dns nor ip"),
        (at(dns="VPN.example.com"), 'spec.endpoint.dnsOrIP.dns "VPN.example.com" is not a lower-case DNS name'),
        (at(dns="vpn", ip="1.2.3"), 'spec.endpoint.dnsOrIP.ip "1.2.3" is not an IP address'),
        (at(0, ip="1.2.3.4"), "spec.endpoint.port 0 is not between 1 and 65535"),
        ({"allowedIPs": []}, "it has no allowedIPs"),
        ({"publicKey": "A" * 43 + "="}, "its publicKey is all zeros"),
    ],
)
def test_an_invalid_peer_is_reported_with_its_field(spec: dict[str, Any], why: str) -> None:
    assert read(**spec).why_not_ready().startswith(why)


@pytest.mark.parametrize(
    ("spec", "endpoint"),
    [
        (at(ip="2001:DB8::1"), "[2001:db8::1]:51820"),
        (at(dns="vpn.example.com"), "vpn.example.com:51820"),
        (at(dns="10.0.0.1"), "10.0.0.1:51820"),
        (at(dns="vpn.example.com", ip="10.0.0.1"), "vpn.example.com:51820"),
        ({"endpoint": None}, "None"),
    ],
)
def test_a_valid_peer_has_its_endpoint(spec: dict[str, Any], endpoint: str) -> None:
    found = read(**spec)
    assert (found.why_not_ready(), str(found.endpoint)) == ("", endpoint)


def test_a_preshared_key_that_cannot_be_used_is_told_but_not_shown() -> None:
    found = read(presharedKey="almost-a-secret")
    assert (found.why_not_ready(), found.preshared_key) == ("", None)
    assert [one.field for one in found.ignored_values] == ["spec.presharedKey"]
    assert "almost-a-secret" not in repr(found)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"persistentKeepalive": 25, "presharedKey": key("psk"), **at(dns="vpn.example.com")},
        {"allowedIPs": ["10.5.0.1/32", "fd00::/64"], **at(ip="2001:db8::1")},
    ],
)
def test_a_manifest_is_the_resource_that_was_read(spec: dict[str, Any]) -> None:
    assert manifest(read(**spec)) == peer("p", **spec)
