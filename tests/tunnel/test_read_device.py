"""What kgctl reads of a WireGuard interface is what `wg` and `ip` say of it."""

import sys

import pytest

from tests.tunnel.cluster import KeyPair
from tests.tunnel.host import Host, kernel_has_wireguard
from tests.tunnel.lab import Lab

READ = """
import sys
from kgctl_py.errors import KgctlError
from kgctl_py.net.rtnetlink import Netlink
from kgctl_py.net.read_device import read_device
try:
    device = read_device(sys.argv[1])
except KgctlError as error:
    sys.exit(error.message)
if device is None:
    sys.exit("there is none")
print(device.name, device.implementation)
print(device.up, device.mtu, device.alias, *device.addresses, device.listen_port)
print(device.public_key)
for peer in device.peers:
    print(peer.public_key, peer.endpoint, *peer.allowed_ips)
    print(peer.latest_handshake, peer.received, peer.persistent_keepalive, peer.has_preshared_key)
with Netlink() as netlink:
    for route in netlink.routes(netlink.link(sys.argv[1])):
        print(route.destination, route.gateway)
print(device)
"""


@pytest.fixture
def host(lab: Lab) -> Host:
    host = lab.host("laptop")
    host.start_wireguard("wg0")
    return host


def read(host: Host, name: str) -> list[str]:
    return host.run(sys.executable, "-c", READ, name, check=False).splitlines()


def test_an_interface_is_read_whole_and_no_secret_of_it_is_kept(lab: Lab, host: Host) -> None:
    own, other, psk = (KeyPair.make(lab.folder / name) for name in ("own", "other", "psk"))
    port = ("private-key", own.file, "listen-port", "5555")
    peer = ("peer", other.public, "allowed-ips", "10.1.0.0/16,fd00::/64", "endpoint", "[::1]:99")
    host.wg("set", "wg0", *port, *peer, "persistent-keepalive", "7", "preshared-key", psk.file)
    host.address("10.9.0.1/32", "fd00:9::1/128", device="wg0")
    host.run("ip", "link", "set", "wg0", "up", "mtu", "1380", "alias", "mine")
    host.run("ip", "route", "add", "10.1.0.0/16", "dev", "wg0")
    host.run("ip", "route", "add", "10.3.0.0/16", "via", "10.1.2.3", "dev", "wg0", "onlink")
    host.run("ip", "-6", "route", "add", "default", "dev", "wg0")
    for destination in ("10.4.0.0/16", "fd04::/64"):  # of another table, or of no interface
        host.run("ip", "route", "add", destination, "dev", "wg0", "table", "77")
        host.run("ip", "route", "add", "unreachable", destination)
    *lines, everything = read(host, "wg0")
    assert lines == [
        f"wg0 {'kernel' if kernel_has_wireguard() else 'userspace'}",
        "True 1380 mine 10.9.0.1/32 fd00:9::1/128 5555",
        own.public,
        f"{other.public} [::1]:99 10.1.0.0/16 fd00::/64",
        "0 0 7 True",
        "10.1.0.0/16 ",
        "10.3.0.0/16 10.1.2.3",
        "::/0 ",
    ]
    for pair in (own, psk):
        assert pair.file.read_text().strip() not in everything


def test_what_is_no_wireguard_interface_is_told_from_none_at_all(host: Host) -> None:
    assert read(host, "lo") == ['"lo" is not a WireGuard interface']
    assert read(host, "wg7") == ["there is none"]
