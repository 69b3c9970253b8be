"""`kgctl diff --interface` on interfaces that are up, as wg-quick and wg leave them."""

import json
import sys
from pathlib import Path

import pytest

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from tests.in_memory import Cluster, key, node, peer
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

PRIVATE = Key(bytes(range(32)))
LAPTOP = peer("laptop", 1, publicKey=str(public_key(PRIVATE)), presharedKey=key("psk"))
NODES = (node("north", 1), node("south", 2, "b"))


class Desk:
    """A host that has brought up the laptop's configuration."""

    def __init__(self, lab: Lab) -> None:
        self.host: Host = lab.host("laptop")
        self.folder: Path = lab.folder
        self.cluster = self.folder / "cluster.json"
        self.has(*NODES, LAPTOP)
        (self.folder / "key").write_text(f"{PRIVATE}\n")
        conf = self.folder / "wg0.conf"
        made = Cluster(NODES, (LAPTOP,)).kgctl(
            *("showconf", "peer", "laptop", "-o", "wg-quick", "--services", "10.96.0.0/12"),
            *("--dns", "none", "--private-key", str(self.folder / "key"), "-O", str(conf)),
        )
        assert made.exit_code == 0, made.stderr
        self.host.wg_quick_up(conf)

    def has(self, *items: object) -> None:
        """Let the cluster be this."""
        self.cluster.write_text(json.dumps({"kind": "List", "items": items}))

    def diff(self, *args: str, interface: str = "wg0") -> list[str]:
        """Compare, and give what was said and the exit code."""
        words = (sys.executable, "-m", "kgctl_py", "--from-file", self.cluster, "diff", "peer", "laptop")
        script = '"$@"; echo "exit $?"'
        said = self.host.run("sh", "-c", script, "sh", *words, "--interface", interface, *args)
        return said.splitlines()


@pytest.fixture
def desk(lab: Lab) -> Desk:
    return Desk(lab)


def test_an_interface_is_held_against_the_mesh(desk: Desk) -> None:
    services = ("--services", "10.96.0.0/12")
    assert desk.diff(*services) == ["exit 0"]
    changed = node("south", 2, "b", endpoint="203.0.113.9:51820")
    office = peer("office", 2, endpoint={"dnsOrIP": {"ip": "203.0.113.77"}, "port": 51820})
    desk.has(NODES[0], changed, LAPTOP, office, peer("phone", 3))
    assert desk.diff(*services, "--mtu", "1380") == [
        "~ interface  MTU 1420 -> 1380",
        f"~ peer {key('south')} (location:b, leader south)  Endpoint 203.0.113.2:51820 -> 203.0.113.9:51820",
        f"+ peer {key('office')} (peer office)  10.5.0.2/32",
        "exit 1",
    ]


def test_another_key_of_the_interface_and_a_lost_preshared_key_are_reported(desk: Desk) -> None:
    desk.has(*NODES, peer("laptop", 1))
    said = desk.diff("--services", "10.96.0.0/12")
    assert said[0] == f"~ interface  PublicKey {public_key(PRIVATE)} -> {key('laptop')}"
    assert [line for line in said if "PresharedKey one -> <none>" in line] == said[1:-1]
    assert len(said) == len(NODES) + 2


def test_an_interface_that_is_not_wireguard_is_an_error(desk: Desk) -> None:
    assert desk.diff(interface="wg7") == [
        'kgctl: interface "wg7" not found',
        "hint: to list the interfaces: ip link",
        "exit 2",
    ]
    assert desk.diff(interface="lo") == ['kgctl: "lo" is not a WireGuard interface', "exit 2"]
    assert desk.diff("--conf", "x")[-1] == "exit 2"
