"""`kgctl peer add` when something goes wrong on the way: no Peer is left whose key nobody has, and no file."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py.errors import KgctlError
from tests.api.meanwhile import Meanwhile
from tests.api.peers import HERE, Manifest, Peers, files_in, public_key, raiser, refused, said, value
from tests.tunnel.host import until


def test_a_peer_whose_file_cannot_be_put_in_its_place_is_removed(peers: Peers, tmp_path: Path) -> None:
    file = tmp_path / "mia.conf"
    meanwhile = Meanwhile(after={"create": lambda: file.write_text("somebody else's")})
    result = peers.run("add", "mia", "-O", str(file), opener=meanwhile)
    assert (result.exit_code, result.stdout) == (1, "")
    assert 'kgctl: peer "mia" removed again\n' in result.stderr
    assert result.stderr.endswith(f'kgctl: "{file}" already exists\nhint: to replace it, add --force\n')
    assert (file.read_text(), files_in(tmp_path), peers.names()) == ("somebody else's", ["mia.conf"], HERE)


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (KgctlError("no answer in time"), 1)])
def test_a_create_that_got_no_answer_is_looked_after(
    peers: Peers, tmp_path: Path, error: BaseException, code: int
) -> None:
    meanwhile = Meanwhile(after={"create": raiser(error)})
    result = peers.run("add", "mia", "-O", str(tmp_path / "mia.conf"), opener=meanwhile)
    assert (result.exit_code, files_in(tmp_path), peers.names()) == (code, [], HERE)
    assert 'kgctl: peer "mia" removed again\n' in result.stderr


def test_ctrl_c_while_the_address_is_claimed_removes_the_peer(peers: Peers, tmp_path: Path) -> None:
    meanwhile = Meanwhile(before={"refresh": raiser(KeyboardInterrupt())})
    result = peers.run("add", "mia", "-O", str(tmp_path / "mia.conf"), opener=meanwhile)
    assert (result.exit_code, files_in(tmp_path), peers.names()) == (130, [], HERE)


def test_a_peer_of_another_user_is_never_removed(peers: Peers) -> None:
    first: list[Manifest] = []
    meanwhile = Meanwhile(before={"create": lambda: first.append(peers.create("mia", "10.5.0.9"))})
    result = peers.run("add", "mia", opener=meanwhile)
    assert "already exists" in refused(result)
    assert first == [peers.get("mia")]


def test_a_peer_that_cannot_be_removed_again_is_reported_with_what_to_type(peers: Peers) -> None:
    trouble = Meanwhile(
        after={"create": raiser(KeyboardInterrupt())}, before={"delete": raiser(KgctlError("it is gone"))}
    )
    result = peers.run("add", "mia", opener=trouble)
    assert result.exit_code == 130
    hint = peers.on_this_server("hint: to remove it: kgctl peer rm mia")
    assert f'warning: peer "mia" may still exist in the cluster: it is gone\n{hint}\n' in result.stderr


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, *(pytest.param(number, marks=pytest.mark.slow) for number in (signal.SIGTERM, signal.SIGHUP))],
)
def test_a_process_that_is_stopped_before_its_file_is_read_removes_the_peer(
    peers: Peers, tmp_path: Path, number: signal.Signals
) -> None:
    fifo = tmp_path / "mia.conf"
    os.mkfifo(fifo, 0o600)  # nobody reads: kgctl waits between the create and the end
    command = peers.program("add", "mia", "-O", str(fifo))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert until(lambda: peers.has("mia"))
        assert process.poll() is None
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout, peers.names()) == (130, "", HERE)
    assert stderr.endswith('kgctl: peer "mia" removed again\n')


def test_a_configuration_that_cannot_be_delivered_removes_the_peer(peers: Peers) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        peers.program("add", "mia"), stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, peers.names()) == (141, HERE)
    assert 'kgctl: peer "mia" removed again\n' in done.stderr


def test_who_is_second_at_an_address_gets_another_in_the_file_and_on_the_server(
    peers: Peers, tmp_path: Path
) -> None:
    meanwhile = Meanwhile(after={"create": lambda: peers.create("aaa", "10.5.0.3")})
    file = tmp_path / "mia.conf"
    result = peers.run("add", "mia", "-O", str(file), opener=meanwhile)
    assert 'kgctl: peer "mia" created: 10.5.0.4/32' in said(result)
    assert (value(file.read_text(), "Address"), peers.spec("mia")["allowedIPs"]) == (
        "10.5.0.4/32",
        ["10.5.0.4/32"],
    )
    assert public_key(file.read_text()) == peers.spec("mia")["publicKey"]
    assert files_in(tmp_path) == ["mia.conf"]


def test_the_second_user_of_a_requested_address_is_refused(peers: Peers) -> None:
    meanwhile = Meanwhile(after={"create": lambda: peers.create("aaa", "10.5.0.3")})
    result = peers.run("add", "mia", "--ip", "10.5.0.3", opener=meanwhile)
    assert (result.exit_code, result.stdout, peers.has("mia")) == (1, "", False)
    assert 'the allowed IP "10.5.0.3/32" is already in use' in result.stderr


@pytest.fixture
def frozen(peers: Peers) -> Iterator[Peers]:
    """A server that takes connections and says nothing."""
    peers.server.signal(signal.SIGSTOP)
    yield peers
    peers.server.signal(signal.SIGCONT)


def test_a_frozen_server_is_given_up_and_leaves_no_file(frozen: Peers, tmp_path: Path) -> None:
    result = frozen.run("add", "mia", "-O", str(tmp_path / "mia.conf"), "--request-timeout", "500ms")
    assert "did not answer within 0.5 s" in refused(result)
    assert files_in(tmp_path) == []


@pytest.mark.slow
def test_ctrl_c_ends_the_wait_for_a_frozen_server_at_once(frozen: Peers, tmp_path: Path) -> None:
    command = frozen.program("add", "mia", "-O", str(tmp_path / "mia.conf"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(3)  # it has started, and waits
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == ("", "")
    assert (process.returncode, files_in(tmp_path)) == (130, [])
