"""`kgctl showconf --watch`: a file that follows the cluster, what is kept of it, and how it ends."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from kgctl_py.wireguard import Key
from kgctl_py.wireguard.keygen import public_key
from kgctl_py.wireguard.parse import parse_conf
from tests.cli.kgctl import kgctl, kgctl_program
from tests.cli.process_groups import has_processes
from tests.in_memory import EXAMPLE, Cluster, Raw, key, listening_peer, peer
from tests.kube.fake_server import FakeServer, kubeconfig
from tests.kube.watched import NODES, PEERS, WATCH_NODES, WATCH_PEERS, Feed, event, listed, live_node, until

PRIVATE = Key(bytes(range(32)))
QUICK = ("-o", "wg-quick", "--services", "none")


def laptop(**spec: Any) -> Raw:
    return peer("laptop", 1, publicKey=str(public_key(PRIVATE)), **spec)


class Watching:
    """A process that keeps a file current, and the server that it follows."""

    def __init__(self, folder: Path, server: FakeServer, nodes: Feed, peers: Feed) -> None:
        self.server, self.nodes, self.peers = server, nodes, peers
        self.file, self.changes = folder / "laptop.conf", folder / "changes"
        config = kubeconfig(folder / "config", server.url)
        self._words = ("--kubeconfig", config, "--no-resolve", "showconf", "peer", "laptop", "-O", str(self.file))
        (folder / "key").write_text(f"{PRIVATE}\n")
        (folder / "key").chmod(0o600)
        self.key = ("--private-key", str(folder / "key"))
        self.process: subprocess.Popen[str] | None = None

    def start(self, *args: str) -> None:
        command = kgctl_program(*self._words, "--watch", *args)
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(  # without the terminal of who runs the tests
            command, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def run(self, *args: str) -> Result:
        """Run it in this process, for what ends by itself."""
        return kgctl(*self._words, *args)

    def holds(self, what: Callable[[str], bool]) -> None:
        """Wait until the file does."""
        until(lambda: self.file.exists() and what(self.file.read_text()), within=20)

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal, and give the exit code and what was told."""
        assert self.process
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=20)
        return self.process.returncode, told


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    nodes, peers = Feed(), Feed()
    replies = {
        NODES: [listed(live_node("north", 1), live_node("south", 2, location="b"))],
        PEERS: [listed(laptop())],
        WATCH_NODES: [nodes.reply],
        WATCH_PEERS: [peers.reply],
    }
    with FakeServer(replies) as server:
        one = Watching(tmp_path, server, nodes, peers)
        yield one
        if one.process:
            one.process.kill()
            one.process.communicate()


def test_the_file_follows_the_cluster_and_the_command_runs_after_each_change(watching: Watching) -> None:
    watching.start(*QUICK, *watching.key, "--on-change", f"cat '{watching.file}' | wc -l >> '{watching.changes}'")
    watching.holds(lambda text: key("south") in text)
    until(lambda: len(watching.changes.read_text().splitlines()) == 1 if watching.changes.exists() else False)
    assert watching.file.stat().st_mode & 0o777 == 0o600
    started = time.monotonic()
    watching.nodes.say(event("MODIFIED", live_node("south", 2, location="b", endpoint="203.0.113.9:51820")))
    watching.holds(lambda text: "203.0.113.9:51820" in text)
    assert time.monotonic() - started < 2
    watching.peers.say(event("ADDED", listening_peer("phone", 2)))
    watching.holds(lambda text: "# peer phone" in text)
    until(lambda: len(watching.changes.read_text().splitlines()) == 3)
    code, told = watching.end()
    assert code == 130
    assert told.splitlines() == [
        f'kgctl: wrote "{watching.file}"',
        f'kgctl: wrote "{watching.file}": 1 peer changed',
        f'kgctl: wrote "{watching.file}": 1 peer added',
    ]


@pytest.mark.slow
def test_a_mesh_with_the_same_text_does_not_change_the_file(watching: Watching) -> None:
    watching.start(*QUICK, *watching.key, "--on-change", f"echo >> '{watching.changes}'")
    watching.holds(lambda text: key("south") in text)
    until(watching.changes.exists)
    before = watching.file.stat().st_ino
    watching.nodes.say(event("ADDED", live_node("unready", 3, seen=100)))
    watching.peers.say(event("MODIFIED", laptop(endpoint={"dnsOrIP": {"ip": "192.0.2.1"}, "port": 1})))
    time.sleep(1)
    assert watching.file.stat().st_ino == before
    assert watching.changes.read_text() == "\n"


@pytest.mark.slow
def test_a_file_that_was_made_before_keeps_its_key_and_its_port(watching: Watching) -> None:
    watching.run(*QUICK, *watching.key, "--listen-port", "4500")
    watching.file.write_text(watching.file.read_text().replace("203.0.113.2", "203.0.113.9"))
    watching.start(*QUICK)
    watching.holds(lambda text: "203.0.113.2" in text)
    parsed = parse_conf(watching.file.read_text())
    assert parsed.conf.interface
    assert (parsed.conf.interface.private_key, parsed.conf.interface.listen_port) == (PRIVATE, 4500)
    assert watching.end(signal.SIGTERM)[0] == 130


@pytest.mark.slow
@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("PostUp = echo hunter2\n", "its PostUp would be lost"),
        ("DNS = 10.96.0.10\n", "its [Interface] section differs"),
    ],
)
def test_own_settings_in_the_file_are_not_lost(watching: Watching, own: str, why: str) -> None:
    watching.run(*QUICK, *watching.key)
    mine = watching.file.read_text().replace("[Interface]\n", f"[Interface]\n{own}").replace("25", "26")
    watching.file.write_text(mine)
    refused = watching.run(*QUICK, "--watch")
    assert (refused.exit_code, watching.file.read_text()) == (1, mine)
    assert f'"{watching.file}" already exists, and {why}' in refused.stderr
    assert "hunter2" not in refused.stderr
    watching.start(*QUICK, "--force")
    watching.holds(lambda text: own not in text and str(PRIVATE) in text)


@pytest.mark.slow
def test_a_command_that_fails_is_told_and_the_next_change_is_heeded(watching: Watching) -> None:
    watching.start(*QUICK, *watching.key, "--on-change", "exit 3")
    watching.holds(lambda text: key("south") in text)
    watching.nodes.say(event("DELETED", live_node("south", 2)))
    watching.holds(lambda text: key("south") not in text)
    time.sleep(0.5)
    told = watching.end()[1]
    assert told.count("kgctl: warning: the --on-change command failed: exit code 3\n") == 2


@pytest.mark.slow
def test_a_command_that_hangs_ends_with_kgctl(watching: Watching) -> None:
    watching.start(*QUICK, *watching.key, "--on-change", f"echo $$ > '{watching.changes}'; sleep 600; true")
    until(lambda: watching.changes.read_text().endswith("\n") if watching.changes.exists() else False)
    assert watching.end(signal.SIGTERM)[0] == 130
    until(lambda: not has_processes(int(watching.changes.read_text())))


@pytest.mark.slow
def test_no_secret_is_given_to_the_command(watching: Watching) -> None:
    seen = watching.changes
    watching.start(
        *QUICK,
        *watching.key,
        "--on-change",
        f"(env; cat /proc/$PPID/cmdline) > '{seen}.part'; mv '{seen}.part' '{seen}'",
    )
    until(seen.exists, within=20)
    assert str(PRIVATE).encode() not in seen.read_bytes()


@pytest.mark.slow
def test_a_peer_that_goes_and_comes_leaves_the_file_as_it_was_meanwhile(watching: Watching) -> None:
    watching.start(*QUICK, *watching.key)
    watching.holds(lambda text: key("south") in text)
    before = watching.file.read_text()
    watching.peers.say(event("DELETED", laptop()))
    time.sleep(0.5)
    watching.nodes.say(event("DELETED", live_node("south", 2)))
    time.sleep(0.7)
    assert watching.file.read_text() == before
    watching.peers.say(event("ADDED", laptop()))
    watching.holds(lambda text: key("south") not in text)
    told = watching.end()[1]
    assert told.count(f'warning: "{watching.file}" not updated: peer "laptop" not found') == 1


def test_a_plain_configuration_is_kept_current(watching: Watching) -> None:
    watching.start()
    watching.holds(lambda text: key("south") in text)
    watching.nodes.say(event("DELETED", live_node("south", 2)))
    watching.holds(lambda text: key("south") not in text)
    assert watching.end()[0] == 130


@pytest.mark.parametrize("content", ["", f"[Peer]\nPublicKey = {key('other')}\n", "hunter2\n"])
def test_a_file_of_another_kind_is_not_written_over(watching: Watching, content: str) -> None:
    watching.file.write_text(content)
    for args in ((), (*QUICK, *watching.key)):
        result = watching.run(*args, "--watch")
        assert (result.exit_code, watching.file.read_text()) == (1, content)
        assert f'kgctl: "{watching.file}" already exists\nhint: to replace it, add --force\n' in result.stderr


def test_if_the_first_write_fails_the_mesh_is_not_followed(watching: Watching) -> None:
    result = watching.run(
        *QUICK, *watching.key, "--watch", "-O", str(watching.file.parent / "none" / "laptop.conf")
    )
    assert result.exit_code == 1
    assert "does not exist" in result.stderr


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--watch",), "--watch needs -O FILE"),
        (("--watch", "-O", "/dev/stdout"), '"/dev/stdout" is not one'),
        (("--on-change", "true", "-O", "x.conf"), "--on-change needs --watch"),
    ],
)
def test_without_a_file_to_keep_it_is_a_usage_error(args: tuple[str, ...], why: str) -> None:
    result = Cluster((), ()).kgctl("showconf", "peer", "laptop", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_a_cluster_in_a_file_is_not_followed(tmp_path: Path) -> None:
    file = tmp_path / "x.conf"
    result = kgctl("--from-file", str(EXAMPLE), "showconf", "peer", "laptop", "--watch", "-O", str(file))
    assert (result.exit_code, file.exists()) == (2, False)
    assert result.stderr.endswith("does not change\nhint: leave out --from-file\n")


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--watch",), "add -O FILE, and leave out --from-file"),
        (("--on-change", "true"), "add --watch and -O FILE, and leave out --from-file"),
        (("--on-change", "true", "-O", "laptop.conf"), "add --watch, and leave out --from-file"),
    ],
)
@pytest.mark.parametrize("command", [("showconf", "peer", "laptop"), ("dns", "export")])
def test_a_cluster_in_a_file_and_missing_options_are_one_error(
    command: tuple[str, ...], args: tuple[str, ...], hint: str
) -> None:
    result = kgctl("--from-file", str(EXAMPLE), *command, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"kgctl: {args[0]} and --from-file exclude each other: a saved cluster does not change\nhint: {hint}\n"
    )
