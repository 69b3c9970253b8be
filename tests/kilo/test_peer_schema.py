"""The CRD refuses the Peers that Kilo's own validation refuses, and no others, on servers old and new."""

from typing import Any

import pytest
from hypothesis import example, given

from kgctl_py.kilo.install.peer_schema import MAX_ADDRESS, MAX_ALLOWED_IPS
from tests.in_memory import key, peer
from tests.kilo.api_rules import crd, peer_schema, refusals
from tests.kilo.specs import SPECS, kilo_refuses
from tests.oracle.test_recordings import RECORDINGS

SERVERS = [
    pytest.param(True, True, id="since Kubernetes 1.25"),
    pytest.param(False, True, id="without CEL"),
    pytest.param(False, False, id="without CEL, and as strict as Go"),
]


@pytest.mark.parametrize(("cel", "careless"), SERVERS)
@given(spec=SPECS)
@example(spec={"allowedIPs": ["010.5.0.7/32"], "publicKey": key("a")})
@example(spec={"allowedIPs": ["::ffff:010.5.0.7/128", "64:ff9b::00.5.0.7/128"], "publicKey": key("a")})
@example(spec={"allowedIPs": ["0db8::00ff/64"], "publicKey": key("a")})
@example(spec={"allowedIPs": [], "publicKey": key("a"), "endpoint": {"dnsOrIP": {"ip": "10.5.0.07"}, "port": 1}})
@example(
    spec={"allowedIPs": [], "publicKey": key("a"), "endpoint": {"dnsOrIP": {"dns": "", "ip": "::1"}, "port": 1}}
)
def test_it_refuses_exactly_what_kilo_refuses(cel: bool, careless: bool, spec: dict[str, Any]) -> None:
    given = peer("laptop") | {"spec": spec}
    assert bool(refusals(given, cel=cel, careless=careless)) == kilo_refuses(given)


@pytest.mark.slow
@pytest.mark.parametrize(("cel", "careless"), SERVERS)
def test_it_judges_every_recorded_peer_as_kilo_does(cel: bool, careless: bool) -> None:
    recorded = [one for recording in RECORDINGS for one in recording["peers"]]
    judged = [(bool(refusals(one, cel=cel, careless=careless)), kilo_refuses(one)) for one in recorded]
    assert judged.count((False, False)) == 500
    assert judged.count((True, True)) == 102


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            {"endpoint": {"dnsOrIP": {}, "port": 1}},
            "dnsOrIP: an endpoint needs dns, a lower-case name, or ip, an address",
        ),
        ({"allowedIPs": ["10.05.0.7/32"]}, "allowedIPs[0]: an octet has a leading zero, which Kilo does not read"),
        ({"allowedIPs": ["10.5.0.7"]}, "allowedIPs[0]: '10.5.0.7' is not a 'cidr'"),
        ({"persistentKeepalive": -1}, "persistentKeepalive: -1 is less than the minimum of 0"),
    ],
)
def test_it_says_what_is_wrong(spec: dict[str, Any], words: str) -> None:
    (said,) = refusals(peer("laptop", **spec), cel=True, careless=True)
    assert said.endswith(words)


def test_the_bounds_that_cel_needs_are_all_that_is_stricter_than_kilo() -> None:
    many = peer("site", allowedIPs=[f"10.5.{n // 256}.{n % 256}/32" for n in range(MAX_ALLOWED_IPS + 1)])
    long = peer("site", allowedIPs=["10.5.0.7/" + "32".zfill(MAX_ADDRESS)])
    for one in (many, long):
        assert not kilo_refuses(one)
        assert refusals(one, cel=True, careless=True)
        assert not refusals(one, cel=False, careless=True)


def test_rules_in_cel_are_bounded_so_that_the_server_allows_them() -> None:
    for value in _values(peer_schema(cel=True)):
        if "x-kubernetes-validations" in value and value["type"] == "string":
            assert value["maxLength"] == MAX_ADDRESS
    assert peer_schema(cel=True)["properties"]["spec"]["properties"]["allowedIPs"]["maxItems"] == MAX_ALLOWED_IPS


def test_without_cel_there_is_no_rule_in_cel() -> None:
    assert "x-kubernetes-validations" not in str(crd(cel=False))
    assert str(crd(cel=True)).count("x-kubernetes-validations") == 3


def test_every_value_is_described() -> None:
    undescribed = [value for value in _values(peer_schema(cel=True)) if not value.get("description")]
    assert undescribed == [{"type": "object"}]  # metadata, which is not the CRD's


def test_no_column_shows_a_preshared_key() -> None:
    (version,) = crd(cel=True)["spec"]["versions"]
    assert "presharedKey" not in str(version["additionalPrinterColumns"])


def _values(schema: dict[str, Any]) -> list[dict[str, Any]]:
    below = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [schema, *(value for one in below for value in _values(one))]
