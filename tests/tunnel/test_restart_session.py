"""A session is restarted without a change of the configuration, the preshared key included."""

import sys

from tests.tunnel.cluster import KeyPair
from tests.tunnel.host import kernel_has_wireguard
from tests.tunnel.lab import Lab

RESTART = """
import sys
from kgctl_py.net.host_interfaces import Implementation
from kgctl_py.net.restart_session import restart_session
from kgctl_py.wireguard import Key
print(restart_session(Implementation(sys.argv[2]), "wg0", Key.parse(sys.argv[1])))
"""


def test_the_peer_is_what_it_was_and_so_are_the_others(lab: Lab) -> None:
    host = lab.host("laptop")
    host.start_wireguard("wg0")
    own, other, third, psk = (KeyPair.make(lab.folder / name) for name in ("own", "other", "third", "psk"))
    peer = ("peer", other.public, "allowed-ips", "10.1.0.0/16,fd00::/64", "endpoint", "[::1]:99")
    more = ("persistent-keepalive", "7", "preshared-key", psk.file)
    host.wg("set", "wg0", "private-key", own.file, "listen-port", "5555", *peer, *more)
    host.wg("set", "wg0", "peer", third.public, "allowed-ips", "10.2.0.0/16")
    before = host.wg("showconf", "wg0")
    kind = "kernel" if kernel_has_wireguard() else "userspace"
    assert host.run(sys.executable, "-c", RESTART, other.public, kind) == "True\n"
    assert sorted(host.wg("showconf", "wg0").splitlines()) == sorted(before.splitlines())
    assert host.run(sys.executable, "-c", RESTART, psk.public, kind) == "False\n"
