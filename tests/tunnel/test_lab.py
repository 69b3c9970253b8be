"""The lab itself: hosts reach each other through WireGuard by configurations written by hand, and only so."""

import dataclasses
from pathlib import Path

import pytest

from tests.tunnel.cluster import KeyPair
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

pytestmark = pytest.mark.slow


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A host with a tunnel, and its address in there."""

    host: Host
    key: KeyPair
    inside: tuple[str, ...]

    def conf(self, folder: Path, other: "Site", *lines: str) -> Path:
        """Write the configuration that joins this site to `other`."""
        file = folder / f"of-{self.host.name}" / "wg0.conf"
        file.parent.mkdir()
        file.touch(mode=0o600)
        interface = (
            "[Interface]",
            f"Address = {', '.join(self.inside)}",
            f"PrivateKey = {self.key.file.read_text()}",
        )
        peer = ("[Peer]", f"PublicKey = {other.key.public}", f"AllowedIPs = {', '.join(other.inside)}")
        port = () if any(line.startswith("Endpoint") for line in lines) else ("ListenPort = 51820",)
        file.write_text("\n".join((*interface, *port, *peer, *lines, "")))
        return file


@pytest.fixture
def sites(lab: Lab) -> tuple[Site, Site]:
    """A server on the internet, and a home behind a router that gives all the router's address."""
    internet, home = lab.network("internet"), lab.network("home")
    server, router, laptop = lab.host("server"), lab.host("router"), lab.host("laptop")
    lab.join(server, internet, "203.0.113.1/24", "2001:db8::1/64")
    outside = lab.join(router, internet, "203.0.113.2/24", "2001:db8::2/64")
    lab.join(router, home, "192.168.1.1/24", "fd00:168::1/64")
    lab.join(laptop, home, "192.168.1.7/24", "fd00:168::7/64")
    laptop.route("default", via="192.168.1.1")
    laptop.route("default", via="fd00:168::1")
    router.forward()
    router.masquerade(outside)
    router.refuse_from(outside)
    return (
        Site(host=server, key=KeyPair.make(lab.folder / "server"), inside=("10.9.0.1/32", "fd00:9::1/128")),
        Site(host=laptop, key=KeyPair.make(lab.folder / "laptop"), inside=("10.9.0.7/32", "fd00:9::7/128")),
    )


@pytest.mark.parametrize("endpoint", ["203.0.113.1:51820", "[2001:db8::1]:51820"])
def test_a_host_behind_nat_is_reached_through_its_tunnel_because_of_its_keepalive(
    lab: Lab, sites: tuple[Site, Site], endpoint: str
) -> None:
    server, laptop = sites
    server.host.wg_quick_up(server.conf(lab.folder, laptop))
    assert not server.host.pings("10.9.0.7")
    keepalive = (f"Endpoint = {endpoint}", "PersistentKeepalive = 1")
    laptop.host.wg_quick_up(laptop.conf(lab.folder, server, *keepalive))
    assert server.host.reaches("10.9.0.7")
    assert server.host.reaches("fd00:9::7")
    assert laptop.host.reaches("10.9.0.1")
    learned = server.host.wg("show", "wg0", "endpoints").split()[1]
    assert learned.rpartition(":")[0] in ("203.0.113.2", "[2001:db8::2]")


def test_a_wrong_key_lets_nothing_through(lab: Lab, sites: tuple[Site, Site]) -> None:
    server, laptop = sites
    stranger = dataclasses.replace(laptop, key=KeyPair.make(lab.folder / "stranger"))
    server.host.wg_quick_up(server.conf(lab.folder, laptop))
    laptop.host.wg_quick_up(stranger.conf(lab.folder, server, "Endpoint = 203.0.113.1:51820"))
    assert not laptop.host.reaches("10.9.0.1", within=1)
    assert laptop.host.pings("203.0.113.1")


def test_servers_tell_who_called_by_address_and_by_name(lab: Lab, sites: tuple[Site, Site]) -> None:
    server, laptop = sites
    for address in ("203.0.113.1", "2001:db8::1"):
        server.host.serve_tcp(address, 80)
    server.host.serve_dns("203.0.113.1", web_example="203.0.113.1", web6_example="2001:db8::1")
    laptop.host.run("sh", "-c", "echo nameserver 203.0.113.1 >/etc/resolv.conf")
    assert laptop.host.hears("203.0.113.1", 80) == "I am server, you are 203.0.113.2"
    assert laptop.host.hears("web.example", 80) == "I am server, you are 203.0.113.2"
    assert laptop.host.hears("web6.example", 80) == "I am server, you are 2001:db8::2"
    assert laptop.host.hears("none.example", 80, within=1) == ""


def test_a_lab_is_isolated_from_the_machine_and_leaves_nothing_behind(lab: Lab) -> None:
    host = lab.host("a")
    lab.join(host, lab.network("net"), "10.0.0.1/24")
    host.start_wireguard("wg0")
    host.run("sh", "-c", "echo nameserver 10.0.0.53 >/etc/resolv.conf")
    assert "wg0" in host.wg("show", "interfaces")
    assert not Path("/var/run/wireguard/wg0.sock").exists()
    assert "10.0.0.53" not in Path("/etc/resolv.conf").read_text()
    (process,) = Path(f"/proc/{host.pid}/task/{host.pid}/children").read_text().split()
    host.stop()
    assert not Path("/proc", process).exists()


def test_a_failed_command_shows_its_output(lab: Lab) -> None:
    with pytest.raises(AssertionError, match=r"on a: sh -c .*: exit 3\nso it is"):
        lab.host("a").run("sh", "-c", "echo so it is >&2; exit 3")
