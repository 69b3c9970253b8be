"""`-o networkd`, read back by systemd-networkd."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from kgctl_py.render.config.networkd import networkd
from kgctl_py.render.config.tunnel import Tunnel
from kgctl_py.value import replace
from tests.formats.ini import Section, number, only, sections
from tests.formats.tunnels import KEY, Read, ReadPeer, expected, in_order, many, masked, some_tunnel, tunnels

NAMES = ("10.96.0.10", "svc.cluster.local", "cluster.local")
READ_AND_STOP = """
mount -t tmpfs none /run/systemd && mkdir /run/systemd/network /run/systemd/netif
install -m 640 -g systemd-network {folder}/* /run/systemd/network
SYSTEMD_LOG_LEVEL=info SYSTEMD_LOG_TARGET=console timeout 1 /usr/lib/systemd/systemd-networkd
true
"""


def files(tunnel: Tunnel) -> dict[str, str]:
    return {file.name: str(file.content) for file in networkd(tunnel).files}


def read(made: dict[str, str]) -> Read:
    netdev, network = (sections(text) for _, text in sorted(made.items()))
    wireguard, ip = only(netdev, "WireGuard"), only(network, "Network")
    peers = [_peer(one) for one in netdev if one.name == "WireGuardPeer"]
    domains = ip.get("Domains").split()
    return Read(
        name=only(netdev, "NetDev").get("Name"),
        private_key=wireguard.get("PrivateKey"),
        addresses=in_order(ip.all("Address")),
        name_servers=in_order(ip.all("DNS")),
        domains=tuple(word for word in domains if word != "~."),
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
        comment=section.comment,
    )


def complaints(folder: Path, made: dict[str, str]) -> list[str]:
    """Return what systemd-networkd says of the files, in a network of its own."""
    for name, text in made.items():
        (folder / name).write_text(text)
    script = READ_AND_STOP.format(folder=folder)
    done = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", script], capture_output=True, text=True, check=True
    )
    assert "Enumeration completed" in done.stderr, done.stderr
    return [line for line in done.stderr.splitlines() if "/network/90-" in line]


@given(tunnels())
def test_the_files_hold_the_configuration(tunnel: Tunnel) -> None:
    assert read(files(tunnel)) == expected(tunnel)


@pytest.mark.parametrize(
    "tunnel",
    [
        some_tunnel(dns=NAMES),
        some_tunnel(dns=NAMES, gateway=True, listen_port=51820),
        some_tunnel(table="off"),
        some_tunnel(table="77", gateway=True),
    ],
    ids=["split DNS", "gateway", "no routes", "table"],
)
def test_systemd_networkd_reports_no_problem_with_the_files(tunnel: Tunnel, tmp_path: Path) -> None:
    assert complaints(tmp_path, files(tunnel)) == []


def test_systemd_networkd_names_what_it_does_not_know(tmp_path: Path) -> None:
    made = {name: text.replace("Endpoint=", "Endpont=") for name, text in files(some_tunnel()).items()}
    assert "Unknown key 'Endpont' in section [WireGuardPeer]" in complaints(tmp_path, made)[0]


def test_systemd_networkd_reports_no_problem_with_any_mesh(tmp_path: Path) -> None:
    made: dict[str, str] = {}
    for count, tunnel in enumerate(many(tunnels(private_key=KEY))):
        made |= files(replace(tunnel, name=f"kilo{count}"))
    assert complaints(tmp_path, made) == []


def test_only_names_of_the_cluster_are_looked_up_in_the_tunnel() -> None:
    network = only(sections(files(some_tunnel(dns=NAMES))["90-kilo.network"]), "Network")
    assert (network.get("Domains"), network.get("DNSDefaultRoute")) == ("svc.cluster.local cluster.local", "no")


def test_through_a_gateway_go_all_names_and_all_but_the_packets_of_the_tunnel() -> None:
    made = files(some_tunnel(dns=NAMES, gateway=True))
    network = sections(made["90-kilo.network"])
    assert only(network, "Network").get("Domains") == "~. svc.cluster.local cluster.local"
    assert [one.get("Priority") for one in network if one.name == "RoutingPolicyRule"] == ["32764", "32765"]
    wireguard = only(sections(made["90-kilo.netdev"]), "WireGuard")
    assert (wireguard.get("FirewallMark"), wireguard.get("RouteTable")) == ("51820", "51820")


def test_only_the_netdev_is_secret_and_it_may_name_the_file_of_the_key() -> None:
    rendered = networkd(replace(some_tunnel(), private_key_path="/etc/kilo.key"))
    assert [file.is_secret for file in rendered.files] == [True, False]
    wireguard = only(sections(str(rendered.files[0].content)), "WireGuard")
    assert (wireguard.get("PrivateKeyFile"), wireguard.get("PrivateKey")) == ("/etc/kilo.key", "")
    assert "systemd-network must be able to read /etc/kilo.key" in rendered.notices[-1].text
