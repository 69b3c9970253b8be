"""`kgctl peer add` and a real API server: what is asked for is what there is, and nothing else."""

import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.wireguard import keygen
from tests.api import mesh
from tests.api.peers import HERE, Peers, files_in, public_key, refused, said, value
from tests.cli.in_terminal import kgctl_in_terminal
from tests.render.scanner import scanned, scanned_terminal
from tests.tunnel.host import until

FREE = "10.5.0.3/32"


def test_add_prints_the_whole_configuration_of_the_peer_that_it_made(peers: Peers, tmp_path: Path) -> None:
    result = peers.run("add", "mia")
    assert said(result) == [f'kgctl: peer "mia" created: {FREE}']
    made = peers.get("mia")
    assert made["spec"] == {
        "allowedIPs": [FREE],
        "persistentKeepalive": 25,
        "publicKey": public_key(result.stdout),
    }
    assert "annotations" not in made["metadata"]
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text(value(result.stdout, "PrivateKey"))
    options = ("-o", "wg-quick", "--private-key", str(tmp_path / "key"))
    shown = subprocess.run(
        [*peers.program()[:-1], "showconf", "peer", "mia", *options], capture_output=True, text=True, check=True
    )
    assert shown.stdout == result.stdout
    assert ", 10.96.0." in value(result.stdout, "AllowedIPs")


def test_add_writes_a_private_file_and_says_how_to_use_it(peers: Peers, tmp_path: Path) -> None:
    file = tmp_path / "mia.conf"
    result = peers.run("add", "mia", "-O", str(file))
    assert result.stdout == ""
    assert said(result) == [
        f'kgctl: peer "mia" created: {FREE}',
        f'kgctl: wrote "{file}"; to use it: sudo wg-quick up {file}',
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert public_key(file.read_text()) == peers.spec("mia")["publicKey"]
    assert files_in(tmp_path) == ["mia.conf"]


def test_a_peer_has_all_given_settings(peers: Peers) -> None:
    options = ("--ip", "10.5.0.77,192.168.7.0/24", "--ip", "fd00:5::7", "--keepalive", "0", "--psk")
    people = ("--owner", "team a", "--description", 'says "hi"\n- x: {')
    result = peers.run("add", "mia", *options, "--endpoint", "vpn.example.com:5", *people)
    assert result.exit_code == 0, result.stderr
    made = peers.get("mia")
    assert made["metadata"]["annotations"] == {
        names.OWNER: "team a",
        names.DESCRIPTION: 'says "hi"\n- x: {',
    }
    assert made["spec"] == {
        "allowedIPs": ["10.5.0.77/32", "192.168.7.0/24", "fd00:5::7/128"],
        "endpoint": {"dnsOrIP": {"dns": "vpn.example.com"}, "port": 5},
        "presharedKey": value(result.stdout, "PresharedKey"),
        "publicKey": public_key(result.stdout),
    }
    assert value(result.stdout, "Address") == "10.5.0.77/32, fd00:5::7/128"


def test_an_address_comes_from_the_pool_after_those_that_are_taken(peers: Peers) -> None:
    peers.create("aaa", "10.6.0.1")
    for name, address in (("mia", "10.6.0.2/32"), ("zoe", "10.6.0.3/32")):
        assert peers.run("add", name, "--pool", "10.6.0.0/29").exit_code == 0
        assert peers.spec(name)["allowedIPs"] == [address]


def test_with_a_public_key_no_other_is_made_and_its_owner_puts_in_the_private_one(peers: Peers) -> None:
    key = str(keygen.public_key(keygen.generate_private_key()))
    result = peers.run("add", "mia", "--public-key", key)
    assert peers.spec("mia")["publicKey"] == key
    assert value(result.stdout, "PrivateKey") == "PUT-THE-PRIVATE-KEY-HERE"


@pytest.mark.parametrize("judge", ["client", "server"])
def test_a_dry_run_makes_nothing(peers: Peers, tmp_path: Path, judge: str) -> None:
    result = peers.run("add", "mia", "--dry-run", judge, "-O", str(tmp_path / "mia.conf"))
    assert said(result) == [f'kgctl: peer "mia" would be created: {FREE} (dry run)']
    assert (result.stdout, peers.names(), files_in(tmp_path)) == ("", HERE, [])


def test_print_yaml_creates_nothing_and_prints_a_peer_that_the_server_accepts(
    peers: Peers, tmp_path: Path
) -> None:
    file = tmp_path / "mia.conf"
    result = peers.run("add", "mia", "--print", "yaml", "--owner", "team a", "-O", str(file))
    assert (result.exit_code, peers.names()) == (0, HERE)
    peers.server.create(resources.PEERS_PATH, yaml.safe_load(result.stdout))
    assert peers.spec("mia")["publicKey"] == public_key(file.read_text())
    assert peers.get("mia")["metadata"]["annotations"] == {names.OWNER: "team a"}


@pytest.mark.parametrize("printed", ["yaml", "none", "qr"])
def test_a_private_key_that_would_be_lost_is_not_generated(peers: Peers, printed: str) -> None:
    words = refused(peers.run("add", "mia", "--print", printed), 2)
    assert "private key" in words
    assert peers.names() == HERE


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ("laptop",),
            1,
            'peer "laptop" already exists\nhint: to replace its key: kgctl peer rotate laptop',
        ),
        (
            ("mia", "--ip", "10.5.0.1"),
            1,
            '"10.5.0.1/32" is already in use: 10.5.0.1/32 is an allowed IP of peer "laptop"',
        ),
        (("mia", "--ip", "10.5.0.0/24"), 1, 'the allowed IP "10.5.0.0/24" is already in use'),
        (("mia", "--ip", "10.42.1.9"), 1, 'is already in use: 10.42.1.0/24 is the pod CIDR of node "north"'),
        (("mia", "--ip", "10.4.0.200"), 1, "is already in use: 10.4.0.0/16 is the Kilo subnet"),
        (("mia", "--ip", "10.96.0.1"), 1, "is a Service CIDR"),
        (("mia", "--ip", "192.168.1.1"), 1, 'is already in use: 192.168.1.0/24 is the network of node "north"'),
        (("mia", "--pool", "10.4.0.0/24"), 1, 'the pool "10.4.0.0/24" has no free address left'),
        (("mia", "--public-key", mesh.key("south")), 1, 'is already in use by node "south"'),
        (("mia", "--public-key", mesh.key("phone")), 1, 'is already in use by peer "phone"'),
        (("mia", "--gateway", "nowhere"), 1, 'location or ready node "nowhere"'),
        (
            ("mia", "--ip", "10.7.0.9/24"),
            2,
            '--ip "10.7.0.9/24" has host bits set\nhint: use --ip 10.7.0.9, or --ip 10.7.0.0/24',
        ),
        (("mia", "--ip", "home"), 2, '--ip "home" is neither an IP address nor a CIDR'),
        (("mia", "--pool", "10.5.0.0/33"), 2, '--pool "10.5.0.0/33" is not a CIDR'),
        (("Mia",), 2, '"Mia" is not a valid peer name'),
        (("mia/../x",), 2, '"mia/../x" is not a valid peer name'),
        (("mia", "--keepalive", "65536"), 2, "--keepalive"),
        (("mia", "--keepalive", "-1"), 2, "--keepalive"),
        (("mia", "--endpoint", "home"), 2, '--endpoint "home" is not HOST:PORT'),
        (("mia", "--endpoint", "1.2.3.4:70000"), 2, '--endpoint "1.2.3.4:70000" has no port between'),
        (("mia", "--public-key", ""), 2, '--public-key "" is not a WireGuard key (32 bytes in base64)'),
        (("mia", "--psk=c2VjcmV0"), 2, "--psk"),
        (("mia", "--dry-run", "maybe"), 2, "--dry-run"),
        (("mia", "-O", "mia.txt"), 2, 'wg-quick cannot use "mia.txt"'),
        (("mia", "-O", "/nowhere/mia.conf"), 1, 'folder "/nowhere" does not exist'),
        ((), 2, "NAME"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    peers: Peers, args: tuple[str, ...], code: int, words: str
) -> None:
    assert peers.on_this_server(words) in refused(peers.run("add", *args), code)
    assert peers.names() == HERE


READ = {"apiGroups": ["", names.GROUP], "resources": ["nodes", "peers"], "verbs": ["list"]}


def test_a_create_that_is_forbidden_leaves_no_file_behind(peers: Peers, tmp_path: Path) -> None:
    peers.server.allow("joiner", READ)
    args = ("add", "mia", "--services", "none", "-O", str(tmp_path / "mia.conf"))
    assert until(lambda: "create" in peers.run(*args, user="joiner").stderr)  # the authorizer has a cache
    words = refused(peers.run(*args, user="joiner"))
    assert (
        'hint: ask for this RBAC rule: {apiGroups: ["kilo.squat.ai"], resources: ["peers"], verbs: ["create"]}'
        in words
    )
    assert files_in(tmp_path) == []
    for more in ((), ("--print", "yaml")):
        assert refused(peers.run(*args, *more, "--dry-run", "server", user="joiner")) == words
    assert peers.run(*args, "--dry-run", "client", user="joiner").exit_code == 0
    assert peers.names() == HERE


def test_who_may_only_list_and_create_can_add_a_peer_without_its_services(peers: Peers) -> None:
    peers.server.allow("joiner", READ, {**READ, "resources": ["peers"], "verbs": ["create"]})
    assert until(lambda: peers.run("add", "mia", "--dry-run", "server", user="joiner").exit_code == 0)
    result = peers.run("add", "mia", user="joiner")
    assert (result.exit_code, peers.spec("mia")["publicKey"]) == (0, public_key(result.stdout))
    assert "kgctl: note: the Service CIDR is unknown, so Services are not routed; " in result.stderr


def test_a_create_that_does_not_pass_validation_leaves_no_file_behind(peers: Peers, tmp_path: Path) -> None:
    result = peers.run("add", "mia", "--description", "x" * 300_000, "-O", str(tmp_path / "mia.conf"))
    assert 'answered 422 to POST "/apis/kilo.squat.ai/v1alpha1/peers": ' in refused(result)
    assert (files_in(tmp_path), peers.names()) == ([], HERE)


def test_a_phone_scans_the_code_in_the_terminal(peers: Peers) -> None:
    args = (*peers.options(), "peer", "add", "phil", "--print", "qr")
    shown = kgctl_in_terminal(*args, columns=200, lines=150)
    assert shown.exit_code == 0, shown.stderr
    assert peers.spec("phil")["publicKey"] == public_key(scanned_terminal(shown.stdout))


def test_a_phone_scans_the_picture(peers: Peers, tmp_path: Path) -> None:
    file = tmp_path / "phil.png"
    assert peers.run("add", "phil", "--print", "qr", "-O", str(file)).exit_code == 0
    assert peers.spec("phil")["publicKey"] == public_key(scanned(file.read_bytes()))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_code_that_the_terminal_cannot_show_makes_no_peer(peers: Peers) -> None:
    shown = kgctl_in_terminal(*peers.options(), "peer", "add", "phil", "--print", "qr", columns=20, lines=20)
    assert (shown.exit_code, shown.stdout, peers.names()) == (1, "", HERE)
    assert "columns, but the terminal has 20" in shown.stderr


@pytest.mark.slow
def test_ten_who_add_at_once_get_ten_addresses(peers: Peers, tmp_path: Path) -> None:
    wanted = [f"p{number}" for number in range(10)]
    adds = [
        subprocess.Popen(peers.program("add", name, "-O", str(tmp_path / f"{name}.conf")), stderr=subprocess.PIPE)
        for name in wanted
    ]
    said = [process.communicate(timeout=100)[1] for process in adds]
    assert [process.returncode for process in adds] == [0] * 10, said
    given = {name: value((tmp_path / f"{name}.conf").read_text(), "Address") for name in wanted}
    assert given == {name: peers.spec(name)["allowedIPs"][0] for name in wanted}
    assert len({*given.values(), "10.5.0.1/32", "10.5.0.2/32"}) == 12
