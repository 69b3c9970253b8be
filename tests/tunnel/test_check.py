"""`kgctl check --local` on a computer with a real tunnel: what is wrong with it is told, and nothing else."""

import json
import sys
import time

import pytest

from kgctl_py.findings import Code
from tests.tunnel.cluster import KeyPair, Snapshot, networks
from tests.tunnel.computer import Computer
from tests.tunnel.kilo import Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import INTERFACE, V4

pytestmark = pytest.mark.slow

_PATIENCE = 60
"""The seconds in which a tunnel has a new session with each leader."""


@pytest.fixture
def joined(lab: Lab) -> Computer:
    """A laptop that is a Peer, and has not brought its tunnel up."""
    kilo = Kilo(lab, Snapshot(lab.folder / "cluster.json"), V4)
    kilo.cluster.put(
        one | {"metadata": one["metadata"] | {"namespace": "kube-system"}} for one in networks(V4.dns, V4.services)
    )
    kilo.settle()
    return Computer.join(kilo, "laptop", 7)


@pytest.fixture
def laptop(joined: Computer) -> Computer:
    """The laptop with its tunnel up."""
    joined.host.wg_quick_up(joined.conf())
    assert joined.host.reaches(joined.kilo.nodes["a1"].pod)
    joined.kilo.sync()  # b1 is told where a1 heard from the laptop, and calls it
    assert joined.host.reaches(joined.kilo.nodes["b1"].pod)
    return joined


def found(laptop: Computer, *options: str, field: str = "message") -> dict[str, str]:
    """Check the tunnel on the computer itself, and give the messages, or other fields, by their codes."""
    cluster = laptop.kilo.cluster.options
    command = ("-m", "kgctl_py", *cluster, "check", "--only", "local", "-o", "json", *options)
    told = json.loads(laptop.host.run(sys.executable, *command, check=False))
    (section,) = told["sections"]
    return {one["code"]: one[field] for check in section["checks"] for one in check["findings"]}


def test_a_tunnel_that_works_is_told_so_and_is_woken_for_that(laptop: Computer) -> None:
    host, a1 = laptop.host, laptop.kilo.nodes["a1"]
    assert found(laptop) == found(laptop, INTERFACE) == {}
    host.run("wg-quick", "down", laptop.conf())
    host.wg_quick_up(laptop.conf())
    host.wg("set", INTERFACE, "peer", a1.key.public, "persistent-keepalive", "0")
    assert Code.LOCAL_HANDSHAKE not in found(laptop)


def test_a_leader_that_does_not_answer_is_reported(joined: Computer) -> None:
    joined.kilo.nodes["a1"].host.run("ip", "link", "set", "dev", INTERFACE, "down")
    joined.host.wg_quick_up(joined.conf())
    told = found(joined)
    assert set(told) == {Code.LOCAL_HANDSHAKE, Code.LOCAL_DNS}
    assert told[Code.LOCAL_HANDSHAKE].endswith("there was no handshake yet")
    assert told[Code.LOCAL_DNS] == f"the cluster DNS {V4.dns} does not answer: no response within 3 s"


def test_routes_that_were_removed_from_the_tunnel_are_reported(laptop: Computer) -> None:
    host, a1 = laptop.host, laptop.kilo.nodes["a1"]
    host.run("ip", "route", "del", a1.pod_cidr, "dev", INTERFACE)
    assert set(found(laptop)) == {Code.LOCAL_ROUTE}
    host.wg("set", INTERFACE, "peer", a1.key.public, "allowed-ips", a1.pod_cidr)
    assert set(found(laptop)) == {Code.LOCAL_ROUTE, Code.LOCAL_PEERS, Code.LOCAL_SERVICES}


def test_the_command_in_a_hint_brings_the_interface_up_or_only_shows_a_route(laptop: Computer) -> None:
    host, a1 = laptop.host, laptop.kilo.nodes["a1"]
    host.run("ip", "route", "del", a1.pod_cidr, "dev", INTERFACE)
    command = found(laptop, field="command")[Code.LOCAL_ROUTE]
    assert INTERFACE not in host.run(*command.split())
    host.run("ip", "route", "add", a1.pod_cidr, "dev", INTERFACE)
    assert found(laptop) == {}
    host.run("ip", "link", "set", "dev", INTERFACE, "down")
    command = found(laptop, field="command")[Code.LOCAL_DOWN]
    host.run(*command.removeprefix("sudo ").split())
    assert Code.LOCAL_DOWN not in found(laptop)


def test_an_ipv6_route_is_right_though_the_interface_has_only_an_ipv4_address(laptop: Computer) -> None:
    host, a1 = laptop.host, laptop.kilo.nodes["a1"]
    host.run("ip", "address", "add", "fd00:88::1/64", "dev", "internet0")
    host.wg("set", INTERFACE, "peer", a1.key.public, "allowed-ips", f"{a1.pod_cidr},fd00:77::/64")
    told = found(laptop)
    assert "fd00:77::/64 have no route" in told[Code.LOCAL_ROUTE]
    host.run("ip", "-6", "route", "add", "fd00:77::/64", "dev", INTERFACE)
    assert Code.LOCAL_ROUTE not in found(laptop)
    host.run("ip", "-6", "route", "replace", "fd00:77::/64", "dev", "internet0")
    assert "fd00:77::/64 leave by internet0, not through it" in found(laptop)[Code.LOCAL_ROUTE]


def test_another_key_another_address_and_no_interface_are_reported(laptop: Computer) -> None:
    host, other = laptop.host, laptop.kilo.nodes["b1"].key
    host.run("ip", "address", "add", "10.99.0.1/32", "dev", INTERFACE)
    host.run("ip", "address", "del", f"{laptop.address}/32", "dev", INTERFACE)
    assert Code.LOCAL_ADDRESS in found(laptop)
    host.wg("set", INTERFACE, "private-key", KeyPair.make(laptop.kilo.lab.folder / "new.key").file)
    assert Code.LOCAL_KEY in found(laptop)
    assert other.public not in found(laptop)[Code.LOCAL_KEY]
    host.run("ip", "link", "set", "dev", INTERFACE, "down")
    assert Code.LOCAL_DOWN in found(laptop)
    host.run("ip", "link", "del", "dev", INTERFACE)
    assert set(found(laptop)) == set(found(laptop, INTERFACE)) == {Code.LOCAL_NONE}


@pytest.mark.timeout(900)
def test_following_a_hint_in_words_heals_the_tunnel(laptop: Computer) -> None:
    host, a1 = laptop.host, laptop.kilo.nodes["a1"]
    host.wg("set", INTERFACE, "peer", a1.key.public, "allowed-ips", a1.pod_cidr)
    _heals(laptop, Code.LOCAL_PEERS)
    host.run("ip", "address", "del", f"{laptop.address}/32", "dev", INTERFACE)
    _heals(laptop, Code.LOCAL_ADDRESS)
    _sync(laptop, "--services", "none")
    _heals(laptop, Code.LOCAL_SERVICES)
    host.wg("set", INTERFACE, "private-key", KeyPair.make(laptop.kilo.lab.folder / "new.key").file)
    _heals(laptop, Code.LOCAL_KEY)
    host.run("ip", "link", "del", "dev", INTERFACE)
    _heals(laptop, Code.LOCAL_NONE)


def _heals(laptop: Computer, code: Code) -> None:
    """Do what the hint of a finding says: the tunnel carries packets, and has no finding."""
    hint = found(laptop, field="hint")[code]
    if "kgctl sync" in hint:
        _sync(laptop, "--services", "auto")
    else:
        assert hint.startswith(
            ("bring up the current configuration of the Peer", "bring up a configuration with wg-quick")
        )
        laptop.host.run("wg-quick", "down", laptop.conf(), check=False)
        laptop.host.wg_quick_up(laptop.conf())
    end = time.monotonic() + _PATIENCE
    while (not laptop.host.reaches(laptop.kilo.nodes["a1"].pod)) or found(laptop):
        assert time.monotonic() < end, (code, found(laptop))


def _sync(laptop: Computer, *options: str) -> None:
    conf = laptop.conf(*options)
    laptop.host.run(sys.executable, "-m", "kgctl_py", "sync", INTERFACE, "--conf", conf)
