from typing import Any

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kube import decoding
from kgctl_py.mesh.nodes_and_peers import Node
from tests.in_memory import NOW, key, node


def read(label: str = "topology.kubernetes.io/region", **annotations: Any) -> Node:
    raw = node("n", **annotations)
    raw["metadata"]["labels"] = {"topology.kubernetes.io/region": "west", "rack": "r1"}
    return translate_node(decoding.convert(raw, resources.Node), label)


@pytest.mark.parametrize(
    ("annotations", "field", "value"),
    [
        ({"force_endpoint": "vpn.example.com:1"}, "endpoint", "vpn.example.com:1"),
        ({"force_endpoint": "nonsense"}, "endpoint", "203.0.113.1:51820"),
        ({"endpoint": "nonsense"}, "endpoint", "None"),
        ({"internal_ip": "10.1.0.7/24"}, "internal_ip", "10.1.0.7/24"),
        ({"internal_ip": "::ffff:10.1.0.7/120"}, "internal_ip", "10.1.0.7/24"),
        ({"internal_ip": "10.1.0.7"}, "internal_ip", "None"),
        ({"force_internal_ip": "10.9.0.9/8"}, "internal_ip", "10.9.0.9/8"),
        ({"force_internal_ip": ""}, "internal_ip", "None"),
        ({"force_internal_ip": "-"}, "internal_ip", "None"),
        ({"force_internal_ip": " "}, "internal_ip", "10.1.0.1/24"),
        ({"pod_cidr": "10.42.1.7/24"}, "subnet", "10.42.1.0/24"),
        ({"pod_cidr": "10.42.1.7"}, "subnet", "None"),
        ({"key": f" {key('n')}"}, "key", "None"),
        ({"key": "A" * 43 + "="}, "key", "None"),
        ({"last_seen": "04102444800"}, "last_seen", "4102444800"),
        ({"last_seen": "4_102_444_800"}, "last_seen", "0"),
        ({"last_seen": "9223372036854775808"}, "last_seen", "0"),
        ({"persistent_keepalive": "+25"}, "persistent_keepalive", "25"),
        ({"persistent_keepalive": "25s"}, "persistent_keepalive", "0"),
        ({"leader": None}, "leader", "False"),
        ({"leader": ""}, "leader", "True"),
        ({"leader": "false"}, "leader", "True"),
        ({"location": None}, "location", "west"),
        ({"location": ""}, "location", ""),
        ({"granularity": "Full"}, "granularity", "None"),
        ({"wireguard_ip": "10.4.0.7/16"}, "wireguard_ip", "10.4.0.7/16"),
    ],
)
def test_a_field_is_read_as_kilo_reads_it(annotations: dict[str, Any], field: str, value: str) -> None:
    assert str(getattr(read(**annotations), field)) == value


def test_the_location_comes_from_the_label_that_is_given() -> None:
    assert read("rack", location=None).location == "r1"
    assert read("nothing", location=None).location == ""


def test_location_ips_that_are_not_cidrs_are_left_out_and_reported() -> None:
    found = read(allowed_location_ips="10.9.0.0/24, 10.8.0.0/24,10.7.0.1,fd00::/64")
    assert [str(cidr) for cidr in found.allowed_location_ips] == ["10.9.0.0/24", "fd00::/64"]
    assert [one.text for one in found.ignored_values] == [" 10.8.0.0/24", "10.7.0.1"]


@pytest.mark.parametrize(
    ("annotation", "text", "why"),
    [
        ("leader", "false", 'has the effect of "true"'),
        ("persistent_keepalive", "25s", "is not a decimal number"),
        ("force_endpoint", "vpn", "is not HOST:PORT"),
        ("granularity", "mesh", "is unknown to this version of kgctl"),
        ("last_seen", "1" * 20, "is out of range"),
    ],
)
def test_what_cannot_be_used_is_reported_with_its_field_and_the_reason(
    annotation: str, text: str, why: str
) -> None:
    (ignored,) = read(**{annotation: text}).ignored_values
    assert ignored.field == "kilo.squat.ai/" + annotation.replace("_", "-")
    assert ignored.text == text
    assert ignored.why.startswith(why)


def test_a_node_that_kilo_never_saw_has_every_reason_not_to_be_ready() -> None:
    bare = translate_node(decoding.convert({"metadata": {"name": "bare"}}, resources.Node))
    assert bare.why_not_ready(NOW) == ("no endpoint", "no key", "no pod CIDR", "never seen")
    assert bare.ignored_values == ()


@pytest.mark.parametrize(
    ("seconds", "reasons"),
    [
        (-3600, ()),
        (0, ()),
        (59.9, ()),
        (60, ("last seen 1m0s ago",)),
        (432, ("last seen 7m12s ago",)),
        (90000, ("last seen 1d1h ago",)),
    ],
)
def test_a_node_is_stale_a_minute_after_it_was_last_seen(seconds: float, reasons: tuple[str, ...]) -> None:
    assert read().why_not_ready(NOW + seconds) == reasons


@pytest.mark.parametrize("group", ["squat.kilo.ai", "kilo.squat.io", "kilo.sqat.ai"])
def test_an_annotation_with_a_misspelled_group_is_reported_with_the_right_one(group: str) -> None:
    name = f"{group}/force-endpoint"
    metadata = {"name": "a", "annotations": {name: "203.0.113.5:51820"}}
    translated = translate_node(decoding.convert({"metadata": metadata}, resources.Node))
    (ignored,) = translated.ignored_values
    assert (ignored.field, ignored.hint) == (name, f'did you mean "{names.FORCE_ENDPOINT}"?')


@pytest.mark.parametrize("name", ["squat.kilo.ai/anything", "squat.example/leader", "leader"])
def test_an_annotation_of_another_program_is_not_reported(name: str) -> None:
    metadata = {"name": "a", "annotations": {name: "x"}}
    assert not translate_node(decoding.convert({"metadata": metadata}, resources.Node)).ignored_values
