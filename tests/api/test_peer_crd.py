"""The CRD on a real API server: which Peers it takes, what it says of others, and how kubectl shows Peers."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.install.installation import Installation, Part
from kgctl_py.render.kilo_manifests import manifests
from tests.api import crd
from tests.api.certificates import context_that_trusts
from tests.api.kubectl import applied, kubectl
from tests.api.server import ApiServerProcess, Manifest, running
from tests.in_memory import key, peer
from tests.kilo.specs import SPECS, kilo_refuses
from tests.oracle.test_recordings import RECORDINGS

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "bare address": ({"allowedIPs": ["10.5.0.7"]}, 'spec.allowedIPs in body must be of type cidr: "10.5.0.7"'),
    "leading zero": ({"allowedIPs": ["010.5.0.7/32"]}, "spec.allowedIPs"),
    "no host": ({"endpoint": {"dnsOrIP": {}, "port": 1}}, "spec.endpoint.dnsOrIP"),
    "no port": ({"endpoint": {"dnsOrIP": {"dns": "a"}}}, "spec.endpoint.port: Required value"),
    "odd port": (
        {"endpoint": {"dnsOrIP": {"dns": "a"}, "port": 65536}},
        "spec.endpoint.port in body should be less than or equal to 65535",
    ),
    "odd name": (
        {"endpoint": {"dnsOrIP": {"dns": "A_b"}, "port": 1}},
        "spec.endpoint.dnsOrIP.dns in body should match",
    ),
    "odd address": (
        {"endpoint": {"dnsOrIP": {"ip": "<nil>"}, "port": 1}},
        'spec.endpoint.dnsOrIP.ip in body must be of type ipv4: "<nil>"',
    ),
    "negative keepalive": (
        {"persistentKeepalive": -1},
        "spec.persistentKeepalive in body should be greater than or equal to 0",
    ),
    "short key": ({"publicKey": "short"}, "spec.publicKey in body should match"),
    "no key": ({"publicKey": None}, "spec.publicKey"),
}

COLUMNS = ["NAME", "ALLOWED IPS", "DNS", "IP", "PORT", "KEEPALIVE", "AGE"]


@pytest.fixture
def post(api_server: ApiServerProcess) -> Iterator[Any]:
    """A way to create one Peer after the other over one connection: the status, and what the server says."""
    host, _, port = api_server.url.removeprefix("https://").partition(":")
    connection = http.client.HTTPSConnection(host, int(port), context=context_that_trusts(api_server.ca))
    headers = {"Authorization": "Bearer token-of-admin", "Content-Type": "application/json"}

    def send(one: Manifest) -> tuple[int, str]:
        connection.request("POST", resources.PEERS_PATH, json.dumps(one), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("message", "")

    yield send
    connection.close()
    api_server.request("DELETE", resources.PEERS_PATH)


RECORDED = [one for recording in RECORDINGS for one in recording["peers"]]


@pytest.mark.parametrize(
    ("recorded", "taken", "refused"),
    [
        pytest.param(RECORDED[::6], 85, 16, id="some"),
        pytest.param(RECORDED, 500, 102, id="all", marks=pytest.mark.slow),
    ],
)
def test_it_takes_every_recorded_peer_that_kilo_takes_and_no_other(
    post: Any, recorded: list[dict[str, Any]], taken: int, refused: int
) -> None:
    judged = []
    for number, one in enumerate(recorded):
        status, message = post({**one, "metadata": {"name": f"recorded-{number}"}})
        assert status == (422 if kilo_refuses(one) else 201), (one, message)
        judged.append(status)
    assert (judged.count(201), judged.count(422)) == (taken, refused)


@pytest.mark.slow
@hypothesis.settings(
    max_examples=500,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(spec=SPECS)
def test_it_accepts_exactly_what_kilo_accepts(post: Any, spec: dict[str, Any]) -> None:
    one = peer("any") | {"spec": spec, "metadata": {"generateName": "any-"}}
    status, message = post(one)
    assert status == (422 if kilo_refuses(one) else 201), message


@pytest.mark.parametrize(("spec", "words"), BAD.values(), ids=BAD)
def test_it_says_what_is_wrong_and_where(post: Any, spec: dict[str, Any], words: str) -> None:
    status, message = post(peer("bad", **spec))
    assert status == 422
    assert words in re.sub(r"\[\d+\]", "", message), "a server of today names the index, too"


@pytest.mark.parametrize(
    "spec",
    [
        {"allowedIPs": []},
        {"allowedIPs": ["10.5.0.7/24", "fd00:5::7/128", "::ffff:10.5.0.7/128", "0.0.0.0/0"]},
        {"endpoint": {"dnsOrIP": {"dns": "", "ip": "2001:db8::1"}, "port": 51820}},
        {"endpoint": {"dnsOrIP": {"dns": "vpn.example.com", "ip": ""}, "port": 51820}},
        {"persistentKeepalive": 70000, "presharedKey": "not a key"},
        {"publicKey": "\r\n".join(key("a")) + "\n"},
    ],
)
def test_it_accepts_unusual_peers_that_kilo_accepts(post: Any, spec: dict[str, Any]) -> None:
    assert post(peer("odd", **spec)) == (201, "")


@pytest.mark.slow
def test_kubectl_shows_what_matters_of_peers_and_explains_each_field(api_server: ApiServerProcess) -> None:
    endpoint = {"dnsOrIP": {"dns": "vpn.example.com"}, "port": 51820}
    one = peer("site", 7, endpoint=endpoint, persistentKeepalive=25, presharedKey=key("psk"))
    one["metadata"]["annotations"] = {names.OWNER: "team-a"}
    api_server.create(resources.PEERS_PATH, one)
    header, row = kubectl(api_server, "get", "peers.kilo.squat.ai", "site").stdout.splitlines()
    assert re.split(r"  +", header) == COLUMNS
    assert row.split()[:5] == ["site", '["10.5.0.7/32"]', "vpn.example.com", "51820", "25"]
    wide = kubectl(api_server, "get", "peers.kilo.squat.ai", "site", "-o", "wide").stdout
    assert [word for word in ("team-a", key("site")) if word not in wide] == []
    assert key("psk") not in wide
    assert "Seconds between keepalives" in _explained(api_server, "peers.spec.persistentKeepalive")


def _explained(server: ApiServerProcess, field: str) -> str:
    for _ in range(100):  # the server publishes the schema a while after it serves Peers
        done = kubectl(server, "explain", field)
        if done.returncode == 0:
            break
        time.sleep(0.1)
    return done.stdout


@pytest.mark.slow
def test_it_replaces_kilos_own_crd_and_leaves_the_peers_that_are_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("api")) as server:
        server.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
        server.wait_for_peers(served=False)
        applied(server, json.dumps(_without_rules(crd.PEER_CRD)))
        server.wait_for_peers()
        server.create(resources.PEERS_PATH, peer("bad", allowedIPs=["10.5.0.7"]))
        for _ in range(2):
            applied(server, manifests(Installation(cel=False), (Part.CRDS,))[Part.CRDS])
        kept = server.request("GET", f"{resources.PEERS_PATH}/bad")
        assert kept["spec"]["allowedIPs"] == ["10.5.0.7"]


def _without_rules(schema: Any) -> Any:
    """The CRD as Kilo ships it: types, and what is required."""
    if isinstance(schema, list):
        return [_without_rules(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    rules = {"additionalPrinterColumns", "anyOf", "not", "format", "pattern", "minimum", "maximum", "maxLength"}
    return {key: _without_rules(value) for key, value in schema.items() if key not in rules}
