"""`showconf -O FILE --force`: the private key in a file that is replaced, which can be its only copy."""

import json
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from kgctl_py.config import replaced_key
from kgctl_py.render.wireguard_conf import PLACEHOLDER
from kgctl_py.wireguard import Key, keygen
from tests.cli.kgctl import kgctl
from tests.in_memory import node, peer

PRIVATE = Key(bytes(range(0, 248, 8)) + b"\x40")
OTHER = Key(bytes(range(8, 256, 8)) + b"\x48")
ITEMS = (
    node("n"),
    node("m", 2, "b"),
    peer("laptop", 1, publicKey=str(keygen.public_key(PRIVATE))),
    peer("tablet", 2, publicKey=str(keygen.public_key(OTHER))),
)
SAVED = json.dumps({"apiVersion": "v1", "kind": "List", "items": ITEMS}).encode()
KEYS = ("laptop.key", str(PRIVATE)), ("tablet.key", str(OTHER))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, key in KEYS:
        Path(name).write_text(key + "\n")
        Path(name).chmod(0o600)
    return tmp_path


def ran(*args: str) -> str:
    """Run kgctl with success, and return what it prints on stderr."""
    result = kgctl("--from-file", "-", *args, stdin=SAVED)
    assert result.exit_code == 0, result.stderr
    return result.stderr


def content(path: Path) -> dict[str, str]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {str(file): file.read_text() for file in files if file.is_file()}


FILES = {
    "wg-quick": "laptop.conf",
    "networkmanager": "laptop.nmconnection",
    "networkd": "laptop",
    "netplan": "laptop.yaml",
    "nixos": "laptop",
    "routeros": "laptop.rsc",
    "uci": "laptop.sh",
    "vyos": "laptop.vyos",
}


@pytest.mark.parametrize(("output", "file"), FILES.items())
def test_a_file_of_any_format_keeps_its_private_key(output: str, file: str, tmp_path: Path) -> None:
    args = ("showconf", "peer", "laptop", "--services", "none", "-o", output, "-O", file)
    ran(*args, "--private-key", "laptop.key")
    before = content(tmp_path / file)
    assert str(PRIVATE) in "".join(before.values())
    stderr = ran(*args, "--force")
    assert content(tmp_path / file) == before
    assert 'kgctl: note: keeps the private key in "laptop' in stderr
    assert "missing" not in stderr
    assert str(PRIVATE) not in stderr


@pytest.mark.parametrize("output", ["wg-quick", "networkmanager", "networkd"])
def test_with_all_each_file_keeps_its_own_key_and_new_files_get_a_placeholder(output: str, tmp_path: Path) -> None:
    args = ("showconf", "peer", "--all", "--services", "none", "-o", output, "-O", "confs")
    ran(*args)
    confs = tmp_path / "confs"
    (kept,) = (path for path, text in content(confs).items() if "laptop" in path and PLACEHOLDER in text)
    Path(kept).write_text(Path(kept).read_text().replace(PLACEHOLDER, str(PRIVATE)))
    before = content(confs)
    stderr = ran(*args, "--force")
    assert content(confs) == before
    assert f'keeps the private key in "{Path(kept).relative_to(tmp_path)}"' in stderr
    assert f"private keys are missing: replace {PLACEHOLDER} in the files" in stderr


def test_the_key_of_another_peer_is_not_kept(tmp_path: Path) -> None:
    args = ("--services", "none", "-o", "wg-quick", "-O", "wg.conf")
    ran("showconf", "peer", "tablet", *args, "--private-key", "tablet.key")
    ran("showconf", "peer", "laptop", *args, "--force")
    assert f"PrivateKey = {PLACEHOLDER}" in (tmp_path / "wg.conf").read_text()


def test_a_given_key_comes_before_the_key_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "wg.conf").write_text(f"[Interface]\nPrivateKey = {PRIVATE}\n")
    args = ("showconf", "peer", "laptop", "--services", "none", "-o", "wg-quick", "-O", "wg.conf", "--force")
    refused = kgctl("--from-file", "-", *args, "--private-key", "tablet.key", stdin=SAVED)
    assert (refused.exit_code, str(PRIVATE) in (tmp_path / "wg.conf").read_text()) == (1, True)
    ran(*args, "--private-key-path", "/etc/wireguard/laptop.key")
    assert str(PRIVATE) not in (tmp_path / "wg.conf").read_text()


def test_a_pipe_is_written_and_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "wg.conf", 0o600)
    reader = os.open(tmp_path / "wg.conf", os.O_RDONLY | os.O_NONBLOCK)
    args = ("showconf", "peer", "laptop", "--services", "none", "-o", "wg-quick", "-O", "wg.conf", "--force")
    ran(*args)
    assert f"PrivateKey = {PLACEHOLDER}".encode() in os.read(reader, 65536)
    os.close(reader)


def test_a_file_that_is_no_text_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "wg.conf").write_bytes(bytes(range(256)) * 10)
    args = ("showconf", "peer", "laptop", "--services", "none", "-o", "wg-quick", "-O", "wg.conf", "--force")
    ran(*args)
    assert f"PrivateKey = {PLACEHOLDER}" in (tmp_path / "wg.conf").read_text()


@pytest.mark.parametrize(("name", "exit_code"), [("other.txt", 0), ("90-kilo.netdev", 1)])
def test_only_an_unreadable_file_that_can_be_replaced_prevents_writing_to_a_folder(
    name: str, exit_code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = Path("confs", name)
    (tmp_path / "confs").mkdir()
    (tmp_path / unreadable).write_text("before")

    def open_readable(path: Path) -> BinaryIO:
        if path == unreadable:  # root can read a file of any mode
            raise PermissionError
        return path.open("rb")

    monkeypatch.setattr(replaced_key, "open_file", open_readable)
    monkeypatch.setattr(os, "access", lambda path, _: path != unreadable)
    args = ("showconf", "peer", "laptop", "--services", "none", "-o", "networkd", "-O", "confs", "--force")
    result = kgctl("--from-file", "-", *args, stdin=SAVED)
    assert (result.exit_code, (tmp_path / unreadable).read_text()) == (exit_code, "before"), result.stderr
