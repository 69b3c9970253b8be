"""`kgctl peer rotate`, `set` and `rm` and a real API server: what exists changes, and nothing else of it does."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.wireguard import keygen
from tests.api.meanwhile import Meanwhile
from tests.api.peers import HERE, Manifest, Peers, files_in, public_key, raiser, refused, said, value

ADDRESS = "10.5.0.20"


@pytest.fixture
def peers(peers: Peers) -> Peers:
    """The Peers of the server, one of which is `mia`'s, with all that a Peer can have."""
    metadata = {"labels": {"team": "a"}, "annotations": {"git": "kept", names.OWNER: "team a"}}
    endpoint = {"dnsOrIP": {"ip": "198.51.100.20"}, "port": 51820}
    psk = str(keygen.generate_preshared_key())
    peers.create("mia", ADDRESS, metadata=metadata, endpoint=endpoint, presharedKey=psk, persistentKeepalive=10)
    return peers


def unlike(before: Manifest, after: Manifest) -> set[str]:
    """Name the fields of the spec that differ; the metadata must be as they were, but what is counted."""
    counted = {"resourceVersion": "", "generation": 0, "managedFields": []}
    assert before["metadata"] | counted == after["metadata"] | counted
    fields = {*before["spec"], *after["spec"]}
    return {field for field in fields if before["spec"].get(field) != after["spec"].get(field)}


def test_rotate_gives_new_keys_and_leaves_all_else_as_it_was(peers: Peers, tmp_path: Path) -> None:
    before, file = peers.get("mia"), tmp_path / "mia.conf"
    result = peers.run("rotate", "mia", "--yes", "-O", str(file))
    assert said(result)[0] == 'kgctl: peer "mia" has a new key'
    after = peers.get("mia")
    assert unlike(before, after) == {"publicKey", "presharedKey"}
    assert after["spec"]["publicKey"] == public_key(file.read_text())
    assert after["spec"]["presharedKey"] == value(file.read_text(), "PresharedKey")
    assert value(file.read_text(), "Address") == f"{ADDRESS}/32"


def test_a_preshared_key_is_generated_only_to_replace_one_or_on_request(peers: Peers) -> None:
    assert "PresharedKey" not in peers.run("rotate", "phone", "--yes").stdout
    assert "presharedKey" not in peers.spec("phone")
    with_psk = peers.run("rotate", "phone", "--yes", "--psk")
    assert peers.spec("phone")["presharedKey"] == value(with_psk.stdout, "PresharedKey")
    plain = peers.get("phone")
    del plain["spec"]["presharedKey"]
    peers.server.request("PUT", f"{resources.PEERS_PATH}/phone", plain)


def test_rotate_takes_a_public_key(peers: Peers) -> None:
    key = str(keygen.public_key(keygen.generate_private_key()))
    assert value(peers.run("rotate", "mia", "--yes", "--public-key", key).stdout, "PrivateKey").startswith("PUT-")
    assert peers.spec("mia")["publicKey"] == key


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ("mia",),
            2,
            'refusing to rotate the key of peer "mia" without --yes (stdin is not a terminal)\nhint: add --yes\n',
        ),
        (("mia", "--yes", "--print", "yaml"), 2, "does not work with kgctl peer rotate"),
        (("mia", "--yes", "--print", "none"), 2, "does not print the generated private key, which would be lost"),
        (("mia", "--yes", "--print", "qr"), 2, "stdout is not a terminal"),
        (("mia", "--yes", "--dns", "auto,x"), 2, '--dns "auto,x" combines auto'),
        (("mia", "--yes", "--public-key", "x"), 2, '--public-key "x" is not a WireGuard key'),
        (("mai", "--yes"), 1, 'peer "mai" not found in the cluster\nhint: did you mean "mia"'),
    ],
)
def test_a_rotation_that_cannot_be_changes_nothing(
    peers: Peers, args: tuple[str, ...], code: int, words: str
) -> None:
    before = peers.get("mia")
    assert words in refused(peers.run("rotate", *args), code)
    assert peers.get("mia") == before


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"n\n", 1),
        (b"y\n", 0),
        pytest.param(b"\n", 1, marks=pytest.mark.slow),
        pytest.param(b"\x03", 130, marks=pytest.mark.slow),
    ],
)
def test_rotate_asks_the_person_at_the_terminal(peers: Peers, answer: bytes, code: int) -> None:
    before = peers.spec("mia")
    ours, theirs = pty.openpty()
    command = ["setsid", "-c", *peers.program("rotate", "mia")]  # with a terminal of its own Ctrl-C is a signal
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr
        asked = b""
        while b"[y/N]" not in asked:
            chunk = os.read(process.stderr.fileno(), 1000)
            assert chunk, asked
            asked += chunk
        os.write(ours, answer)
        stdout, stderr = process.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert b'Rotate the key of peer "mia"? Its current configuration stops working.' in asked
    assert (process.returncode, bool(stdout), peers.spec("mia") != before) == (code, code == 0, code == 0), stderr


def test_the_old_keys_are_back_when_the_new_ones_cannot_be_delivered(peers: Peers, tmp_path: Path) -> None:
    before, file = peers.get("mia"), tmp_path / "mia.conf"
    meanwhile = Meanwhile(after={"replace": lambda: file.write_text("somebody else's")})
    result = peers.run("rotate", "mia", "--yes", "-O", str(file), opener=meanwhile)
    assert (result.exit_code, files_in(tmp_path), file.read_text()) == (1, ["mia.conf"], "somebody else's")
    assert unlike(before, peers.get("mia")) == set()
    old_key = 'kgctl: peer "mia" has its old key again\n'
    assert result.stderr.endswith(f'{old_key}kgctl: "{file}" already exists\nhint: to replace it, add --force\n')


def test_the_old_keys_are_back_after_ctrl_c(peers: Peers, tmp_path: Path) -> None:
    before = peers.get("mia")
    meanwhile = Meanwhile(after={"replace": raiser(KeyboardInterrupt())})
    result = peers.run("rotate", "mia", "--yes", "-O", str(tmp_path / "mia.conf"), opener=meanwhile)
    assert (result.exit_code, files_in(tmp_path)) == (130, []), result.stderr
    assert unlike(before, peers.get("mia")) == set()
    assert result.stderr.endswith('kgctl: peer "mia" has its old key again\n')


def test_a_rotation_after_a_concurrent_change_is_refused(peers: Peers, tmp_path: Path) -> None:
    meanwhile = Meanwhile(before={"replace": lambda: said(peers.run("set", "mia", "--owner", "team b"))})
    before = peers.spec("mia")
    result = peers.run("rotate", "mia", "--yes", "-O", str(tmp_path / "mia.conf"), opener=meanwhile)
    assert "answered 409" in refused(result)
    assert (peers.spec("mia"), files_in(tmp_path)) == (before, [])


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        (("--keepalive", "30"), {"persistentKeepalive": 30}),
        (("--keepalive", "0"), {"persistentKeepalive": None}),
        (("--endpoint", "none"), {"endpoint": None}),
        (("--endpoint", "vpn.example.com:5"), {"endpoint": {"dnsOrIP": {"dns": "vpn.example.com"}, "port": 5}}),
        (("--ip", f"{ADDRESS},10.7.0.0/24"), {"allowedIPs": [f"{ADDRESS}/32", "10.7.0.0/24"]}),
    ],
)
def test_set_changes_only_the_given_settings(
    peers: Peers, args: tuple[str, ...], changed: dict[str, object]
) -> None:
    before = peers.get("mia")
    for dry in ("client", "server"):
        assert said(peers.run("set", "mia", *args, "--dry-run", dry)) == [
            'kgctl: peer "mia" would be changed (dry run)'
        ]
    assert peers.get("mia") == before
    assert said(peers.run("set", "mia", *args)) == ['kgctl: peer "mia" changed']
    version = peers.get("mia")["metadata"]["resourceVersion"]
    assert said(peers.run("set", "mia", *args)) == ['kgctl: peer "mia" unchanged']
    assert peers.get("mia")["metadata"]["resourceVersion"] == version
    after = peers.get("mia")
    assert unlike(before, after) == set(changed)
    assert {name: after["spec"].get(name) for name in changed} == changed


def test_set_changes_annotations_for_people(peers: Peers) -> None:
    assert peers.run("set", "mia", "--owner", "team b", "--description", "her laptop").exit_code == 0
    annotations = {"git": "kept", names.OWNER: "team b", names.DESCRIPTION: "her laptop"}
    assert peers.get("mia")["metadata"]["annotations"] == annotations


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("mia",), 2, "no change given"),
        (("mia", "--ip", "10.5.0.1"), 1, 'is an allowed IP of peer "laptop"'),
        (("mia", "--ip", "10.7.0.9/24"), 2, "has host bits set"),
        (("mia", "--endpoint", "x"), 2, '--endpoint "x"'),
        (("mia", "--keepalive", "65536"), 2, "--keepalive"),
        (("mai", "--keepalive", "1"), 1, 'peer "mai" not found'),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    peers: Peers, args: tuple[str, ...], code: int, words: str
) -> None:
    before = peers.get("mia")
    assert words in refused(peers.run("set", *args), code)
    assert peers.get("mia") == before


def test_rm_removes_all_named_peers_or_none(peers: Peers) -> None:
    peers.create("zoe", "10.5.0.21")
    words = refused(peers.run("rm", "mia", "zoa"))
    assert 'peer "zoa" not found in the cluster\nhint: did you mean "zoe"?' in words
    for dry in ("client", "server"):
        assert said(peers.run("rm", "mia", "--dry-run", dry)) == ['kgctl: peer "mia" would be removed (dry run)']
    assert peers.names() == [HERE[0], "mia", HERE[1], "zoe"]
    assert said(peers.run("rm", "mia", "zoe", "mia")) == ['kgctl: peer "mia" removed', 'kgctl: peer "zoe" removed']
    assert peers.names() == HERE


def test_a_peer_that_shares_the_key_of_one_that_goes_is_updated_so_that_agents_keep_the_key(peers: Peers) -> None:
    shared = peers.spec("mia")["publicKey"]
    peers.create("twin", "10.5.0.30", publicKey=shared)
    before = peers.get("twin")
    result = peers.run("rm", "mia")
    assert 'kgctl: peer "twin" has the same public key; kgctl updated it, so that agents keep it' in said(result)
    after = peers.get("twin")
    assert after["spec"] == before["spec"]
    assert after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]
    assert names.TOUCHED in after["metadata"]["annotations"]


def test_a_peer_that_shares_a_rotated_key_is_updated(peers: Peers) -> None:
    peers.create("twin", "10.5.0.31", publicKey=peers.spec("mia")["publicKey"])
    assert 'peer "twin" has the same public key' in peers.run("rotate", "mia", "--yes").stderr
    assert names.TOUCHED in peers.get("twin")["metadata"]["annotations"]


def test_a_key_that_is_not_shared_changes_no_other_peer(peers: Peers) -> None:
    before = {name: peers.get(name) for name in HERE}
    peers.run("rm", "mia")
    assert {name: peers.get(name) for name in HERE} == before
