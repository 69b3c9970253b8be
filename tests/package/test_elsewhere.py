"""kgctl on macOS and Windows, as far as Linux can play them: everything is imported, and all that reads is run."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgctl_py import system as own_system
from tests.cli.kgctl import kgctl
from tests.docs.pages import DOCS, ROOT

EXAMPLE = ("--from-file", str(DOCS / "example-cluster.yaml"), "--no-resolve")
READS = (
    ("showconf", "node", "berlin-1"),
    ("showconf", "peer", "laptop"),
    ("showconf", "peer", "laptop", "-o", "wg-quick"),
    ("showconf", "peer", "laptop", "--as-peer", "-o", "yaml"),
    ("graph",),
    ("graph", "-o", "text"),
    ("graph", "-o", "html"),
    ("graph", "-o", "mermaid"),
    ("graph", "-o", "json"),
    ("get", "nodes,peers,locations"),
    ("get", "nodes", "-o", "json"),
    ("trace", "laptop", "berlin-2"),
    ("whois", "10.42.2.17"),
    ("check", "--only", "nodes,peers,topology"),
    ("info",),
    ("manifests",),
    ("help", "--man", "peer", "add"),
    ("completion", "powershell"),
    ("lint", str(DOCS / "example-cluster.yaml")),
)
DARWIN = pytest.param("darwin", marks=pytest.mark.slow)
SYSTEMS = (DARWIN, "win32")  # what macOS lacks, Windows lacks, too

Result = dict[str, Any]


NEEDS_LINUX = (
    ("connect", "laptop"),
    ("disconnect",),
    ("heal", "wg0"),
    ("sync", "wg0", "--conf", "x"),
)
CHECKS_A_TUNNEL = ("check", "--only", "local")


@functools.cache
def ran(system: str) -> dict[str, Any]:
    """Run what changes no file, all in one process; give the modules, and the results by command."""
    commands = (*READS, *NEEDS_LINUX, CHECKS_A_TUNNEL)
    made = run(system, *((*EXAMPLE, *words) for words in commands))
    return {"modules": made["modules"], "results": dict(zip(commands, made["results"], strict=True))}


def run(system: str, *commands: tuple[str, ...], **environment: str) -> dict[str, Any]:
    """Run commands as on a system, and give the modules that were imported and the results."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.package.elsewhere", system],
        input=json.dumps(commands),
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def here(words: tuple[str, ...]) -> Result:
    done = kgctl(*EXAMPLE, *words)
    return {
        "code": done.exit_code,
        "stdout": done.stdout_bytes.decode("latin-1"),
        "stderr": done.stderr_bytes.decode("latin-1"),
    }


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_can_be_imported(system: str) -> None:
    files = (ROOT / "kgctl_py").rglob("*.py")
    assert len(ran(system)["modules"]) == sum(1 for _ in files) - 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_reads_prints_the_same_everywhere(system: str) -> None:
    for words in READS:
        assert ran(system)["results"][words] == here(words), words


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_writes_files_works_everywhere(system: str, tmp_path: Path) -> None:
    folder, vpn, key = (str(tmp_path / name) for name in ("confs", "vpn", "laptop"))
    results = run(
        system,
        ("keygen", "-O", key),
        (*EXAMPLE, "showconf", "peer", "--all", "-o", "wg-quick", "-O", folder),
        ("init", vpn),
        (*EXAMPLE, "peer", "add", "tablet", "--git", vpn, "-O", str(tmp_path / "tablet.conf")),
        (*EXAMPLE, "peer", "add", "phone-2", "--git", vpn, "--print", "qr", "-O", str(tmp_path / "phone.png")),
        ("--from-file", vpn, *EXAMPLE, "get", "peers"),
        ("lint", str(tmp_path / "vpn" / "peers")),
    )["results"]
    assert [result["code"] for result in results] == [0] * len(results), [result["stderr"] for result in results]
    assert (tmp_path / "phone.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert "PrivateKey" in (tmp_path / "tablet.conf").read_text()


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_needs_linux_says_so(system: str) -> None:
    for words in NEEDS_LINUX:
        result = ran(system)["results"][words]
        assert (result["code"], result["stdout"]) == (1, "")
        assert "Linux" in result["stderr"]
        assert "fault of kgctl" not in result["stderr"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_tunnel_that_cannot_be_read_is_reported(system: str) -> None:
    result = ran(system)["results"][CHECKS_A_TUNNEL]
    assert "only on Linux" in result["stdout"]
    assert "fault of kgctl" not in result["stderr"]


@pytest.mark.parametrize(
    ("system", "exposed"), [pytest.param("darwin", "True", marks=pytest.mark.slow), ("win32", "False")]
)
def test_windows_has_no_modes_to_warn_of(system: str, exposed: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch()
    key.chmod(0o644)
    script = f"from kgctl_py.system import is_exposed; key = open({str(key)!r}); print(is_exposed(key.fileno()))"
    assert printed_by(script, system) == exposed


@pytest.mark.parametrize(
    ("system", "closed"), [pytest.param("darwin", "False", marks=pytest.mark.slow), ("win32", "True")]
)
def test_windows_calls_a_closed_pipe_an_invalid_argument(system: str, closed: str) -> None:
    script = "from kgctl_py.system import is_closed_pipe; print(is_closed_pipe(OSError(22, 'EINVAL')))"
    assert printed_by(script, system) == closed


@pytest.mark.parametrize(
    ("system", "variable", "folder"),
    [
        ("win32", "LOCALAPPDATA", "kgctl"),
        pytest.param("darwin", "HOME", "Library/Caches/kgctl", marks=pytest.mark.slow),
    ],
)
def test_a_traceback_goes_where_the_system_keeps_such_files(
    system: str, variable: str, folder: str, tmp_path: Path
) -> None:
    script = "from kgctl_py.fs import cache_folder; print(cache_folder.write('traceback.txt', 'text'))"
    written = Path(printed_by(script, system, **{variable: str(tmp_path)}))
    assert written.is_relative_to(tmp_path / folder)
    assert written.read_text() == "text"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("exit 3", "failed: exit code 3"),
        ("exec sleep 600", "was ended after 0.2 seconds"),
        ("trap '' TERM; while :; do sleep 0.1; done", "was ended after 0.2 seconds"),
    ],
)
def test_a_command_of_the_user_runs_and_is_ended_everywhere(system: str, line: str, result: str) -> None:
    script = (
        "from kgctl_py.cli.shell_command import ShellCommand\n"
        f"command = ShellCommand({line!r}, {60 if line == 'exit 3' else 0.2}, 0.2, asks=True)\n"
        "print(command.run(), command._process.returncode is not None)"
    )
    assert printed_by(script, system) == f"{result} True"


def printed_by(script: str, system: str, **environment: str) -> str:
    """Run a script as on a system, and give what it printed."""
    become = f"from tests.package.elsewhere import become; become({system!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", become + script],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_old_console_of_windows_gets_no_colours() -> None:
    assert own_system.shows_colours({}, "posix")
    assert not own_system.shows_colours({}, "nt")
    assert own_system.shows_colours({"WT_SESSION": "1"}, "nt")
