"""A key goes into no pipe and no device from which somebody else reads."""

import os
import threading
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.fs import files

SOMEBODY = 1234


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("owner", "mode", "words"),
    [(SOMEBODY, 0o600, "another user"), (0, 0o622, "other users"), (0, 0o640, "other users")],
)
@pytest.mark.skipif(os.geteuid() != 0 and not os.environ.get("CI"), reason="gives files away, as root")
def test_a_secret_goes_into_no_pipe_of_others(
    tmp_path: Path, owner: int, mode: int, words: str, replace: bool
) -> None:
    pipe = tmp_path / "alice.conf"
    os.mkfifo(pipe)
    pipe.chmod(mode)
    os.chown(pipe, owner, owner)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(KgctlError, match=words):
            files.write(pipe, "secret", mode=files.SECRET, replace=replace)
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)


def test_a_pipe_that_becomes_another_users_gets_no_secret(tmp_path: Path) -> None:
    pipe = tmp_path / "alice.conf"
    os.mkfifo(pipe, 0o600)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with files.stage(pipe, "secret", mode=files.SECRET) as commit:
            pipe.chmod(0o644)
            with pytest.raises(KgctlError, match="other users"):
                commit()
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)


def test_ones_own_pipe_gets_a_secret(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    files.write(pipe, "secret", mode=files.SECRET)
    reader.join(timeout=10)
    assert read == [b"secret"]


def test_a_process_substitution_gets_a_secret() -> None:
    reading, writing = os.pipe()
    files.write(Path(f"/dev/fd/{writing}"), "secret", mode=files.SECRET)
    assert os.read(reading, 100) == b"secret"
    os.close(reading)
    os.close(writing)
