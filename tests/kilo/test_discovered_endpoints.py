import json
from typing import Any

import pytest

from kgctl_py.kilo.discovered_endpoints import discovered_endpoints


def read(value: Any) -> tuple[dict[str, str], int]:
    usable, ignored = discovered_endpoints(value if isinstance(value, str) else json.dumps(value))
    return {key: str(endpoint) for key, endpoint in usable.items()}, len(ignored)


@pytest.mark.parametrize(
    ("entry", "endpoint"),
    [
        ({"IP": "198.51.100.7", "Port": 40000, "Zone": ""}, "198.51.100.7:40000"),
        ({"IP": "2001:db8::7", "Port": 40000}, "[2001:db8::7]:40000"),
        ({"IP": "::ffff:198.51.100.7", "Port": 1}, "198.51.100.7:1"),
        ({"IP": "fe80::1", "Port": 51820, "Zone": "eth0"}, "[fe80::1%eth0]:51820"),
        ({"IP": "fe80::1", "Port": 1, "zone": "br-lan.2"}, "[fe80::1%br-lan.2]:1"),
        ({"IP": "198.51.100.7", "Port": 1, "Zone": "eth0"}, "198.51.100.7%eth0:1"),
        ({"ip": "198.51.100.7", "PORT": 1, "else": []}, "198.51.100.7:1"),
    ],
)
def test_an_entry_is_read_as_gos_json_reads_it(entry: Any, endpoint: str) -> None:
    assert read({"k": entry}) == ({"k": endpoint}, 0)


@pytest.mark.parametrize("entry", [None, {}, {"Port": 1}, {"IP": "", "Port": 1}, {"IP": "1.1.1.1", "Port": 70000}])
def test_an_entry_that_is_no_endpoint_is_left_out_alone(entry: Any) -> None:
    assert read({"bad": entry, "good": {"IP": "1.1.1.1", "Port": 1}}) == ({"good": "1.1.1.1:1"}, 1)


@pytest.mark.parametrize("zone", ["a\nPostUp = b", "a b", "]", "%", "x" * 40, "\u202e"])
def test_a_zone_that_would_spoil_a_configuration_is_left_out_with_its_entry(zone: str) -> None:
    bad = {"IP": "fe80::1", "Port": 1, "Zone": zone}
    assert read({"bad": bad, "good": {"IP": "1.1.1.1", "Port": 1}}) == ({"good": "1.1.1.1:1"}, 1)


@pytest.mark.parametrize(
    "bad",
    [{"IP": "1.1.1.1", "Port": "1"}, {"IP": 1}, {"IP": "1.1"}, {"Zone": 1}, {"Port": True}, {"Port": 1.5}, []],
)
def test_an_entry_of_a_wrong_type_spoils_all(bad: Any) -> None:
    assert read({"good": {"IP": "1.1.1.1", "Port": 1}, "bad": bad}) == ({}, 1)


@pytest.mark.parametrize(("text", "told"), [("", 0), ("null", 0), ("{}", 0), ("[]", 1), ("{", 1), ("x", 1)])
def test_text_that_is_not_an_object_has_no_endpoints(text: str, told: int) -> None:
    assert read(text) == ({}, told)
