"""`showconf -o wg-quick`: a whole configuration, from a cluster in a file."""

import ipaddress
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from typer.testing import Result

from kgctl_py.wireguard import Key, keygen
from tests.cli.kgctl import kgctl, shell
from tests.in_memory import Cluster, InMemoryCluster, Raw, listening_peer, node, peer
from tests.kube.objects import config_map, kilo, service, service_cidr
from tests.strategies import clusters, hostile
from tests.tunnel.conftest import lab as lab  # noqa: PLC0414 # a fixture
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab

PRIVATE = Key(bytes(range(0, 248, 8)) + b"\x40")
PUBLIC = str(keygen.public_key(PRIVATE))
NODES = (node("a1", 1, "alps"), node("a2", 2, "alps"), node("b1", 3, "beach"))
PEERS = (
    peer("laptop", 1, publicKey=PUBLIC, persistentKeepalive=25),
    listening_peer("office", 2, allowedIPs=["192.168.50.0/24"], publicKey=PUBLIC[:-3] + "AI="),
)
NETWORKS = (
    kilo(),
    service_cidr("10.96.0.0/12"),
    service("kube-system/kube-dns", "10.96.0.10", k8s_app="kube-dns"),
    config_map("coredns", Corefile=".:53 {\n  kubernetes kube.example.org\n}"),
)
CONF = """\
# peer laptop
[Interface]
Address = 10.5.0.1/32
PrivateKey = {private}
MTU = 1420

# location:alps, leader a1
[Peer]
AllowedIPs = 10.42.1.0/24, 10.1.0.1/32, 10.42.2.0/24, 10.1.0.2/32, 10.4.0.1/32, 10.96.0.0/12
Endpoint = 203.0.113.1:51820
PersistentKeepalive = 25
PublicKey = {alps}

# location:beach, leader b1
[Peer]
AllowedIPs = 10.42.3.0/24, 10.1.0.3/32, 10.4.0.2/32
Endpoint = 203.0.113.3:51820
PersistentKeepalive = 25
PublicKey = {beach}

# peer office
[Peer]
AllowedIPs = 192.168.50.0/24
Endpoint = 192.0.2.2:51820
PersistentKeepalive = 25
PublicKey = {office}
"""
LAPTOP = ("peer", "laptop", "-o", "wg-quick")
SPLIT = (
    "if [ -d /run/systemd/resolve ]; then resolvectl dns %i 10.96.0.10; "
    "resolvectl domain %i svc.kube.example.org kube.example.org; resolvectl default-route %i no; fi"
)


@pytest.fixture
def key(tmp_path: Path) -> str:
    """The file with the laptop's private key."""
    (tmp_path / "laptop.key").touch(0o600)
    (tmp_path / "laptop.key").write_text(f"{PRIVATE}\n")
    return str(tmp_path / "laptop.key")


def show(
    *args: str, nodes: tuple[Raw, ...] = NODES, peers: tuple[Raw, ...] = PEERS, more: tuple[Raw, ...] = NETWORKS
) -> Result:
    """Run `kgctl showconf` on a cluster in a file."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*nodes, *peers, *more]})
    return kgctl("--from-file", "-", "showconf", *args, stdin=text.encode())


def lines(result: Result, name: str) -> list[str]:
    """Return the values of a line, as often as it is there."""
    assert result.exit_code == 0, result.stderr
    return re.findall(rf"(?m)^{name} = (.*)$", result.stdout)


def refused(result: Result, code: int) -> str:
    """Return the words of a refusal: nothing was printed, and what is wrong stands in one line."""
    assert (result.exit_code, result.stdout) == (code, ""), result.stderr
    beside = ("hint: ",) if code == 2 else ("hint: ", "kgctl: note: ")
    told = [line for line in result.stderr.splitlines() if not line.startswith(beside)]
    assert len(told) == 1, result.stderr
    return told[0]


def test_the_configuration_of_a_peer_is_whole(key: str) -> None:
    result = show(*LAPTOP, "--private-key", key)
    by_name = {raw["metadata"]["name"]: raw for raw in (*NODES, *PEERS)}
    assert result.stdout == CONF.format(
        private=PRIVATE,
        alps=by_name["a1"]["metadata"]["annotations"]["kilo.squat.ai/key"],
        beach=by_name["b1"]["metadata"]["annotations"]["kilo.squat.ai/key"],
        office=str(Key.parse(by_name["office"]["spec"]["publicKey"])),
    )
    assert (
        result.stderr
        == "kgctl: note: the configuration sets no DNS; to use the cluster DNS 10.96.0.10, add --dns auto\n"
    )


def test_the_configuration_of_a_node_has_its_kilo_address_its_port_and_no_services() -> None:
    result = show("node", "a1", "-o", "wg-quick")
    interface = "[Interface]\nAddress = 10.4.0.1/16\nPrivateKey = PUT-THE-PRIVATE-KEY-HERE\nListenPort = 51820\n"
    assert result.stdout.startswith(f"# node a1\n{interface}")
    assert lines(result, "AllowedIPs") == [
        "10.42.3.0/24, 10.1.0.3/32, 10.4.0.2/32",
        "10.5.0.1/32",
        "192.168.50.0/24",
    ]
    assert "DNS" not in result.stdout + result.stderr


def test_a_mesh_of_one_node_has_a_configuration() -> None:
    result = show("node", "a1", "-o", "wg-quick", "--services", "10.96.0.0/12", nodes=NODES[:1], peers=())
    assert (result.exit_code, result.stdout.count("[")) == (0, 1)


@pytest.mark.parametrize(
    ("options", "name", "values"),
    [
        ((), "Address", ["10.5.0.1/32"]),
        (("--address", "10.5.0.1/24,fd00::1"), "Address", ["10.5.0.1/24, fd00::1/128"]),
        (("--address", "10.5.0.1", "--address", "10.6.0.1/31"), "Address", ["10.5.0.1/32, 10.6.0.1/31"]),
        ((), "DNS", []),
        (("--dns", "none"), "DNS", []),
        (("--dns", "auto"), "DNS", ["10.96.0.10, svc.kube.example.org, kube.example.org"]),
        (("--dns", "1.1.1.1,lan", "--dns", "2606:4700::1111"), "DNS", ["1.1.1.1, lan, 2606:4700::1111"]),
        (("--dns", "auto"), "PostUp", [SPLIT]),
        ((), "PostUp", []),
        (("--dns", "10.96.0.10,lan"), "PostUp", []),
        (("--dns", "auto", "--gateway", "beach"), "PostUp", []),
        ((), "MTU", ["1420"]),
        (("--mtu", "1280"), "MTU", ["1280"]),
        ((), "Table", []),
        (("--table", "off"), "Table", ["off"]),
        (("--table", "auto"), "Table", ["auto"]),
        (("--table", "1234"), "Table", ["1234"]),
        ((), "ListenPort", []),
        (("--listen-port", "5555"), "ListenPort", ["5555"]),
    ],
)
def test_the_interface_says(options: tuple[str, ...], name: str, values: list[str]) -> None:
    assert lines(show(*LAPTOP, *options), name) == values


ALPS = "10.42.1.0/24, 10.1.0.1/32, 10.42.2.0/24, 10.1.0.2/32, 10.4.0.1/32"
BEACH = "10.42.3.0/24, 10.1.0.3/32, 10.4.0.2/32"
OFFICE = "192.168.50.0/24"
EVERYTHING = "0.0.0.0/0, ::/0"


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        (("--services", "auto"), [f"{ALPS}, 10.96.0.0/12", BEACH, OFFICE]),
        (("--services", "none"), [ALPS, BEACH, OFFICE]),
        (("--services", "10.7.0.1/16,fd00:7::/112"), [f"{ALPS}, 10.7.0.0/16, fd00:7::/112", BEACH, OFFICE]),
        (
            ("--services", "10.7.0.0/16", "--services", "10.8.0.0/16"),
            [f"{ALPS}, 10.7.0.0/16, 10.8.0.0/16", BEACH, OFFICE],
        ),
        (("--gateway", "beach"), [f"{ALPS}, 10.96.0.0/12", EVERYTHING, OFFICE]),
        (("--gateway", "location:beach"), [f"{ALPS}, 10.96.0.0/12", EVERYTHING, OFFICE]),
        (("--gateway", "a2"), [EVERYTHING, BEACH, OFFICE]),
        (("--only", "beach"), [f"{BEACH}, 10.96.0.0/12"]),
        (("--only", "b1,a2", "--gateway", "a1"), [EVERYTHING, BEACH]),
    ],
)
def test_the_routes_are(options: tuple[str, ...], routes: list[str]) -> None:
    assert lines(show(*LAPTOP, *options), "AllowedIPs") == routes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mtu", "575"), "--mtu"),
        (("--mtu", "65536"), "--mtu"),
        (("--mtu", "auto"), "--mtu"),
        (("--listen-port", "0"), "--listen-port"),
        (("--listen-port", "65536"), "--listen-port"),
        (("--table", "main"), '--table "main" is not a number, auto, or off'),
        (("--table", "-1"), '--table "-1" is not a number, auto, or off'),
        (("--table", "²"), '--table "²" is not a number, auto, or off'),
        (("--address", "10.5.0.300"), '--address "10.5.0.300" is neither an IP address nor a CIDR'),
        (("--address", ""), '--address "" is neither an IP address nor a CIDR'),
        (("--services", "10.0.0.0/33"), '--services "10.0.0.0/33" is not a CIDR'),
        (("--services", "auto,10.0.0.0/8"), '--services "auto,10.0.0.0/8" combines auto with other values'),
        (("--dns", "auto,1.1.1.1"), '--dns "auto,1.1.1.1" combines auto with other values'),
        (("--dns", "1.1.1.1", "--dns", "none"), '--dns "1.1.1.1,none" combines none with other values'),
        (("--dns", "1.1.1.1\nPostUp = reboot"), '--dns "1.1.1.1\\nPostUp = reboot" is neither'),
        (("--dns", "LAN"), '--dns "LAN" is neither'),
        (("--as-peer",), "-o wg-quick and --as-peer exclude each other"),
        (("-O", "laptop"), 'wg-quick cannot use "laptop"'),
        (("-O", "laptop.txt"), 'wg-quick cannot use "laptop.txt"'),
        (("-O", "sixteen-letters-.conf"), 'wg-quick cannot use "sixteen-letters-.conf"'),
        (("-O", "my laptop.conf"), 'wg-quick cannot use "my laptop.conf"'),
        (("-O", ".conf"), 'wg-quick cannot use ".conf"'),
        (("-O", "-"), 'wg-quick cannot use "-"'),
    ],
)
def test_a_value_that_cannot_be_meant_is_wrong_usage(options: tuple[str, ...], words: str) -> None:
    assert words in refused(show(*LAPTOP, *options), 2)


@pytest.mark.parametrize(
    "options",
    [
        *(("--private-key", "x"), ("--address", "10.5.0.1"), ("--dns", "auto"), ("--services", "none")),
        *(("--mtu", "1280"), ("--table", "off"), ("--listen-port", "1"), ("--gateway", "a1"), ("--gateway", "")),
    ],
)
@pytest.mark.parametrize("name", [("peer", "laptop"), ("node", "a1")])
def test_what_only_a_complete_configuration_has_needs_one(name: tuple[str, str], options: tuple[str, str]) -> None:
    result = show(*name, *options)
    assert refused(result, 2) == f"kgctl: {options[0]} needs a complete configuration"
    assert result.stderr.endswith("hint: for example: -o wg-quick\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((*LAPTOP, "--gateway", "beech"), 'location or ready node "beech" not found'),
        ((*LAPTOP, "--gateway", ""), 'location or ready node "" not found'),
        (("peer", "office", "-o", "wg-quick"), 'peer "office" has no /32 or /128 allowed IP'),
    ],
)
def test_what_the_cluster_does_not_have_is_an_error(args: tuple[str, ...], words: str) -> None:
    assert words in refused(show(*args), 1)


def test_a_node_is_not_its_own_gateway() -> None:
    assert refused(show("node", "a1", "-o", "wg-quick", "--gateway", "alps"), 1).startswith(
        'kgctl: the configuration has no peer for --gateway "alps"'
    )


def test_an_address_makes_a_configuration_for_a_peer_that_is_a_network() -> None:
    assert lines(show("peer", "office", "-o", "wg-quick", "--address", "192.168.50.1/24"), "Address") == [
        "192.168.50.1/24"
    ]


def test_networks_that_are_not_there_are_warned_about() -> None:
    result = show(*LAPTOP, "--dns", "auto", more=())
    assert (lines(result, "AllowedIPs")[0], lines(result, "DNS")) == (ALPS, [])
    assert "kgctl: warning: the cluster DNS is unknown, so kgctl sets no DNS server" in result.stderr
    assert "kgctl: note: the Service CIDR is unknown, so Services are not routed; to route " in result.stderr


def test_a_gateway_also_carries_traffic_for_services_of_unknown_networks() -> None:
    assert "Service CIDR" not in show(*LAPTOP, "--gateway", "alps", more=()).stderr


def test_a_name_server_that_no_route_leads_to_is_warned_about() -> None:
    told = "kgctl: warning: the configuration has no route to the cluster DNS 10.96.0.10"
    assert told in show(*LAPTOP, "--dns", "auto", "--services", "none").stderr
    assert told not in show(*LAPTOP, "--dns", "auto").stderr


def test_a_guess_is_marked_and_verbose_shows_its_source() -> None:
    result = show(*LAPTOP, more=(service("a/b", "10.96.0.1"), service("a/c", "10.96.0.14")))
    assert lines(result, "AllowedIPs")[0] == f"{ALPS}, 10.96.0.0/28"
    assert (
        "kgctl: note: the Service CIDR 10.96.0.0/28 is a guess (smallest block that contains all Services); "
        "to set it, add --services CIDR\n" in result.stderr
    )
    told = show(*LAPTOP, "--verbose", "--dns", "auto").stderr
    assert "kgctl: Service CIDR 10.96.0.0/12: ServiceCIDR kubernetes\n" in told
    assert "kgctl: DNS 10.96.0.10: Service kube-system/kube-dns\n" in told


def test_a_public_key_given_as_the_private_key_is_recognized(tmp_path: Path) -> None:
    for name, words in (
        ("laptop.pub", "contains a public key, but a private key is needed\nhint: use the file"),
        ("laptop", 'contains the public key of peer "laptop", not its private key\nhint: use the file'),
    ):
        (tmp_path / name).write_text(PUBLIC)
        told = show(*LAPTOP, "--private-key", str(tmp_path / name)).stderr
        assert f'"{tmp_path / name}" {words}' in told
        assert "chmod" not in told
    (tmp_path / "laptop.key").touch()
    told = show(*LAPTOP, "--private-key", str(tmp_path / "laptop.pub")).stderr
    assert told.endswith(f"hint: use {tmp_path / 'laptop.key'}\n")


def test_a_file_for_a_public_key_that_is_missing_or_has_no_key_is_not_said_to_contain_one(tmp_path: Path) -> None:
    path = tmp_path / "laptop.pub"
    assert f'cannot read "{path}": no such file' in show(*LAPTOP, "--private-key", str(path)).stderr
    path.write_text("ssh-ed25519 AAAA")
    assert f'"{path}" does not start with a key' in show(*LAPTOP, "--private-key", str(path)).stderr


@pytest.mark.parametrize(
    ("name", "why"), [("no/laptop.conf", "does not exist"), ("old.conf", 'old.conf" already exists')]
)
def test_a_file_that_cannot_be_written_is_reported_without_remarks_on_its_content(
    name: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "old.conf").touch()
    told = show(*LAPTOP, "-O", str(tmp_path / name)).stderr
    assert why in told
    assert "note:" not in told


def test_a_private_key_of_another_peer_is_refused_and_not_shown(tmp_path: Path) -> None:
    other = keygen.generate_private_key()
    (tmp_path / "other.key").touch(0o600)
    (tmp_path / "other.key").write_text(str(other))
    result = show(*LAPTOP, "--private-key", str(tmp_path / "other.key"))
    words = refused(result, 1)
    own = keygen.public_key(other)
    told = f'does not belong to peer "laptop": its public key is {own}, but peer "laptop" has {PUBLIC}'
    assert told in words
    assert str(other) not in result.output


@pytest.mark.parametrize(
    "text", ["", "not a key", f"{PRIVATE} and more", str(PRIVATE)[:-1], f"{PRIVATE}\n{PRIVATE}\n"]
)
def test_a_file_that_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text(text)
    result = show(*LAPTOP, "--private-key", str(tmp_path / "key"))
    assert f'"{tmp_path / "key"}" ' in refused(result, 1)
    assert str(PRIVATE)[:40] not in result.output


def test_a_key_instead_of_a_file_is_refused_and_not_shown() -> None:
    result = show(*LAPTOP, "--private-key", str(PRIVATE))
    assert "expected a file name, not a key" in refused(result, 2)
    assert str(PRIVATE) not in result.output


def test_a_private_key_file_that_others_may_read_is_warned_about(key: str) -> None:
    Path(key).chmod(0o644)
    result = show(*LAPTOP, "--private-key", key)
    assert f'kgctl: warning: every user of this machine can read "{key}"' in result.stderr
    assert lines(result, "PrivateKey") == [str(PRIVATE)]


def test_a_key_file_without_a_key_is_refused_before_the_cluster_is_read(tmp_path: Path) -> None:
    def unreachable() -> NoReturn:
        raise AssertionError("the cluster is asked")

    (tmp_path / "key").write_text("no key\n")
    result = kgctl(
        "showconf", *LAPTOP, "--private-key", str(tmp_path / "key"), cluster=InMemoryCluster(unreachable)
    )
    assert "does not start with a key" in refused(result, 1)


def test_without_a_private_key_a_placeholder_is_written_and_reported() -> None:
    result = show(*LAPTOP)
    assert lines(result, "PrivateKey") == ["PUT-THE-PRIVATE-KEY-HERE"]
    assert "kgctl: note: the private key is missing: replace PUT-THE-PRIVATE-KEY-HERE" in result.stderr


def test_a_preshared_key_locks_every_location_and_no_other_peer() -> None:
    psk = str(keygen.generate_preshared_key())
    result = show(*LAPTOP, peers=(peer("laptop", 1, presharedKey=psk), PEERS[1]))
    sections = result.stdout.split("[Peer]")[1:]
    assert [f"PresharedKey = {psk}\n" in section for section in sections] == [True, True, False]


def test_a_file_is_readable_by_its_owner_alone_and_never_written_over(tmp_path: Path, key: str) -> None:
    file = tmp_path / "wg0.conf"
    args = (*LAPTOP, "--private-key", key, "-O", str(file))
    result = show(*args)
    assert (result.exit_code, result.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert before == show(*args[:-2]).stdout
    again = show(*args, "--mtu", "1300")
    assert refused(again, 1) == f'kgctl: "{file}" already exists'
    assert file.read_text() == before
    assert show(*args, "--mtu", "1300", "--force").exit_code == 0
    assert file.read_text() == before.replace("1420", "1300")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["laptop.key", "wg0.conf"]


def test_a_name_that_wg_quick_takes_is_one_that_is_taken(tmp_path: Path) -> None:
    for name in ("fifteen-letters", "a", "wg0.home", "a=b_c+d"):
        assert show(*LAPTOP, "-O", str(tmp_path / f"{name}.conf")).exit_code == 0, name
        assert stripped(tmp_path / f"{name}.conf").returncode == 0, name


@pytest.mark.parametrize("name", ["sixteen-letters-", "my laptop", ""])
def test_a_name_that_is_refused_is_one_that_wg_quick_refuses(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.conf").write_text("[Interface]\n")
    assert b"file must be a valid interface name" in stripped(tmp_path / f"{name}.conf").stderr


def stripped(file: Path) -> subprocess.CompletedProcess[bytes]:
    """Return what `wg-quick` would hand to `wg`; it only does so for root."""
    if os.environ.get("CI") != "true" and not (shutil.which("wg-quick") and os.geteuid() == 0):
        pytest.skip("needs root and wg-quick: install wireguard-tools")
    return subprocess.run(["wg-quick", "strip", file], capture_output=True, check=False)


LOOPS = (
    node("a1", 1, "alps", internal_ip="203.0.113.1/24"),
    node("b1", 2, "beach", allowed_location_ips="198.51.100.0/24"),
    node("c1", 3, "coast", endpoint="198.51.100.7:51820"),
)


def test_a_route_to_an_endpoint_is_left_out_and_a_wider_one_is_reported_with_the_way_round() -> None:
    result = show(*LAPTOP, "--services", "none", nodes=LOOPS, peers=PEERS[:1])
    assert lines(result, "AllowedIPs") == [
        "10.42.1.0/24, 10.4.0.1/32",
        "10.42.2.0/24, 10.1.0.2/32, 10.4.0.2/32, 198.51.100.0/24",
        "10.42.3.0/24, 10.1.0.3/32, 10.4.0.3/32",
    ]
    told = [line for line in result.stderr.splitlines() if "K-LOOP" in line or "hint" in line]
    wider, hint, alone = told
    assert wider == (
        'kgctl: warning: K-LOOP "location:coast, leader c1": the allowed IP 198.51.100.0/24 of '
        '"location:beach, leader b1" contains its endpoint 198.51.100.7:51820, so the tunnel is routed into itself'
    )
    assert hint == (
        "hint: set the annotation kilo.squat.ai/force-endpoint of the node to an endpoint outside of "
        "198.51.100.0/24, or use --table off and your own routes"
    )
    assert alone == (
        'kgctl: warning: K-LOOP "location:alps, leader a1": its allowed IP 203.0.113.1/32 is the address of '
        "its endpoint 203.0.113.1:51820, so the route is left out: it would send the tunnel into itself"
    )


def test_without_wg_quick_nothing_is_left_out_but_the_loop_is_reported() -> None:
    result = show("peer", "laptop", nodes=LOOPS, peers=PEERS[:1])
    assert "203.0.113.1/32" in result.stdout
    assert "kgctl: warning: K-LOOP" in result.stderr
    assert "hint: to leave out the route, create the configuration with -o wg-quick" in result.stderr


def test_a_gateway_is_no_loop() -> None:
    assert "K-LOOP" not in show(*LAPTOP, "--gateway", "alps").stderr


def test_a_name_is_looked_up_to_see_whether_it_loops() -> None:
    named = node("c1", 3, "coast", endpoint="vpn.example.com:51820", internal_ip="203.0.113.9/24")
    cluster = Cluster((*LOOPS[1:2], named), PEERS[:1])
    found = {"vpn.example.com": ipaddress.ip_address("203.0.113.9")}
    asked = InMemoryCluster(cluster.mesh, found)
    result = kgctl("showconf", *LAPTOP, "--services", "none", "--dns", "none", cluster=asked)
    assert lines(result, "AllowedIPs")[1] == "10.42.3.0/24, 10.4.0.2/32"
    assert "its allowed IP 203.0.113.9/32 is the address of its endpoint vpn.example.com:51820" in result.stderr
    assert lines(result, "Endpoint")[1] == "vpn.example.com:51820"


def test_a_name_that_does_not_resolve_here_is_kept_and_warned_about() -> None:
    named = node("c1", 3, "coast", endpoint="vpn.example.com:51820")
    asked = InMemoryCluster(Cluster((NODES[0], named), PEERS[:1]).mesh)
    told = (
        'kgctl: warning: the endpoint "vpn.example.com:51820" of "location:coast, leader c1" '
        "does not resolve on this machine; wg-quick up fails on any machine on which it does not resolve\n"
        "hint: correct the endpoint, or leave it out with --only LOCATION,...\n"
    )
    options = ("--services", "none", "--dns", "none")
    result = kgctl("showconf", *LAPTOP, *options, cluster=asked)
    assert lines(result, "Endpoint") == ["203.0.113.1:51820", "vpn.example.com:51820"]
    assert result.stderr.count(told) == 1
    assert "wg-quick up" not in kgctl("showconf", *LAPTOP, *options, "--only", "alps", cluster=asked).stderr
    other = ("peer", "laptop", "-o", "networkmanager")
    assert "wg-quick up" not in kgctl("showconf", *other, *options, cluster=asked).stderr
    assert "wg-quick up" not in show(*LAPTOP, nodes=(NODES[0], named)).stderr  # a file may be from elsewhere


def test_ipv4_only_leaves_ipv6_out() -> None:
    both = peer("laptop", 1, publicKey=PUBLIC, allowedIPs=["10.5.0.1/32", "fd00:5::1/128"])
    six = listening_peer("six", 2, allowedIPs=["fd00:6::/64"])
    options = (
        "--services",
        "10.96.0.0/12,fd00:7::/112",
        "--dns",
        "10.96.0.10,fd00:7::a,lan",
        "--gateway",
        "beach",
    )
    result = show(*LAPTOP, *options, "--ipv4-only", peers=(both, six))
    assert lines(result, "Address") == ["10.5.0.1/32"]
    assert lines(result, "DNS") == ["10.96.0.10, lan"]
    assert lines(result, "AllowedIPs") == [f"{ALPS}, 10.96.0.0/12", "0.0.0.0/0"]
    assert "fd00:6::/64" in show(*LAPTOP, *options, peers=(both, six)).stdout


def kgctl_on(host: Host, folder: Path, *options: str, peers: tuple[Raw, ...]) -> str:
    """Return the output of `showconf` for the laptop on a host."""
    file = folder / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*NODES, *peers]}))
    words = ("--from-file", str(file), "showconf", *LAPTOP, "--services", "none", *options)
    return host.run(sys.executable, "-m", "kgctl_py", *words)


def test_a_host_without_ipv6_is_told_of_ipv4_only(tmp_path: Path, lab: Lab) -> None:
    both = peer("laptop", 1, publicKey=PUBLIC, allowedIPs=["10.5.0.1/32"])
    six = listening_peer("six", 2, allowedIPs=["10.6.0.0/24", "fd00:6::/64"])
    host = lab.host("laptop")
    told = (
        "kgctl: note: IPv6 is disabled on this machine, so wg-quick up fails here; "
        "to leave out IPv6, add --ipv4-only"
    )
    for setting, options, notes in (("0", (), 0), ("1", (), 1), ("1", ("--ipv4-only",), 0)):
        host.run("sysctl", "-qw", f"net.ipv6.conf.default.disable_ipv6={setting}")
        output = kgctl_on(host, tmp_path, *options, peers=(both, six))
        assert output.count(told) == notes
        assert "[Peer]" in output


def test_a_network_of_the_host_that_is_also_in_the_mesh_is_warned_about(tmp_path: Path, lab: Lab) -> None:
    host = lab.host("laptop")
    device = lab.join(host, lab.network("home"), "192.168.50.7/24")
    told = (
        f'kgctl: warning: this machine already has a route to 192.168.50.0/24, an allowed IP of "peer office", '
        f'through {device}; wg-quick up fails here with "File exists"\n'
        "hint: to connect only to other locations, add --only LOCATION,...; to set no routes, add --table off\n"
    )
    assert kgctl_on(host, tmp_path, peers=PEERS).count(told) == 1
    for options in (("--table", "off"), ("--only", "alps")):
        assert "wg-quick up" not in kgctl_on(host, tmp_path, *options, peers=PEERS)

    def bring_up(*options: str) -> str:
        written = tmp_path / "mesh0.conf"
        written.unlink(missing_ok=True)
        (tmp_path / "key").touch(0o600)
        (tmp_path / "key").write_text(f"{PRIVATE}\n")
        kgctl_on(host, tmp_path, "--private-key", str(tmp_path / "key"), "-O", str(written), *options, peers=PEERS)
        return host.run("wg-quick", "up", written, check=False)

    assert "File exists" in bring_up()
    assert "File exists" not in bring_up("--only", "alps")
    assert "wg-quick up" not in kgctl_on(host, tmp_path, "--only", "alps", peers=PEERS)  # its routes are its own
    assert told in kgctl_on(host, tmp_path, peers=PEERS)


def test_ipv4_only_needs_an_ipv4_address() -> None:
    six = peer("laptop", 1, publicKey=PUBLIC, allowedIPs=["fd00:5::1/128"])
    words = refused(show(*LAPTOP, "--ipv4-only", peers=(six,)), 1)
    assert words == 'kgctl: --ipv4-only needs an IPv4 address of the interface of peer "laptop"'


def test_a_hint_about_one_of_several_configurations_is_not_about_an_address_of_all(tmp_path: Path) -> None:
    six, folder = peer("laptop", 1, publicKey=PUBLIC, allowedIPs=["fd00:5::1/128"]), str(tmp_path / "confs")
    run = show("peer", "--all", "-o", "wg-quick", "-O", folder, "--ipv4-only", peers=(six,))
    assert run.exit_code == 1
    assert run.stderr.splitlines()[-2:] == [
        'kgctl: --ipv4-only needs an IPv4 address of the interface of peer "laptop"',
        "hint: add such an address to the allowed IPs of the peer",
    ]


def test_a_key_on_its_way_to_a_file_that_others_may_read_is_warned_about(tmp_path: Path, key: str) -> None:
    (tmp_path / "cluster").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": [*NODES, *PEERS]}))
    script = "umask 022; kgctl --from-file cluster showconf peer laptop -o wg-quick --services none"
    with_key = shell(f"{script} --private-key {key} > shown.conf", tmp_path)
    without = shell(f"{script} > shown-too.conf", tmp_path)
    assert (with_key.returncode, without.returncode) == (0, 0)
    assert b"warning: every user of this machine can read the file that the key is written to" in with_key.stderr
    assert b"every user" not in without.stderr


def test_writing_a_preshared_key_to_such_a_file_is_a_warning(tmp_path: Path) -> None:
    locked = peer("laptop", 1, presharedKey=str(keygen.generate_preshared_key()))
    items = [*NODES, locked, PEERS[1]]
    (tmp_path / "cluster").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    script = "umask 022; kgctl --from-file cluster showconf peer"
    warning = b"warning: every user of this machine can read the file that the key is written to"
    assert warning in shell(f"{script} laptop > shown.conf", tmp_path).stderr
    assert shell(f"{script} office > shown-too.conf", tmp_path).stderr == b""


SET = """
export WG_ENDPOINT_RESOLUTION_RETRIES=0
wireguard-go wg0
for conf in "$0"/*.conf; do wg setconf wg0 <(wg-quick strip "$conf") >"$conf.said" 2>&1; done
"""


def test_real_wireguard_takes_each_and_refuses_the_one_without_its_key(tmp_path: Path, key: str, lab: Lab) -> None:
    options = {
        "whole": (),
        "gateway": ("--gateway", "beach", "--table", "off", "--dns", "auto", "--listen-port", "5555"),
        "one": ("--only", "beach", "--mtu", "1280", "--address", "10.5.0.1,fd00::1"),
    }
    for name, more in options.items():
        assert show(*LAPTOP, "--private-key", key, *more, "-O", str(tmp_path / f"{name}.conf")).exit_code == 0
    assert show(*LAPTOP, "-O", str(tmp_path / "no-key.conf")).exit_code == 0
    lab.host("laptop").run("bash", "-c", SET, tmp_path, check=False)
    for name in options:
        assert (tmp_path / f"{name}.conf.said").read_text() == ""
    said = (tmp_path / "no-key.conf.said").read_text()
    assert "Key is not the correct length or format: `PUT-THE-PRIVATE-KEY-HERE'" in said


LINE = re.compile(
    r"|\[Interface\]|\[Peer\]|# .*|Address = .*|(Private|Public|Preshared)Key = [A-Za-z0-9+/=-]+|MTU = \d+"
    r"|ListenPort = \d+|AllowedIPs = .*|Endpoint = [][a-z0-9.:-]+:\d+|PersistentKeepalive = \d+"
)


@given(clusters(hostile))
def test_nothing_breaks_out_of_the_comments(cluster: Cluster) -> None:
    result = kgctl(
        "--from-file", "-", "showconf", "peer", "viewer", "-o", "wg-quick", stdin=cluster.as_list().encode()
    )
    assert "fault of kgctl" not in result.stderr
    assert result.exit_code == 0 or result.stdout == ""
    for line in result.stdout.splitlines():
        assert LINE.fullmatch(line)
        assert line.isprintable()
