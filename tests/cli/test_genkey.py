import base64
import subprocess
from pathlib import Path

import pytest

from tests.cli.kgctl import kgctl, kgctl_program, shell
from tests.wireguard.wg import wg

KEY = base64.b64encode(bytes(range(32)))


@pytest.mark.parametrize("word", ["genkey", "genpsk"])
def test_a_new_key_is_one_line_that_wg_takes(word: str) -> None:
    result = kgctl(word)
    assert (result.exit_code, result.stderr, len(result.stdout_bytes)) == (0, "", len(wg(word).stdout))
    assert wg("pubkey", stdin=result.stdout_bytes).returncode == 0
    assert result.stdout != kgctl(word).stdout


@pytest.mark.parametrize("after", [b"", b"\n", b"\r\n", b" \t\v\f\0\n"])
def test_pubkey_prints_what_wg_prints(after: bytes) -> None:
    result = kgctl("pubkey", stdin=KEY + after)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes == wg("pubkey", stdin=KEY + after).stdout


@pytest.mark.parametrize(
    ("stdin", "why"),
    [
        (b"", "is empty, but a key is needed"),
        (b"\n" + KEY, "does not start with a key"),
        (KEY[:-1], "does not start with a key"),
        (KEY[:-2] + b"9=", "does not start with a key"),
        (KEY[:-4], "does not start with a key"),
        (KEY + b"x", "has more text after the key"),
        (KEY + b"\n" + KEY, "has more text after the key"),
    ],
)
def test_pubkey_refuses_what_wg_refuses(stdin: bytes, why: str) -> None:
    assert wg("pubkey", stdin=stdin).returncode == 1
    result = kgctl("pubkey", stdin=stdin)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"kgctl: stdin {why}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("word", ["genkey", "genpsk", "pubkey"])
def test_an_argument_is_wrong_usage(word: str) -> None:
    result = kgctl(word, "extra")
    assert (result.exit_code, result.stdout) == (2, "")


def test_the_line_that_everybody_knows_from_wg_works(tmp_path: Path) -> None:
    result = shell("umask 077; kgctl genkey | tee privatekey | kgctl pubkey > publickey", tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    expected = wg("pubkey", stdin=(tmp_path / "privatekey").read_bytes()).stdout
    assert (tmp_path / "publickey").read_bytes() == expected


@pytest.mark.parametrize("word", ["genkey", "genpsk", "keygen"])
@pytest.mark.parametrize(
    ("mask", "warned"), [("022", True), ("077", False), pytest.param("027", False, marks=pytest.mark.slow)]
)
def test_a_secret_that_goes_to_a_file_for_everybody_is_warned_of(
    tmp_path: Path, word: str, mask: str, warned: bool
) -> None:
    result = shell(f"umask {mask}; kgctl {word} > key", tmp_path)
    assert (result.returncode, (tmp_path / "key").stat().st_size >= 45) == (0, True)
    assert result.stderr.startswith(b"kgctl: warning: ") is warned
    assert bool(result.stderr) is warned


def test_a_public_key_may_go_to_a_file_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "key").chmod(0o600)
    result = shell("umask 022; kgctl pubkey < key > a; kgctl keygen --pub-from key > b", tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == wg("pubkey", stdin=KEY).stdout


def test_a_reader_that_went_away_is_no_reason_to_complain() -> None:
    with subprocess.Popen(kgctl_program("genkey"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_key_that_could_not_be_written_is_a_failure() -> None:
    result = shell("kgctl genkey > /dev/full")
    assert result.returncode == 1
    assert result.stderr == b"kgctl: cannot write to stdout: no space left on device\n"
