"""The policy for Peers of one's own: what an API server of today accepts, and what it refuses and why."""

import ipaddress
from typing import Any

import celpy
import kubernetes_validate
import pytest
import re2
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py import names
from kgctl_py.kilo.install.installation import Installation, Part
from kgctl_py.kilo.install.self_service import pattern
from kgctl_py.mesh.address import parse_cidr
from tests.cli.kgctl import kgctl
from tests.in_memory import key, peer
from tests.kilo.api_rules import program
from tests.kilo.installations import documents

Raw = dict[str, Any]

ME = "ann@example.com"
ANN = {"username": ME, "groups": ["vpn-users", "system:authenticated"]}


@pytest.fixture(scope="module")
def policy() -> Raw:
    installation = Installation(self_service="vpn-users", self_service_pool=parse_cidr("10.5.16.0/20"))
    found = [one for one in documents(installation, Part.USERS) if one["kind"] == "ValidatingAdmissionPolicy"]
    spec: Raw = found[0]["spec"]
    return spec


def own(owner: str = ME, **spec: Any) -> Raw:
    one = peer("ann-laptop", allowedIPs=["10.5.16.7/32"], publicKey=key("ann"), persistentKeepalive=25)
    one["metadata"]["annotations"] = {names.OWNER: owner, "git": "kept"}
    one["spec"] |= spec
    return one


def annotated(name: str, **spec: Any) -> Raw:
    one = own(**spec)
    one["metadata"]["annotations"][name] = "10.5.16.7/32"
    return one


def labelled(name: str) -> Raw:
    one = own()
    one["metadata"]["labels"] = {"team": "a", name: "x"}
    return one


def refused(policy: Raw, old: Raw | None, new: Raw | None) -> list[str]:
    """Return the messages with which the policy refuses a change by Ann."""
    operation = "CREATE" if old is None else "DELETE" if new is None else "UPDATE"
    given = {"object": new, "oldObject": old, "request": {"operation": operation, "userInfo": ANN}}
    values = {name: celpy.json_to_cel(value) for name, value in given.items()}
    return [rule["message"] for rule in policy["validations"] if not program(rule["expression"]).evaluate(values)]


def test_every_object_is_one_of_kubernetes() -> None:
    installation = Installation(self_service="vpn-users", self_service_pool=parse_cidr("10.5.0.0/16"))
    kinds = []
    for one in documents(installation, Part.USERS):
        kubernetes_validate.validate(one, "1.32", strict=True)
        kinds.append(one["kind"])
    assert kinds == [
        *("ClusterRole", "ClusterRole"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ClusterRole", "ClusterRoleBinding"),
    ]


@pytest.mark.parametrize(
    ("groups", "applies"),
    [
        (["vpn-users"], True),
        (["vpn-users-too", "system:authenticated"], False),
        (["vpn-users", "system:masters"], False),
        ([], False),
    ],
)
def test_it_restricts_the_members_of_the_group_and_no_administrator(
    policy: Raw, groups: list[str], applies: bool
) -> None:
    (condition,) = policy["matchConditions"]
    request = celpy.json_to_cel({"userInfo": {"username": "x", "groups": groups}})
    assert bool(program(condition["expression"]).evaluate({"request": request})) is applies


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, own()),
        (None, annotated(names.EXPIRES)),
        (None, labelled("other")),
        (own(), own(allowedIPs=["10.5.31.255/32"], presharedKey=key("psk"))),
        (own(allowedIPs=["192.168.0.0/16"]), own()),
        (own(), None),
    ],
)
def test_people_create_change_and_delete_peers_of_their_own(policy: Raw, old: Raw | None, new: Raw | None) -> None:
    assert refused(policy, old, new) == []


ADDRESS = "spec.allowedIPs must be one address of 10.5.16.0/20, with /32"
MINE = f"the annotation {names.OWNER} must be your user name"
THEIRS = f"the Peer is not yours: its annotation {names.OWNER} is not your user name"
DISABLED = "the Peer is disabled: only an administrator can change it"
LABELS = "labels of kgctl and of a ClusterMesh are not allowed"
ENDPOINT = {"dnsOrIP": {"dns": "example.com"}, "port": 51820}


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (None, own("bob@example.com"), [MINE]),
        (None, peer("ann-laptop", allowedIPs=["10.5.16.7/32"]), [MINE]),
        (own("bob@example.com"), own(), [THEIRS]),
        (own("bob@example.com"), None, [THEIRS]),
        (peer("office", 1), None, [THEIRS]),
        (peer("office", 1), own(), [THEIRS]),
        (own(), own("bob@example.com"), [MINE]),
        (None, own(allowedIPs=[]), [ADDRESS]),
        (None, own(allowedIPs=["10.5.16.7/32", "10.5.16.8/32"]), [ADDRESS]),
        (None, own(allowedIPs=["10.5.16.0/31"]), [ADDRESS]),
        (None, own(allowedIPs=["10.5.15.255/32"]), [ADDRESS]),
        (None, own(allowedIPs=["10.5.32.0/32"]), [ADDRESS]),
        (None, own(allowedIPs=["10.5.16.7/32\n0.0.0.0/0"]), [ADDRESS]),
        (None, own(allowedIPs=["0.0.0.0/0"]), [ADDRESS]),
        (None, own(allowedIPs=["2001:db8::1/128"]), [ADDRESS]),
        (own(), own(allowedIPs=["10.42.0.0/16"]), [ADDRESS]),
        (None, own(endpoint=ENDPOINT), ["spec.endpoint is not allowed"]),
        (None, annotated(names.DISABLED_IPS), [f"the annotation {names.DISABLED_IPS} is not allowed"]),
        (annotated(names.DISABLED_IPS, allowedIPs=[]), own(), [DISABLED]),
        (annotated(names.DISABLED_IPS, allowedIPs=[]), None, [DISABLED]),
        (None, labelled(names.SET), [LABELS]),
        (None, labelled(names.PEERING), [LABELS]),
        (None, labelled(names.CLUSTERMESH), [LABELS]),
    ],
)
def test_everything_else_is_refused_with_the_reason(
    policy: Raw, old: Raw | None, new: Raw | None, messages: list[str]
) -> None:
    assert refused(policy, old, new) == messages


def test_a_peer_without_allowed_ips_is_refused(policy: Raw) -> None:
    one = own()
    del one["spec"]["allowedIPs"]
    assert refused(policy, None, one) == [ADDRESS]


@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(0, 2**32 - 1), st.booleans())
def test_the_pattern_of_a_pool_is_that_of_its_addresses(first: int, length: int, other: int, near: bool) -> None:
    network = ipaddress.IPv4Network((first, length), strict=False)
    host = other >> length | int(network.network_address) if near and length < 32 else other
    ip = ipaddress.IPv4Address(host)
    found = re2.search(pattern(parse_cidr(str(network))), f"{ip}/32")
    assert bool(found) == (ip in network)


def test_it_is_printed_with_the_part_for_users() -> None:
    for part in (("--part", "users"), ()):
        text = kgctl("manifests", *part, "--self-service", "oidc:vpn/users", "--pool", "10.5.0.0/24").stdout
        last = list(yaml.safe_load_all(text))[-1]
        assert last["subjects"][0]["name"] == "oidc:vpn/users"
        assert "one address of 10.5.0.0/24, with /32" in text
    assert "ValidatingAdmissionPolicy" not in kgctl("manifests").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--self-service", "a'b"), '--self-service "a\'b" is not a group name'),
        (("--self-service", ""), '--self-service "" is not a group name'),
        (("--self-service", "a\nb"), "is not a group name"),
        (("--self-service", "a", "--part", "crds"), "--self-service needs --part users"),
        (("--self-service", "a", "--pool", "fd00::/64"), '--pool "fd00::/64" is not an IPv4 network'),
        (("--self-service", "a", "--pool", "10.5"), '--pool "10.5" is not a CIDR'),
        (("--pool", "10.5.0.0/16"), "--pool needs --self-service"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(args: tuple[str, ...], said: str) -> None:
    result = kgctl("manifests", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
