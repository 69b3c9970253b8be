"""`-o netplan`, read back by netplan, from the files of systemd-networkd that it makes."""

import subprocess
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.render.config.netplan import netplan
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.value import replace
from tests.formats.ini import Section, number, only, sections
from tests.formats.tunnels import (
    KEY,
    Read,
    ReadPeer,
    expected,
    in_order,
    many,
    masked,
    some_tunnel,
    tunnels,
    without_comments,
)

NAMES = ("10.96.0.10", "svc.cluster.local", "cluster.local")


def generated(folder: Path, *tunnels: Tunnel) -> list[tuple[list[Section], list[Section]]]:
    """Return the netdevs and the networks that netplan makes of the YAML; it has nothing to say of it."""
    place = folder / "etc" / "netplan"
    place.mkdir(parents=True)
    for tunnel in tunnels:
        (file,) = netplan(tunnel).files
        (place / file.name).touch(0o600)
        (place / file.name).write_text(str(file.content))
    done = subprocess.run(
        ["netplan", "generate", "--root-dir", str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    made = folder / "run" / "systemd" / "network"

    def made_of(tunnel: Tunnel, kind: str) -> list[Section]:
        return sections((made / f"10-netplan-{tunnel.name}.{kind}").read_text())

    return [(made_of(tunnel, "netdev"), made_of(tunnel, "network")) for tunnel in tunnels]


def read(netdev: list[Section], network: list[Section]) -> Read:
    wireguard, ip = only(netdev, "WireGuard"), only(network, "Network")
    peers = [_peer(one) for one in netdev if one.name == "WireGuardPeer"]
    domains = [domain for domain in ip.get("Domains").split() if domain != "~."]
    return Read(
        name=only(netdev, "NetDev").get("Name"),
        private_key=wireguard.get("PrivateKey"),
        addresses=in_order(ip.all("Address")),
        name_servers=in_order(ip.all("DNS")),
        domains=tuple(domain.removeprefix("~") for domain in domains),
        mtu=number(only(netdev, "NetDev").get("MTUBytes")),
        listen_port=number(wireguard.get("ListenPort")),
        peers=tuple(sorted(peers, key=lambda peer: peer.public_key)),
    )


def _peer(section: Section) -> ReadPeer:
    return ReadPeer(
        public_key=section.get("PublicKey"),
        preshared_key=section.get("PresharedKey"),
        endpoint=section.get("Endpoint"),
        keepalive=number(section.get("PersistentKeepalive")) or 0,
        allowed_ips=masked(filter(None, section.get("AllowedIPs").split(","))),
        comment="",
    )


def _apart(tunnel: Tunnel, count: int) -> Tunnel:
    """Return a tunnel with a name and a table of its own: netplan reads all of them together."""
    return replace(tunnel, name=f"kilo{count}", interface=replace(tunnel.interface, table=str(1000 + count)))


def test_netplan_reads_back_the_configuration(tmp_path: Path) -> None:
    drawn = [_apart(tunnel, count) for count, tunnel in enumerate(many(tunnels(private_key=KEY)))]
    for tunnel, (netdev, network) in zip(drawn, generated(tmp_path, *drawn), strict=True):
        held = replace(tunnel, peers=tuple(peer for peer in tunnel.peers if peer.allowed_ips))
        assert read(netdev, network) == without_comments(expected(held))
        assert len(netplan(tunnel).notices) > len(tunnel.peers) - len(held.peers)
        routes = [one for one in network if one.name == "Route"]
        assert [one.get("Destination") for one in routes] == [str(cidr) for cidr in tunnel.routes]
        assert {one.get("Table") for one in routes} <= {tunnel.interface.table}


def test_only_names_of_the_cluster_are_looked_up_in_the_tunnel(tmp_path: Path) -> None:
    network = generated(tmp_path, some_tunnel(dns=NAMES))[0][1]
    assert only(network, "Network").get("Domains") == "svc.cluster.local ~cluster.local"


def test_a_table_that_is_off_has_no_routes(tmp_path: Path) -> None:
    assert [one for one in generated(tmp_path, some_tunnel(table="off"))[0][1] if one.name == "Route"] == []


def test_the_key_may_be_in_a_file_of_the_host(tmp_path: Path) -> None:
    tunnel = replace(some_tunnel(), private_key_path="/etc/wireguard/kilo.key")
    assert only(generated(tmp_path, tunnel)[0][0], "WireGuard").get("PrivateKeyFile") == "/etc/wireguard/kilo.key"


def test_a_gateway_is_refused() -> None:
    with pytest.raises(KgctlError, match="-o netplan cannot set a default route"):
        netplan(some_tunnel(gateway=True))
