import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgctl_py import notice, system
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.fs import key_file
from kgctl_py.wireguard import keygen
from tests.wireguard.wg import wg

KEY = base64.b64encode(bytes(range(32))).decode()
BYTES = st.sampled_from([b" ", b"\t", b"\n", b"\v", b"\f", b"\r", b"\0", b"=", b"A", b"9", b"-", b"\xc3", b"\x1c"])


@st.composite
def nearly_key_files(draw: st.DrawFn) -> bytes:
    """A key file after a few edits, some of which wg forgives."""
    data = bytearray(base64.b64encode(draw(st.binary(min_size=32, max_size=32))) + b"\n")
    for _ in range(draw(st.integers(0, 2))):
        position = draw(st.integers(0, len(data)) | st.integers(42, 46))
        data[position : position + draw(st.integers(0, 1))] = draw(BYTES)
    return bytes(data + b"".join(draw(st.lists(BYTES, max_size=3))))


@given(nearly_key_files())
@example(b"")
@example(KEY.encode())
@example(KEY.encode() + b" \t\n\v\f\r\0")
@example(KEY.encode() + b"\x1c")
@example(KEY[:-2].encode() + b"9=")
@example(KEY.encode() + b"\n" + KEY.encode())
@example(b"\n" + KEY.encode())
@example(KEY.encode() * 2000)
def test_a_key_file_is_read_as_wg_reads_it(data: bytes) -> None:
    theirs = wg("pubkey", stdin=data)
    if theirs.returncode:
        with pytest.raises(ValueError, match=r"^(does not start with a key|has more text after the key)"):
            key_file.parse_keyfile(data)
    else:
        assert f"{keygen.public_key(key_file.parse_keyfile(data))}\n".encode() == theirs.stdout


def test_a_key_in_a_file_is_read(tmp_path: Path) -> None:
    place = tmp_path / "laptop.key"
    place.write_text(f"{KEY}\r\n")
    place.chmod(0o600)
    key, notices = key_file.read_key(str(place))
    assert (str(key), notices) == (KEY, ())


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, False), (0o644, True), (0o604, True)])
def test_a_warning_is_given_when_everybody_can_read_the_file(tmp_path: Path, mode: int, warned: bool) -> None:
    place = tmp_path / "laptop.key"
    place.write_text(KEY)
    place.chmod(mode)
    _, notices = key_file.read_key(str(place))
    text, hint = f'every user of this machine can read "{place}"', f"to restrict it: chmod 600 {place}"
    assert notices == ((notice.warning(text, hint),) if warned else ())


def test_a_key_on_stdin_is_read_without_a_warning() -> None:
    script = "from kgctl_py.fs import key_file; print(*key_file.read_key('-'))"
    done = subprocess.run(
        [sys.executable, "-c", script], input=f"{KEY}\n", capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{KEY} ()\n"


@pytest.mark.parametrize("data", ["", "short", KEY + "x", "x" + KEY, KEY * 2, f"PrivateKey = {KEY}\n"])
def test_an_invalid_key_file_is_an_error_with_its_name_but_not_its_content(tmp_path: Path, data: str) -> None:
    place = tmp_path / "laptop.key"
    place.write_text(data)
    with pytest.raises(
        KgctlError, match=r'^".*/laptop\.key" (is empty|does not start with a key|has more text)'
    ) as caught:
        key_file.read_key(str(place))
    assert KEY[1:-1] not in f"{caught.value!r} {caught.value.hint}"


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=r'^cannot read ".*/laptop\.key": no such file or directory$'):
        key_file.read_key(str(tmp_path / "laptop.key"))


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(KgctlError, match=r"is a directory$"):
        key_file.read_key(str(tmp_path))


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(KgctlError, match=r'^"/dev/zero" does not start with a key'):
        key_file.read_key("/dev/zero")


def test_a_key_given_for_a_file_name_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="expected a file name, not a key") as caught:
        key_file.read_key(KEY)
    assert KEY not in f"{caught.value!r} {caught.value.hint}"


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o660, False), (0o601, True), (0o644, True)])
def test_a_file_is_exposed_when_others_have_any_right_to_it(tmp_path: Path, mode: int, exposed: bool) -> None:
    place = tmp_path / "a"
    place.touch()
    place.chmod(mode)
    with place.open() as file:
        assert system.is_exposed(file.fileno()) is exposed


def test_a_device_and_a_closed_descriptor_are_not_exposed() -> None:
    with Path("/dev/null").open() as file:
        assert not system.is_exposed(file.fileno())
    assert not system.is_exposed(os.sysconf("SC_OPEN_MAX"))
