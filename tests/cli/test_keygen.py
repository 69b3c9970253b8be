import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.kgctl import kgctl
from tests.wireguard.wg import wg

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def public(private: str) -> str:
    return wg("pubkey", stdin=private.encode()).stdout.decode().rstrip("\n")


def test_the_pair_is_printed_under_its_names() -> None:
    result = kgctl("keygen")
    keys = {label: key.strip() for label, _, key in (line.partition(":") for line in result.stdout.splitlines())}
    assert (result.exit_code, result.stderr, list(keys)) == (0, "", ["private key", "public key"])
    assert keys["public key"] == public(keys["private key"])


@pytest.mark.parametrize(("output", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_the_pair_is_printed_for_programs(output: str, read: Callable[[str], dict[str, str]]) -> None:
    keys = read(kgctl("keygen", "--psk", "-o", output).stdout)
    assert sorted(keys) == ["presharedKey", "privateKey", "publicKey"]
    assert keys["publicKey"] == public(keys["privateKey"])
    assert len(base64.b64decode(keys["presharedKey"])) == 32
    assert len(set(keys.values())) == 3


def test_a_preshared_key_is_generated_only_on_request() -> None:
    assert "preshared" not in kgctl("keygen").stdout
    assert "preshared key: " in kgctl("keygen", "--psk").stdout


def test_the_pair_is_kept_in_files_and_not_printed(folder: Path) -> None:
    result = kgctl("keygen", "-O", "laptop")
    kept = files(folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == 'kgctl: wrote "laptop.key" and "laptop.pub"\n'
    assert sorted(kept) == ["laptop.key", "laptop.pub"]
    assert kept["laptop.pub"] == public(kept["laptop.key"]) + "\n"
    assert kept["laptop.key"] not in result.output


def test_only_the_public_key_can_be_read_by_others(folder: Path) -> None:
    before = os.umask(0)
    try:
        kgctl("keygen", "--psk", "-O", "laptop")
    finally:
        os.umask(before)
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {".key": 0o600, ".psk": 0o600, ".pub": 0o666}


@pytest.mark.parametrize("there", ["laptop.key", "laptop.pub", "laptop.psk"])
def test_a_key_file_that_is_there_is_kept_and_no_other_is_written(folder: Path, there: str) -> None:
    (folder / there).write_text("old")
    result = kgctl("keygen", "--psk", "-O", "laptop")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f'kgctl: "{there}" already exists\nhint: to replace it, add --force\n'
    assert files(folder) == {there: "old"}


def test_with_force_key_files_are_written_over_and_closed_to_others(folder: Path) -> None:
    (folder / "laptop.key").write_text("old")
    (folder / "laptop.key").chmod(0o644)
    (folder / "laptop.pub").write_text("old")
    assert kgctl("keygen", "-O", "laptop", "--force").exit_code == 0
    kept = files(folder)
    assert kept["laptop.pub"] == public(kept["laptop.key"]) + "\n"
    assert stat.S_IMODE((folder / "laptop.key").stat().st_mode) == 0o600


def test_a_folder_that_is_missing_is_named(folder: Path) -> None:
    result = kgctl("keygen", "-O", "keys/laptop")
    assert (result.exit_code, result.stdout, files(folder)) == (1, "", {})
    assert result.stderr == (
        'kgctl: cannot write "keys/laptop.key": folder "keys" does not exist\n'
        "hint: to create the folder: mkdir -p keys\n"
    )


@pytest.mark.parametrize("basename", ["", "-", ".", "..", "keys/"])
def test_a_basename_begins_a_file_name(folder: Path, basename: str) -> None:
    result = kgctl("keygen", "-O", basename)
    assert (result.exit_code, files(folder)) == (2, {})
    assert result.stderr.startswith(f'kgctl: -O "{basename}" is not a valid file name\n')


def test_files_and_a_format_to_print_do_not_go_together(folder: Path) -> None:
    result = kgctl("keygen", "-O", "laptop", "-o", "json")
    assert (result.exit_code, files(folder)) == (2, {})


@pytest.mark.parametrize("source", ["laptop.key", "-"])
def test_the_public_key_of_a_private_key_is_printed_alone(folder: Path, source: str) -> None:
    (folder / "laptop.key").write_text(f"{KEY}\n")
    (folder / "laptop.key").chmod(0o600)
    result = kgctl("keygen", "--pub-from", source, stdin=f"{KEY}\n".encode())
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{public(KEY)}\n", "")


def test_the_public_key_of_a_private_key_is_printed_for_programs() -> None:
    result = kgctl("keygen", "--pub-from", "-", "-o", "json", stdin=KEY.encode())
    assert json.loads(result.stdout) == {"publicKey": public(KEY)}


def test_the_public_key_of_a_private_key_is_kept_in_a_file(folder: Path) -> None:
    assert kgctl("keygen", "--pub-from", "-", "-O", "laptop", stdin=KEY.encode()).exit_code == 0
    assert files(folder) == {"laptop.pub": f"{public(KEY)}\n"}


def test_a_private_key_that_everybody_can_read_is_warned_of(folder: Path) -> None:
    (folder / "my laptop.key").write_text(KEY)
    (folder / "my laptop.key").chmod(0o644)
    result = kgctl("keygen", "--pub-from", "my laptop.key")
    assert result.stdout == f"{public(KEY)}\n"
    assert result.stderr == (
        'kgctl: warning: every user of this machine can read "my laptop.key"\n'
        "hint: to restrict it: chmod 600 'my laptop.key'\n"
    )


@pytest.mark.parametrize("args", [["--pub-from", KEY], ["--pub-from", "-"], ["--pub-from", "nowhere"]])
def test_an_error_shows_no_key(args: list[str]) -> None:
    result = kgctl("keygen", *args, stdin=f"{KEY} and more".encode())
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert KEY not in result.stderr


@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_pairs_that_are_made_at_once_are_pairs(folder: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "kgctl_py", "keygen", "--force", "-O", "laptop"]
    for _ in range(rounds):
        running = [subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder) for _ in range(5)]
        assert [process.wait(timeout=60) for process in running] == [0] * 5
        pair = files(folder)
        assert sorted(pair) == ["laptop.key", "laptop.pub"]
        assert pair["laptop.pub"].strip() == public(pair["laptop.key"])


def test_a_pair_that_is_only_half_written_leaves_the_old_one(folder: Path) -> None:
    assert kgctl("keygen", "-O", "laptop").exit_code == 0
    (folder / "laptop.pub").unlink()
    (folder / "laptop.pub").mkdir()
    before = (folder / "laptop.key").read_text()
    assert kgctl("keygen", "-O", "laptop", "--force").exit_code == 1
    assert (folder / "laptop.key").read_text() == before
