"""`kgctl diff`: what is told, what is left to the user, and the exit codes of `kubectl diff`."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import Result

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, Cluster, key, listening_peer, node, peer
from tests.kube.objects import service_cidr

PRIVATE = Key(bytes(range(32)))
PUBLIC = str(public_key(PRIVATE))
SERVICES = ("--services", "10.96.0.0/12")
NODES = (node("north", 1), node("south", 2, "b"))
LAPTOP = peer("laptop", 1, publicKey=PUBLIC)
CLUSTER = Cluster(NODES, (LAPTOP, listening_peer("phone", 2)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The laptop's configuration, as it is right now."""
    (tmp_path / "key").write_text(f"{PRIVATE}\n")
    conf = tmp_path / "laptop.conf"
    made = CLUSTER.kgctl(
        *("showconf", "peer", "laptop", "-o", "wg-quick", "--private-key", str(tmp_path / "key")),
        *(*SERVICES, "--dns", "10.96.0.10", "-O", str(conf)),
    )
    assert made.exit_code == 0, made.stderr
    return conf


def diff(file: Path, *args: str, cluster: Cluster = CLUSTER) -> Result:
    return cluster.kgctl("diff", "peer", "laptop", "--conf", str(file), *args)


def change(file: Path, pattern: str, text: str) -> None:
    changed, times = re.subn(pattern, text, file.read_text(), count=1, flags=re.MULTILINE)
    assert times == 1
    file.write_text(changed)


def test_a_current_configuration_differs_in_nothing(file: Path) -> None:
    result = diff(file, *SERVICES)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_a_node_that_moved_a_peer_that_came_and_one_that_went_are_a_line_each(file: Path) -> None:
    moved = node("south", 2, "b", endpoint="203.0.113.9:51820")
    cluster = Cluster((NODES[0], moved), (LAPTOP, listening_peer("tablet", 3)))
    result = diff(file, *SERVICES, cluster=cluster)
    assert result.exit_code == 1
    assert result.stdout == (
        f"~ peer {key('south')} (location:b, leader south)  Endpoint 203.0.113.2:51820 -> 203.0.113.9:51820\n"
        f"+ peer {key('tablet')} (peer tablet)  10.5.0.3/32\n"
        f"- peer {key('phone')} (peer phone)  10.5.0.2/32\n"
    )


def test_programs_get_the_same_as_json(file: Path) -> None:
    cluster = Cluster((NODES[0],), (LAPTOP, listening_peer("phone", 2, allowedIPs=["10.5.0.7/32"])))
    result = diff(file, *SERVICES, "-o", "json", cluster=cluster)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "differs": True,
        "interface": [],
        "added": [],
        "removed": [
            {
                "publicKey": key("south"),
                "name": "location:b, leader south",
                "allowedIPs": ["10.42.2.0/24", "10.1.0.2/32", "10.4.0.2/32"],
                "endpoint": "203.0.113.2:51820",
            }
        ],
        "changed": [
            {
                "publicKey": key("phone"),
                "name": "peer phone",
                "fields": [{"field": "AllowedIPs", "old": ["10.5.0.2/32"], "new": ["10.5.0.7/32"]}],
            }
        ],
    }
    assert json.loads(diff(file, "-o", "json", *SERVICES).stdout)["differs"] is False


def test_settings_of_the_user_are_compared_only_if_they_are_given(file: Path) -> None:
    change(file, "^MTU = .*", "MTU = 1380\nListenPort = 4500\nTable = off\nPostUp = echo hunter2")
    result = diff(file, *SERVICES)
    assert (result.exit_code, result.stderr) == (0, "kgctl: note: kgctl does not compare PostUp\n")
    said = diff(file, *SERVICES, "--mtu", "1420", "--dns", "10.96.0.11", "--listen-port", "51820", "--table", "7")
    assert said.exit_code == 1
    assert said.stdout.splitlines() == [
        "~ interface  ListenPort 4500 -> 51820",
        "~ interface  DNS -10.96.0.10 +10.96.0.11",
        "~ interface  MTU 1380 -> 1420",
        "~ interface  Table off -> 7",
    ]


def test_a_setting_that_is_turned_off_is_compared(file: Path) -> None:
    assert diff(file, *SERVICES, "--table", "auto").exit_code == 0
    said = diff(file, *SERVICES, "--dns", "none")
    assert (said.exit_code, said.stdout) == (1, "~ interface  DNS -10.96.0.10\n")
    change(file, "^DNS = .*", "Table = off")
    assert diff(file, *SERVICES, "--dns", "none").exit_code == 0
    said = diff(file, *SERVICES, "--table", "auto")
    assert (said.exit_code, said.stdout) == (1, "~ interface  Table off -> auto\n")


def test_what_is_unknown_about_the_cluster_is_not_compared(tmp_path: Path) -> None:
    file, example = tmp_path / "laptop.conf", ("--from-file", str(EXAMPLE))
    kgctl(*example, "showconf", "peer", "laptop", "-o", "wg-quick", "-O", str(file))
    said = kgctl(*example, "diff", "peer", "laptop", "--conf", str(file), "--dns", "auto", "--services", "auto")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "warning: the cluster DNS is unknown, so kgctl does not compare the DNS\n" in said.stderr
    assert "note: the Service CIDR is unknown, so routes for Services count as differences\n" in said.stderr


def test_an_address_that_the_peer_has_is_right_with_any_prefix(file: Path) -> None:
    change(file, "^Address = .*", "Address = 10.5.0.1/24")
    assert diff(file, *SERVICES).exit_code == 0
    change(file, "^Address = .*", "Address = 10.5.0.8/24")
    wrong = diff(file, *SERVICES)
    assert (wrong.exit_code, wrong.stdout) == (1, "~ interface  Address -10.5.0.8/24 +10.5.0.1/32\n")


def test_another_private_key_is_reported_by_its_public_key(file: Path) -> None:
    rotated = Cluster(NODES, (peer("laptop", 1), listening_peer("phone", 2)))
    result = diff(file, *SERVICES, cluster=rotated)
    assert (result.exit_code, result.stdout) == (1, f"~ interface  PublicKey {PUBLIC} -> {key('laptop')}\n")


def test_another_preshared_key_is_told_and_neither_is_shown(file: Path) -> None:
    secured = Cluster(
        NODES, (peer("laptop", 1, publicKey=PUBLIC, presharedKey=key("psk")), listening_peer("phone", 2))
    )
    result = diff(file, *SERVICES, cluster=secured)
    assert result.exit_code == 1
    assert "PresharedKey <none> -> one\n" in result.stdout
    assert key("psk") not in result.output
    assert str(PRIVATE) not in result.output


def test_peers_alone_are_compared_as_peers_alone(tmp_path: Path) -> None:
    file = tmp_path / "peers.conf"
    file.write_text(CLUSTER.kgctl("showconf", "peer", "laptop").stdout)
    assert diff(file).exit_code == 0


def test_a_route_that_wg_quick_could_not_have_may_be_there_or_not(tmp_path: Path) -> None:
    looping = Cluster((node("north", endpoint="10.1.0.1:51820"),), (LAPTOP,))
    file = tmp_path / "peers.conf"
    file.write_text(looping.kgctl("showconf", "peer", "laptop").stdout)
    assert diff(file, cluster=looping).exit_code == 0
    change(file, ", 10.1.0.1/32", "")
    assert diff(file, cluster=looping).exit_code == 0


def test_the_file_may_come_on_stdin(file: Path, tmp_path: Path) -> None:
    cluster = tmp_path / "cluster.json"
    cluster.write_text(CLUSTER.as_list())
    args = ("--from-file", str(cluster), "diff", "peer", "laptop", "--conf", "-", *SERVICES)
    assert kgctl(*args, stdin=file.read_bytes()).exit_code == 0


def test_routes_for_services_are_optional(file: Path, tmp_path: Path) -> None:
    cluster = tmp_path / "cluster.json"
    services = service_cidr("10.96.0.0/12")
    cluster.write_text(
        json.dumps({"kind": "List", "items": [*NODES, LAPTOP, listening_peer("phone", 2), services]})
    )
    args = ("--from-file", str(cluster), "diff", "peer", "laptop", "--conf", str(file))
    assert "10.96.0.0/12" in file.read_text()
    assert kgctl(*args).exit_code == 0
    assert kgctl(*args, "--services", "none").stdout.endswith("AllowedIPs -10.96.0.0/12\n")
    change(file, ", 10.96.0.0/12", "")
    assert kgctl(*args).exit_code == 0
    assert kgctl(*args, "--services", "auto").stdout.endswith("AllowedIPs +10.96.0.0/12\n")
    change(file, "^AllowedIPs = ", "AllowedIPs = 10.96.0.0/20, ")
    assert kgctl(*args).exit_code == 0
    change(file, "10.96.0.0/20", "10.200.0.0/16")
    assert kgctl(*args).stdout.endswith("AllowedIPs -10.200.0.0/16\n")
    change(file, "10.200.0.0/16", "0.0.0.0/0")
    assert kgctl(*args).stdout.endswith("AllowedIPs -0.0.0.0/0\n")


@pytest.mark.parametrize("content", ["", "hunter2", "[Peer]\nPublicKey = hunter2\n", "\x00\xff"])
def test_a_file_that_is_no_configuration_is_trouble_and_not_a_difference(tmp_path: Path, content: str) -> None:
    file = tmp_path / "odd.conf"
    file.write_bytes(content.encode("latin-1"))
    result = diff(file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(file) in result.stderr
    assert "hunter2" not in result.stderr


def test_a_missing_file_or_peer_is_an_error(file: Path, tmp_path: Path) -> None:
    assert diff(tmp_path / "none.conf").exit_code == 2
    unknown = CLUSTER.kgctl("diff", "peer", "desk", "--conf", str(file))
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert 'peer "desk" not found' in unknown.stderr
    assert diff(file, cluster=Cluster((), (LAPTOP,))).exit_code == 2


def test_names_from_a_file_cannot_move_the_cursor(file: Path) -> None:
    file.write_text(file.read_text() + f"\n# \x1b[2Jgone\n[Peer]\nPublicKey = {key('gone')}\n")
    result = diff(file, *SERVICES)
    assert result.stdout == f"- peer {key('gone')} (\\x1b[2Jgone)  no allowed IPs\n"


def test_a_removed_peer_has_the_allowed_ips_of_the_file(file: Path) -> None:
    result = diff(file, *SERVICES, "--only", "a")
    assert result.stdout == (
        f"- peer {key('south')} (location:b, leader south)  {allowed(file, 'south')}\n"
        f"- peer {key('phone')} (peer phone)  {allowed(file, 'phone')}\n"
    )


def allowed(file: Path, name: str) -> str:
    """Return the allowed IPs of a peer in the file."""
    peers = parse_conf(file.read_text()).conf.peers
    return ", ".join(str(cidr) for peer in peers if str(peer.public_key) == key(name) for cidr in peer.allowed_ips)


def test_files_of_networkmanager_and_networkd_are_compared(file: Path, tmp_path: Path) -> None:
    peers = [f"{peer.public_key}" for peer in parse_conf(file.read_text()).conf.peers]
    sections = file.read_text().split("\n\n")[1:]
    netdev = "\n\n".join(section.replace("[Peer]", "[WireGuardPeer]") for section in sections)
    (tmp_path / "90-kilo.netdev").write_text(f"[NetDev]\nName=kilo\n[WireGuard]\nPrivateKey={PRIVATE}\n\n{netdev}")
    (tmp_path / "90-kilo.network").write_text("[Match]\nName=kilo\n[Network]\nAddress=10.5.0.1/32\n")
    for name in ("90-kilo.netdev", "90-kilo.network", "."):
        result = diff(tmp_path / name, *SERVICES)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", ""), name
    (tmp_path / "90-kilo.network").write_text("[Match]\nName=kilo\n[Network]\nAddress=10.5.0.9/32\n")
    assert "Address -10.5.0.9/32 +10.5.0.1/32" in diff(tmp_path, *SERVICES).stdout
    keyfile = "\n".join(f"[wireguard-peer.{key}]\nendpoint=203.0.113.9:51820\n" for key in peers)
    (tmp_path / "kilo.nmconnection").write_text(f"[wireguard]\nprivate-key={PRIVATE}\n{keyfile}")
    assert diff(tmp_path / "kilo.nmconnection").stdout.count("AllowedIPs +") == len(peers)


def test_a_folder_without_one_netdev_is_no_configuration(tmp_path: Path) -> None:
    result = diff(tmp_path)
    assert (result.exit_code, result.stderr) == (
        2,
        f'kgctl: "{tmp_path}" has no .netdev files\nhint: pass the path of a file, not of the folder\n',
    )


def test_aggregated_networks_are_the_same_as_their_parts(tmp_path: Path) -> None:
    nodes = tuple(node(f"n{number}", number) for number in range(2, 6))
    cluster = Cluster(nodes, (LAPTOP,))
    made = cluster.kgctl("showconf", "peer", "laptop", "-o", "wg-quick", *SERVICES, "--dns", "none", "--aggregate")
    assert "10.42.2.0/23, 10.1.0.2/31, 10.42.4.0/23" in made.stdout
    (tmp_path / "laptop.conf").write_text(made.stdout)
    assert diff(tmp_path / "laptop.conf", *SERVICES, cluster=cluster).stdout == ""
    more = Cluster((*nodes, node("n6", 6)), (LAPTOP,))
    told = diff(tmp_path / "laptop.conf", *SERVICES, cluster=more).stdout
    assert told.endswith("AllowedIPs +10.42.6.0/24 +10.1.0.6/32\n")
    parts = cluster.kgctl("showconf", "peer", "laptop", "-o", "wg-quick", *SERVICES, "--dns", "none")
    (tmp_path / "laptop.conf").write_text(parts.stdout)
    assert diff(tmp_path / "laptop.conf", *SERVICES, "--aggregate", cluster=cluster).stdout == ""


@pytest.mark.parametrize(
    "option",
    [
        ("--mtu", "1280"),
        ("--dns", "none"),
        ("--table", "off"),
        ("--listen-port", "7000"),
        ("--address", "10.5.0.1"),
    ],
)
def test_a_setting_of_the_interface_needs_an_interface_section_to_compare(
    tmp_path: Path, option: tuple[str, str]
) -> None:
    file = tmp_path / "laptop.conf"
    file.write_text(CLUSTER.kgctl("showconf", "peer", "laptop").stdout)
    assert diff(file).exit_code == 0
    result = diff(file, *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f'kgctl: "{file}" has no [Interface] section to compare with {option[0]}\nhint: leave out {option[0]}\n'
    )


@pytest.mark.parametrize("option", [("--dns", "none"), ("--table", "off")])
def test_an_interface_has_neither_dns_nor_a_table_to_compare(option: tuple[str, str]) -> None:
    result = CLUSTER.kgctl("diff", "peer", "laptop", "--interface", "wg7", *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"kgctl: {option[0]} does not work with --interface\nhint: use --conf, or leave out {option[0]}\n"
    )
