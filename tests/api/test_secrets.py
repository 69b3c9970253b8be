"""Every command with a private key, a preshared key and a token in play: none is where it should not be."""

import functools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kgctl_py import names
from kgctl_py.app import app
from kgctl_py.kilo import resources
from kgctl_py.wireguard import keygen
from tests.api.peers import Peers, value
from tests.api.server import ApiServerProcess
from tests.cli.kgctl import kgctl
from tests.tunnel.host import until

PRIVATE = keygen.generate_private_key()
PSK = str(keygen.generate_preshared_key())
OTHER = keygen.generate_private_key()
TOKEN = "token-of-admin"
SECRETS = {"private": str(PRIVATE), "other": str(OTHER), "psk": PSK, "token": TOKEN}

CONF = ("-o", "wg-quick", "--private-key", "mia.key")
COMMANDS: list[tuple[tuple[str, ...], set[str]]] = [
    (("showconf", "peer", "mia", *CONF), {"private", "psk"}),
    (("showconf", "peer", "mia", *CONF, "-O", "wg0.conf"), set()),
    (("showconf", "peer", "mia", "-o", "wg-quick", "--private-key", "other.key"), set()),
    (("showconf", "peer", "mia", "-o", "wg-quick", "--private-key", str(PRIVATE)), set()),
    (("showconf", "peer", "mia", "-o", "wg-quick", "--private-key", "broken.key"), set()),
    (("showconf", "peer", "mia", "--private-key", "mia.key"), set()),
    (("showconf", "peer", "mia"), {"psk"}),
    (("showconf", "peer", "mia", "--as-peer", "-o", "json"), {"psk"}),
    (("showconf", "peer", "phone"), set()),
    (("showconf", "node", "north"), {"psk"}),
    (("showconf", "node", "north", "--as-peer", "-o", "yaml"), set()),
    (("diff", "peer", "mia", "--conf", "old.conf"), set()),
    (("diff", "peer", "mia", "--conf", "mia.key"), set()),
    (("diff", "peer", "mia", "--conf", "-"), set()),
    (("qr", "peer", "mia", "--private-key", "mia.key", "-O", "mia.svg"), set()),
    (("qr", "peer", "mia", "--private-key", "mia.key"), set()),
    (("connect", "mia", "-i", "kilo-secrets", "--private-key", "other.key"), set()),
    (("connect", "mia", "-i", "kilo-secrets", "--private-key", "broken.key"), set()),
    (("disconnect", "-i", "kilo-secrets"), set()),
    (("heal", "kilo-secrets"), set()),
    (("sync", "kilo-secrets", "--conf", "old.conf"), set()),
    (("graph",), set()),
    *((("check", "-o", output), set()) for output in ("text", "short", "json", "junit")),
    *((("info", "-o", output), set()) for output in ("text", "json", "yaml")),
    *((("get", "nodes,peers,locations", "-o", output), set()) for output in ("table", "wide", "json", "yaml")),
    *((("whois", "10.5.0.20", "-o", output), set()) for output in ("text", "json", "yaml")),
    *((("trace", "mia", "north", "--explain", "-o", output), set()) for output in ("text", "json", "yaml")),
    *((("dns", "export", "-o", output), set()) for output in ("hosts", "coredns", "zone")),
    *((("events", "-o", output), set()) for output in ("text", "json")),
    *((("reach", "--pods", "-o", output), set()) for output in ("text", "json", "yaml")),
    *((("simulate", "--without", "north", "-o", output), set()) for output in ("text", "json", "yaml")),
    (("peer", "set", "mia", "--owner", "somebody"), set()),
    (("peer", "set", "mia", "--endpoint", "nowhere"), set()),
    (("peer", "rotate", "mia"), set()),
    (("peer", "rotate", "mia", "--yes", "-O", "/nowhere/mia.conf"), set()),
    (("peer", "rm", "mia", "--dry-run", "server"), set()),
    *((("peer", word, "mia", "--dry-run", "client"), set()) for word in ("disable", "enable")),
    (("peer", "expire", "--dry-run", "client"), set()),
    (("peer", "prune", "--never-seen", "--older-than", "1d"), set()),
    (("peer", "apply", "-f", "mia.key"), set()),
    (("peer", "apply", "-f", "old.conf", "--set", "all", "--prune", "--yes"), set()),
    (("peer", "apply", "-f", "saved.json", "--dry-run", "client"), set()),
    (("peer", "apply", "-f", "fleet.csv", "-O", "confs", "--dry-run", "server"), set()),
    (("peer", "apply", "-f", "fleet.csv", "-O", "confs"), set()),
    (("changes", "mia.key"), set()),
    (("changes", "old.conf", "mia.key"), set()),
    *(
        (("peering", word, "mia.key", "old.conf"), set())
        for word in ("connect", "dns", "manifests", "rm", "verify")
    ),
    *((("peering", word, "old.conf"), set()) for word in ("export", "status")),
    (("peering", "mirror", "mia.key", "old.conf", "default/web"), set()),
    (("peer", "add", "mia", "--psk"), set()),
    (("peer", "add", "zoe", "--psk", "-O", "zoe.conf", "--print", "yaml"), set()),
    (("peer", "disable", "mia"), set()),
    (("peer", "enable", "mia"), set()),
    (("peer", "expire"), set()),
    *((("changes", "saved.json", "-o", output), set()) for output in ("text", "json", "yaml")),
    (("peering", "connect", "tests", "card.yaml", "--print", "yaml"), set()),
    (("peering", "connect", "tests", "card.yaml", "--git", "tests=."), set()),
    (("peering", "connect", "tests", "tests"), set()),
    (("peering", "status", "tests"), set()),
    (("peering", "verify", "tests", "card.yaml"), set()),
    (("peering", "verify", "tests", "card.yaml", "--probe"), set()),
    (("peering", "rm", "tests", "--peering", "edge"), set()),
    (("peering", "export", "tests"), set()),
    (("peering", "dns", "tests", "card.yaml", "--zone", "edge.local"), set()),
    (("peering", "manifests", "tests", "edge", "--image", "kgctl:1"), set()),
    (("peering", "mirror", "tests", "card.yaml", "shop/web"), set()),
    (("gather",), set()),
    (("gather", "--include-secrets"), set()),
    (("lint", "-"), set()),
    (("--context", "nowhere", "get", "peers"), set()),
    (("pubkey",), set()),
]
MAKE_KEYS_OR_ASK_NOBODY = {"options", "completion", "genkey", "genpsk", "help", "init", "keygen", "manifests"}


@pytest.fixture
def peers(peers: Peers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Peers:
    """The Peers of the server, one of which is `mia`'s, in a folder with her private key."""
    peers.create("mia", "10.5.0.20", publicKey=str(keygen.public_key(PRIVATE)), presharedKey=PSK)
    monkeypatch.chdir(tmp_path)
    public = keygen.public_key(OTHER)
    old = f"[Interface]\nPrivateKey = {OTHER}\n[Peer]\nPublicKey = {public}\nPresharedKey = {PRIVATE}\n"
    keys = {"mia.key": str(PRIVATE), "other.key": str(OTHER), "broken.key": f"{PRIVATE}x"}
    for name, text in {**keys, "old.conf": old}.items():
        Path(name).touch(0o600)
        Path(name).write_text(text)
    for name, text in saved(peers.server).items():
        Path(name).touch(0o600)
        Path(name).write_text(text)
    Path("fleet.csv").touch(0o600)
    Path("fleet.csv").write_text("Name,Owner,Keepalive\nmia,somebody,11\nnew,,\n")
    return peers


@functools.cache
def saved(server: ApiServerProcess) -> dict[str, str]:
    """Return the cluster with its secrets, and what another team gets of it, as files; all tests have the same."""
    kinds = {resources.NODES_PATH: ("v1", "Node"), resources.PEERS_PATH: (names.API_VERSION, names.PEER_KIND)}
    items = [
        {"apiVersion": version, "kind": kind, **one}
        for path, (version, kind) in kinds.items()
        for one in server.request("GET", path)["items"]
    ]
    card = kgctl(*Peers(server).options(), "peering", "export", "tests").stdout
    return {
        "saved.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": items}),
        "card.yaml": card,
    }


def leaking(text: str) -> set[str]:
    """Name the secrets that are in `text`, whole or nearly."""
    return {name for name, secret in SECRETS.items() if secret[:40] in text}


@pytest.mark.parametrize(("args", "shown"), COMMANDS)
def test_a_secret_is_only_on_stdout(peers: Peers, args: tuple[str, ...], shown: set[str]) -> None:
    result = kgctl(*peers.options(), "--verbose", *args, stdin=str(PRIVATE).encode())
    assert "fault of kgctl" not in result.stderr
    assert (leaking(result.stdout), leaking(result.stderr)) == (shown, set())
    modes = {file.name: oct(file.stat().st_mode & 0o077) for file in Path().iterdir()}
    assert modes == dict.fromkeys(modes, "0o0")


def test_every_command_is_tried_here() -> None:
    def leaves(command: Any, *path: str) -> Iterator[str]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from leaves(inner, *path, name)
        if not hasattr(command, "commands"):
            yield " ".join(path)

    tried = [" ".join(args) + " " for args, _ in COMMANDS]
    untried = {
        leaf for leaf in leaves(typer.main.get_command(app)) if not any(t.startswith(f"{leaf} ") for t in tried)
    }
    assert untried == MAKE_KEYS_OR_ASK_NOBODY


@pytest.mark.parametrize("words", [("add", "zoe", "--psk"), ("rotate", "mia", "--yes")])
def test_generated_keys_are_only_in_the_file(peers: Peers, words: tuple[str, ...]) -> None:
    before = peers.spec("mia")
    os.mkfifo("made.conf", 0o600)  # until it is read the process can be looked at, its keys made
    command = [*peers.program()[:-1], "--verbose", "peer", *words, "-O", "made.conf"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert until(lambda: peers.has("zoe") or peers.spec("mia") != before)
        about = "".join(seen(process.pid, what) for what in ("cmdline", "environ", "comm", "status"))
        conf = Path("made.conf").read_text()
        stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "peer\0" in about
    for secret in (value(conf, "PrivateKey"), value(conf, "PresharedKey"), PSK, TOKEN):
        assert secret[:40] not in about + stdout + stderr
    private = value(conf, "PrivateKey")
    assert private not in str([peers.get(name) for name in peers.names()])


def test_a_key_that_is_brought_on_stdin_is_not_in_the_process_list(peers: Peers) -> None:
    os.mkfifo("brought.conf", 0o600)
    options = ("-o", "wg-quick", "--private-key", "-", "-O", "brought.conf")
    command = [*peers.program()[:-1], "--verbose", "showconf", "peer", "mia", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin
        process.stdin.write(str(PRIVATE))
        process.stdin.close()
        process.stdin = None
        assert until(lambda: "showconf" in seen(process.pid, "cmdline"))
        about = seen(process.pid, "cmdline") + seen(process.pid, "environ")
        conf = Path("brought.conf").read_text()
        stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, value(conf, "PrivateKey")) == (0, str(PRIVATE))
    assert "--private-key\0-\0" in about
    assert leaking(about + stdout + stderr) == set()


def seen(pid: int, what: str) -> str:
    """Return what everybody, or root, sees of a process."""
    return Path(f"/proc/{pid}/{what}").read_text(errors="replace")
