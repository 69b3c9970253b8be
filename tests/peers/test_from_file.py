"""`kgctl peer` on a cluster in a file: what needs no server works, and nothing is said to have been changed."""

import json
import re
from pathlib import Path

import pytest
import yaml

from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.wireguard import keygen
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, node, peer

FILE = ("--from-file", str(EXAMPLE))
PUBLIC = str(keygen.public_key(keygen.generate_private_key()))


def test_a_peer_for_git_takes_the_next_address_of_the_file() -> None:
    result = kgctl(*FILE, "peer", "add", "tablet", "--print", "yaml", "--public-key", PUBLIC)
    assert result.exit_code == 0
    made = yaml.safe_load(result.stdout)
    assert made["spec"] == {"allowedIPs": ["10.5.0.5/32"], "persistentKeepalive": 25, "publicKey": PUBLIC}
    assert translate_peer(decoding.convert(made, resources.Peer)).why_not_ready() == ""


@pytest.mark.parametrize(
    ("options", "cidrs"),
    [
        (("--pool", "fd00:5::/64"), ["fd00:5::1/128"]),
        (("--pool", "2001:db8:5::/125"), ["2001:db8:5::1/128"]),
        (("--pool", "10.5.0.0/29"), ["10.5.0.5/32"]),
        (("--ip", "10.5.0.9,fd00::9", "--ip", "10.5.0.9/32"), ["10.5.0.9/32", "fd00::9/128"]),
    ],
)
def test_the_addresses_are(options: tuple[str, ...], cidrs: list[str]) -> None:
    result = kgctl(*FILE, "peer", "add", "tablet", "--print", "yaml", "--public-key", PUBLIC, *options)
    assert yaml.safe_load(result.stdout)["spec"]["allowedIPs"] == cidrs


@pytest.mark.parametrize(
    ("pod_cidrs", "cidr"),
    [
        (("fd00:42:1::/64", "fd00:42:2::/64"), "fd00:5::2/128"),
        (("fd00:42:1::/64", "10.42.2.0/24"), "10.5.0.1/32"),
        (("", ""), "10.5.0.1/32"),
    ],
)
def test_the_address_is_of_the_ip_version_of_the_pods(
    tmp_path: Path, pod_cidrs: tuple[str, str], cidr: str
) -> None:
    nodes = [node(f"node-{n}", n, "alps", pod_cidr=pod_cidr) for n, pod_cidr in enumerate(pod_cidrs, 1)]
    items = [*nodes, peer("phone", 1, allowedIPs=["fd00:5::1/128"])]
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    words = ("--from-file", str(file), "peer", "add", "tablet", "--print", "yaml", "--public-key", PUBLIC)
    for options, expected in (((), cidr), (("--pool", "10.9.0.0/24"), "10.9.0.1/32")):
        result = kgctl(*words, *options)
        assert yaml.safe_load(result.stdout)["spec"]["allowedIPs"] == [expected]


def test_a_dry_run_of_the_client_needs_no_server() -> None:
    result = kgctl(*FILE, "peer", "add", "tablet", "--dry-run", "client")
    assert (result.exit_code, result.stdout) == (0, "")
    assert 'kgctl: peer "tablet" would be created: 10.5.0.5/32 (dry run)\n' in result.stderr


@pytest.mark.parametrize(
    ("args", "change"),
    [
        (("set", "laptop", "--keepalive", "5"), "changed"),
        (("rm", "laptop"), "removed"),
        (("disable", "laptop"), "disabled"),
    ],
)
def test_a_dry_run_of_the_client_shows_changes_of_a_saved_cluster(args: tuple[str, ...], change: str) -> None:
    result = kgctl(*FILE, "peer", *args, "--dry-run", "client")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f'kgctl: peer "laptop" would be {change} (dry run)\n'


@pytest.mark.parametrize(
    "args",
    [
        ("add", "tablet"),
        ("add", "tablet", "-O", "tablet.conf"),
        ("add", "tablet", "--dry-run", "server"),
        ("set", "laptop", "--keepalive", "5"),
        ("rotate", "laptop", "--yes"),
        ("rm", "laptop", "phone"),
        ("rm", "laptop", "--dry-run", "server"),
        ("disable", "laptop"),
    ],
)
def test_a_cluster_in_a_file_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = EXAMPLE.read_bytes()
    result = kgctl(*FILE, "peer", *args)
    assert (result.exit_code, result.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert result.stderr.endswith("kgctl: cannot change Peers with --from-file\nhint: leave out --from-file\n")
    assert "may still exist" not in result.stderr
    assert EXAMPLE.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("peer",), "missing command"),
        (("peer", "ad", "laptop"), 'unknown command "ad"'),
        (("peer", "add"), "missing argument NAME"),
        (("peer", "add", "a", "b"), "unexpected argument"),
        (("peer", "add", "a", "--pskk"), 'unknown option "--pskk"'),
        (("peer", "add", "a", "--print", "pdf"), "--print"),
        (("peer", "rm"), "missing argument NAME..."),
        (("peer", "set", "laptop", "--psk"), 'unknown option "--psk"'),
    ],
)
def test_wrong_words_are_wrong_usage_in_one_line_and_where_to_read_on(args: tuple[str, ...], words: str) -> None:
    result = kgctl(*FILE, *args)
    told, *hints = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in told
    assert len(hints) == 1
    assert hints[0].startswith("hint: ")
    assert re.search(r'kgctl .*--help$|did you mean "[^"]+"\?$', hints[0])


@pytest.mark.parametrize("command", ["add", "set", "rotate", "rm"])
def test_help_of_every_command_stands_on_stdout(command: str) -> None:
    result = kgctl("peer", command, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: kgctl peer {command} ")


@pytest.mark.parametrize("host", ["256.1.1.1", "203.0.113.1.7", "vpn.example.1", "1.2.3", "4500", "a.0x7f"])
@pytest.mark.parametrize("command", ["add", "set"])
def test_an_endpoint_that_ends_in_a_number_is_a_mistyped_address(command: str, host: str) -> None:
    name = "mia" if command == "add" else "laptop"
    options = ("--print", "yaml", "--public-key", PUBLIC) if command == "add" else ()
    run = kgctl("--from-file", str(EXAMPLE), "peer", command, name, "--endpoint", f"{host}:51820", *options)
    assert (run.exit_code, run.stdout) == (2, "")
    assert f'--endpoint "{host}:51820" is a mistyped address' in run.stderr


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("0.0.0.0", "is not the address of a host"),
        ("[::]", "is not the address of a host"),
        ("255.255.255.255", "is the broadcast address"),
        ("239.1.2.3", "is a multicast address"),
        ("[ff02::1]", "is a multicast address"),
        ("[fe80::1]", "is a link-local address"),
        (f"{64 * 'a'}.example.com", "is not a host name: a label between dots has at most 63 characters"),
        (f"{250 * 'a'}.com", "has a host that is neither an IP address nor a lower-case DNS name"),
        ("vpn.example.com.", "has a host that is neither an IP address nor a lower-case DNS name"),
        ("vpn_1.example.com", "has a host that is neither an IP address nor a lower-case DNS name"),
    ],
)
@pytest.mark.parametrize("command", ["add", "set"])
def test_an_endpoint_that_no_host_can_have_is_refused(command: str, host: str, why: str) -> None:
    name = "mia" if command == "add" else "laptop"
    options = ("--print", "yaml", "--public-key", PUBLIC) if command == "add" else ()
    run = kgctl("--from-file", str(EXAMPLE), "peer", command, name, "--endpoint", f"{host}:51820", *options)
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr.startswith(f'kgctl: --endpoint "{host}:51820" {why}\n')


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.1.1", "192.168.1.1", f"{63 * 'a'}.example.com"])
def test_an_endpoint_on_this_host_or_in_a_private_network_is_accepted(host: str) -> None:
    add = ("peer", "add", "mia", "--print", "yaml", "--public-key", PUBLIC, "--endpoint", f"{host}:51820")
    assert kgctl("--from-file", str(EXAMPLE), *add).exit_code == 0
