"""`kgctl peer add --adopt` of an interface that runs: the Peer has its public key and its addresses."""

import sys
from pathlib import Path

import pytest
import yaml

from tests.in_memory import Cluster, node, peer
from tests.tunnel.cluster import KeyPair
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

pytestmark = pytest.mark.slow


@pytest.fixture
def host(lab: Lab) -> Host:
    host = lab.host("laptop")
    host.start_wireguard("wg0")
    return host


def adopt(host: Host, folder: Path, interface: str, *args: str) -> str:
    cluster = folder / "cluster.json"
    cluster.write_text(Cluster([node("north")], [peer("phone", 1)]).as_list())
    words = (sys.executable, "-m", "kgctl_py", "--from-file", cluster, "peer", "add", "desk", "--adopt", interface)
    return host.run(*words, "--print", "yaml", *args, check=False)


def test_the_peer_of_a_running_interface_has_its_key_its_addresses_and_its_keepalive(lab: Lab, host: Host) -> None:
    own, server = (KeyPair.make(lab.folder / name) for name in ("own", "server"))
    section = ("peer", server.public, "allowed-ips", "10.1.0.0/16", "persistent-keepalive", "7")
    host.wg("set", "wg0", "private-key", own.file, *section)
    host.address("10.9.0.1/24", "fd00:9::1/128", device="wg0")
    host.run("ip", "link", "set", "wg0", "up")
    said = adopt(host, lab.folder, "wg0")
    made = yaml.safe_load(said)
    assert made["metadata"]["name"] == "desk"
    assert made["spec"] == {
        "allowedIPs": ["10.9.0.1/32", "fd00:9::1/128"],
        "persistentKeepalive": 7,
        "publicKey": own.public,
    }
    assert own.file.read_text().strip() not in said


def test_what_is_not_a_wireguard_interface_is_an_error(lab: Lab, host: Host) -> None:
    assert adopt(host, lab.folder, "wg7") == 'kgctl: "wg7" is neither a file nor an interface of this machine\n'
    said = adopt(host, lab.folder, "lo")
    assert said.startswith('kgctl: "lo" is not a WireGuard interface')
