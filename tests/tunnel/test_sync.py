"""`kgctl sync` changes an interface to what a file says, with its routes, and leaves the rest alone."""

import sys
from pathlib import Path

import pytest

from tests.tunnel.cluster import KeyPair
from tests.tunnel.lab import Lab

pytestmark = pytest.mark.slow


class World:
    """A host with an interface that wg-quick has brought up from a file."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.host = lab, lab.host("laptop")
        self.own, self.a, self.b, self.psk = (KeyPair.make(lab.folder / name) for name in ("own", "a", "b", "psk"))
        self.file = lab.folder / "wg0.conf"
        self.write(("a", "10.1.0.0/16, 10.9.0.0/16", "203.0.113.1:51820"))
        self.host.wg_quick_up(self.file)

    def write(self, *peers: tuple[str, str, str], extra: str = "", psk: str = "") -> None:
        keys = {"a": self.a, "b": self.b}
        sections = [
            f"[Interface]\nPrivateKey = {self.own.file.read_text().strip()}\nAddress = 10.5.0.1/32\n{extra}"
        ]
        sections += [
            f"[Peer]\nPublicKey = {keys[name].public}\nAllowedIPs = {ips}\nEndpoint = {endpoint}\n{psk}"
            for name, ips, endpoint in peers
        ]
        self.file.touch(mode=0o600)
        self.file.write_text("\n".join(sections))

    def sync(self, file: Path | None = None) -> str:
        command = (sys.executable, "-m", "kgctl_py", "sync", "wg0", "--conf", file or self.file)
        return self.host.run(*command, check=False)

    def routes(self) -> set[str]:
        return {line.split()[0] for line in self.host.run("ip", "route", "show", "dev", "wg0").splitlines()}


@pytest.fixture
def world(lab: Lab) -> World:
    return World(lab)


def test_peers_and_routes_are_what_the_file_says(world: World) -> None:
    world.host.run("ip", "route", "add", "192.0.2.0/24", "dev", "wg0")  # the user's own
    secret = world.psk.file.read_text().strip()
    world.write(
        ("a", "10.1.0.0/16", "203.0.113.9:51820"),
        ("b", "10.2.0.0/16, fd00:2::/64", "203.0.113.2:51820"),
        psk=f"PresharedKey = {secret}",
    )
    assert (
        world.sync()
        == 'kgctl: interface "wg0" synced: 1 peer added, 1 peer changed, 2 routes added, 1 route removed\n'
    )
    assert world.routes() == {"10.1.0.0/16", "10.2.0.0/16", "192.0.2.0/24"}
    shown = world.host.wg("showconf", "wg0")
    assert shown.count(f"PresharedKey = {secret}") == 2
    assert "203.0.113.9:51820" in shown
    assert secret not in world.sync()
    assert world.sync() == 'kgctl: interface "wg0" is up to date\n'


def test_a_peer_that_the_file_does_not_have_is_removed_with_its_routes(world: World) -> None:
    world.write()
    assert world.sync() == 'kgctl: interface "wg0" synced: 1 peer removed, 2 routes removed\n'
    assert world.routes() == set()


def test_a_table_of_the_user_is_left_alone(world: World) -> None:
    extra = "Address = 10.5.0.2/32\nTable = off\n"
    world.write(("b", "10.2.0.0/16", "203.0.113.2:51820"), extra=extra)
    assert world.sync() == 'kgctl: interface "wg0" synced: 1 peer added, 1 peer removed, 1 address added\n'
    assert world.routes() == {"10.1.0.0/16", "10.9.0.0/16"}
    assert "10.5.0.2/32" in world.host.run("ip", "address", "show", "dev", "wg0")
    assert world.sync() == 'kgctl: interface "wg0" is up to date\n'


MEANWHILE = """
import subprocess, sys
from kgctl_py.config.read_configuration import read_configuration
from kgctl_py.config.sync_interface import sync_interface

def look_up(names):
    subprocess.run(["ip", "address", "add", "10.5.0.9/32", "dev", "wg0"], check=True)
    return {}

sync_interface("wg0", read_configuration(sys.argv[1]).conf, look_up)
"""


def test_an_address_that_others_add_while_names_are_looked_up_stays(world: World) -> None:
    world.write(("a", "10.1.0.0/16", "vpn.example.com:51820"), extra="Address = 10.5.0.2/32\n")
    world.host.run(sys.executable, "-c", MEANWHILE, world.file)
    shown = world.host.run("ip", "address", "show", "dev", "wg0")
    assert ("10.5.0.2/32" in shown, "10.5.0.9/32" in shown) == (True, True)


def test_an_address_or_mtu_alone_is_a_change(world: World) -> None:
    peer = ("a", "10.1.0.0/16, 10.9.0.0/16", "203.0.113.1:51820")
    world.write(peer, extra="Address = 10.5.0.2/32, 10.5.0.3/32\nMTU = 1300\n")
    assert world.sync() == 'kgctl: interface "wg0" synced: 2 addresses added, MTU set to 1300\n'
    assert "mtu 1300" in world.host.run("ip", "link", "show", "dev", "wg0")
    assert world.sync() == 'kgctl: interface "wg0" is up to date\n'


def test_the_file_of_another_interface_and_a_missing_interface_are_refused(world: World) -> None:
    before = world.host.wg("showconf", "wg0")
    other = world.lab.folder / "other.conf"
    other.write_text(world.file.read_text().replace(world.own.file.read_text(), world.a.file.read_text()))
    assert 'kgctl: interface "wg0" does not have the private key of the configuration' in world.sync(other)
    assert world.host.wg("showconf", "wg0") == before
    world.host.run("wg-quick", "down", world.file)
    assert (
        'kgctl: interface "wg0" not found\nhint: create it first, for example with wg-quick up\n' in world.sync()
    )
