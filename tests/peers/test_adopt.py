"""`kgctl peer add --adopt`: the Peer of a configuration that somebody has, with its key and its addresses."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import Result

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, key, node, peer

PRIVATE = Key(bytes(range(32)))
PUBLIC = str(public_key(PRIVATE))
SERVER, PSK = key("server"), key("psk")
CLUSTER = Cluster([node("north"), node("south", 2, "b")], [peer("laptop", 1)])
WG_EASY = f"""\
\ufeff[Interface]\r
PrivateKey = {PRIVATE}\r
Address = 10.8.0.2/24\r
DNS = 1.1.1.1\r
ListenPort = 4500\r
PostUp = true\r
\r
[Peer]\r
PublicKey = {SERVER}\r
PresharedKey = {PSK}\r
AllowedIPs = 0.0.0.0/0, ::/0\r
PersistentKeepalive = 0\r
Endpoint = vpn.example.com:51820\r
"""


def add(*args: str, stdin: str = WG_EASY) -> Result:
    """Add a peer that adopts what is on stdin; the cluster is a file, so that only the Peer is printed."""
    file = Path("cluster.json")
    file.write_text(CLUSTER.as_list())
    quick = () if "yaml" in args else ("--services", "none", "--dns", "none")
    return kgctl("--from-file", str(file), "peer", "add", "desk", *quick, *args, stdin=stdin.encode())


def spec(*args: str, stdin: str = WG_EASY) -> dict[str, Any]:
    done = add("--adopt", "-", "--print", "yaml", *args, stdin=stdin)
    assert done.exit_code == 0, done.stderr
    made: dict[str, Any] = yaml.safe_load(done.stdout)["spec"]
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_peer_has_the_key_and_the_addresses_and_nothing_that_is_secret() -> None:
    assert spec() == {"allowedIPs": ["10.8.0.2/32"], "publicKey": PUBLIC}


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (("--ip", "10.5.0.9"), "allowedIPs", ["10.5.0.9/32"]),
        (("--keepalive", "10"), "persistentKeepalive", 10),
        ((), "persistentKeepalive", None),
    ],
)
def test_options_win_over_what_is_adopted(options: tuple[str, ...], field: str, value: object) -> None:
    assert spec(*options).get(field) == value


def test_a_configuration_for_this_mesh_keeps_its_preshared_key_and_its_keepalive() -> None:
    text = WG_EASY.replace(SERVER, key("north")).replace("Keepalive = 0", "Keepalive = 21")
    assert spec(stdin=text) == {
        "allowedIPs": ["10.8.0.2/32"],
        "persistentKeepalive": 21,
        "presharedKey": PSK,
        "publicKey": PUBLIC,
    }


def test_the_new_configuration_has_the_private_key_and_the_port() -> None:
    done = add("--adopt", "-", "--print", "yaml", "-O", "desk.conf")
    assert done.exit_code == 0, done.stderr
    interface = parse_conf(Path("desk.conf").read_text()).conf.interface
    assert interface
    assert (interface.private_key, interface.listen_port) == (PRIVATE, 4500)
    assert str(PRIVATE) not in done.output
    assert "kgctl: note: kgctl does not use PostUp\n" in done.stderr


def test_files_of_other_programs_are_adopted(folder: Path) -> None:
    (folder / "kilo.nmconnection").write_text(
        f"[wireguard]\nprivate-key={PRIVATE}\n[ipv4]\naddress1=10.8.0.2/24\n[ipv6]\naddress1=fd00:8::2/64\n"
    )
    (folder / "key").touch(0o600)
    (folder / "key").write_text(f"{PRIVATE}\n")
    (folder / "kilo.netdev").write_text(f"[NetDev]\nName=kilo\n[WireGuard]\nPrivateKeyFile={folder / 'key'}\n")
    (folder / "kilo.network").write_text("[Network]\nAddress=10.8.0.2/24\nAddress=fd00:8::2/64\n")
    for name in ("kilo.nmconnection", "kilo.netdev", "."):
        done = add("--adopt", name, "--print", "yaml")
        assert done.exit_code == 0, done.stderr
        made = yaml.safe_load(done.stdout)["spec"]
        assert (made["publicKey"], made["allowedIPs"]) == (PUBLIC, ["10.8.0.2/32", "fd00:8::2/128"])


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        (f"[Peer]\nPublicKey = {SERVER}\n", 1, "stdin has no [Interface]"),
        ("[Interface]\nAddress = 10.8.0.2\n", 1, "stdin has no private key"),
        (f"[Interface]\nPrivateKey = {PRIVATE}\n", 1, "the configuration of --adopt has no address"),
        (
            f"[Interface]\nPrivateKey = {PRIVATE}\nAddress = 10.5.0.1\n",
            1,
            'the allowed IP "10.5.0.1/32" is already in use',
        ),
        ("hello\n", 1, "stdin is not a WireGuard configuration: line 1"),
    ],
)
def test_what_cannot_be_adopted_is_refused(text: str, code: int, why: str) -> None:
    done = add("--adopt", "-", "--print", "yaml", stdin=text)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.startswith(f"kgctl: {why}")
    assert str(PRIVATE) not in done.stderr


def test_one_key_is_adopted_or_given() -> None:
    done = add("--adopt", "-", "--public-key", PUBLIC)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--adopt and --public-key exclude each other" in done.stderr


def test_a_key_that_the_mesh_has_is_not_adopted_again() -> None:
    cluster = Cluster(CLUSTER.nodes, [peer("laptop", 1, publicKey=PUBLIC)])
    Path("mine.json").write_text(cluster.as_list())
    done = kgctl("--from-file", "mine.json", "peer", "add", "desk", "--adopt", "-", stdin=WG_EASY.encode())
    assert done.exit_code == 1
    assert f"the public key {PUBLIC} is already in use" in done.stderr
