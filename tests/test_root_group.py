import errno
import os
import stat
import subprocess
import time
from pathlib import Path

import pytest
import typer

from kgctl_py import __version__, system
from kgctl_py.cli import duration
from kgctl_py.errors import ExitCode, KgctlError, UsageError
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl, kgctl_program, shell
from tests.in_memory import EXAMPLE, InMemoryCluster, key

SHOWCONF = ("--from-file", str(EXAMPLE), "showconf", "peer", "laptop")
SHOW = ("showconf", "peer", "laptop")
PRIVATE = key("private")


def failing(error: BaseException) -> InMemoryCluster:
    """A cluster whose mesh cannot be read."""

    def fail() -> Mesh:
        raise error

    return InMemoryCluster(fail)


@pytest.mark.parametrize(
    ("error", "exit_code", "line"),
    [
        (
            KgctlError("it is broken", hint="mend it\nor leave it"),
            1,
            "it is broken\nhint: mend it\nhint: or leave it\n",
        ),
        (UsageError("not so"), 2, "not so\n"),
        (
            typer.BadParameter("not so", param_hint="'--x'"),
            2,
            "--x not so\nhint: to see the usage: kgctl showconf peer --help\n",
        ),
        (MemoryError(), 1, "kgctl needs more memory than it can get\n"),
        (KgctlError("two\nlines \x1b[31m"), 1, "two\\nlines \\x1b[31m\n"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(error: Exception, exit_code: int, line: str) -> None:
    run = kgctl(*SHOW, cluster=failing(error))
    assert (run.exit_code, run.stdout, run.stderr) == (exit_code, "", f"kgctl: {line}")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_ctrl_c_ends_quietly(error: BaseException) -> None:
    run = kgctl(*SHOW, cluster=failing(error))
    assert (run.exit_code, run.stdout, run.stderr.strip()) == (ExitCode.INTERRUPTED, "", "")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of kgctl in a cache folder that is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kgctl"


def failing_below(error: Exception) -> InMemoryCluster:
    def outer() -> Mesh:
        secret_in_a_local_variable = PRIVATE  # noqa: F841
        try:
            return failing(ValueError(f"the key {PRIVATE} is odd")).mesh()
        except ValueError as cause:
            raise error from cause

    return InMemoryCluster(outer)


def test_a_fault_of_kgctl_is_one_line_that_names_the_file_with_the_traceback(cache: Path) -> None:
    run = kgctl(*SHOW, cluster=failing_below(ZeroDivisionError(f"division by {PRIVATE}")))
    assert (run.exit_code, run.stdout) == (1, "")
    fault, hint = run.stderr.splitlines()
    assert fault.startswith(
        "kgctl: kgctl has a bug: ZeroDivisionError: division by (redacted) (test_root_group.py:"
    )
    assert hint == f'hint: report it with the command and the traceback in "{cache}/traceback.txt"'


def test_a_traceback_has_every_frame_and_cause_and_no_secret(cache: Path) -> None:
    kgctl(*SHOW, cluster=failing_below(ZeroDivisionError("division by zero")))
    trace = (cache / "traceback.txt").read_text()
    assert trace.startswith(f"kgctl {__version__}, Python 3.")
    for wanted in ("in _exit_code", "in outer", "in fail", "ValueError: the key (redacted) is odd"):
        assert wanted in trace
    assert trace.endswith("ZeroDivisionError: division by zero\n")
    assert PRIVATE not in trace


def test_a_traceback_can_be_read_by_its_user_alone_and_replaces_the_last_one(cache: Path) -> None:
    for error in (ZeroDivisionError("the first"), ZeroDivisionError("the second")):
        kgctl(*SHOW, cluster=failing(error))
    (path,) = cache.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().endswith("the second\n")


def test_verbose_prints_the_traceback(cache: Path) -> None:
    run = kgctl("--verbose", *SHOW, cluster=failing(ZeroDivisionError("division by zero")))
    assert run.stderr.endswith((cache / "traceback.txt").read_text())


def test_a_cache_folder_that_cannot_be_written_is_reported(cache: Path) -> None:
    cache.parent.write_text("a file")
    run = kgctl(*SHOW, cluster=failing(ZeroDivisionError("division by zero")))
    assert run.stderr.splitlines()[1] == (
        f'hint: report it with the command and the output of --verbose: cannot write "{cache}": not a directory'
    )


def test_a_reader_that_goes_away_ends_kgctl_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(kgctl_program(*SHOWCONF), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.CLOSED_PIPE, b"")


def test_a_full_disk_is_reported() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(kgctl_program(*SHOWCONF), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == f"kgctl: cannot write to stdout: {os.strerror(errno.ENOSPC).lower()}\n".encode()


@pytest.mark.parametrize(
    ("called_as", "name"),
    [("/usr/bin/kubectl-kilo", "kubectl kilo"), ("/usr/bin/kgctl", "kgctl"), ("__main__.py", "kgctl")],
)
def test_it_goes_by_the_name_it_was_called_by(called_as: str, name: str) -> None:
    assert system.program(called_as) == name


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",), ("help",)])
def test_without_a_command_there_is_help(args: tuple[str, ...]) -> None:
    run = kgctl(*args)
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout.startswith("Usage: kgctl COMMAND [OPTIONS]\n\nInspect and manage a Kilo mesh.\n")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15", 15), ("15s", 15), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400), ("2m", 120), ("99999999999s", 86400)],
)
def test_a_timeout_is_written_as_for_kubectl(text: str, seconds: float) -> None:
    assert duration.seconds(text) == seconds


@pytest.mark.parametrize("text", ["0", "0s", "0ms"])
def test_a_timeout_of_zero_is_no_limit_as_in_kubectl(text: str) -> None:
    assert duration.seconds_or_none(text) == 86400
    assert kgctl(*SHOWCONF, "--request-timeout", text).exit_code == 0


@pytest.mark.parametrize("text", ["", "00", "-1s", "s", "1x", "1 s", "1m 30s", "inf", "nan", "1e3"])
def test_an_invalid_duration_is_refused(text: str) -> None:
    run = kgctl(*SHOWCONF, "--request-timeout", text)
    assert (run.exit_code, run.stdout) == (2, "")
    assert f'"{text}" is not a duration' in run.stderr


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("kgctl genkey >&-", 1, b"kgctl: cannot write to stdout: bad file descriptor\n"),
        (
            "kgctl --from-file docs/example-cluster.yaml graph >&-",
            1,
            b"kgctl: cannot write to stdout: bad file descriptor\n",
        ),
        ("kgctl --from-file nowhere graph 2>&-", 1, b""),
        ("kgctl pubkey <&-", 1, b"kgctl: stdin is empty, but a key is needed\n"),
    ],
)
def test_streams_that_the_caller_has_closed_take_nothing(script: str, code: int, said: bytes) -> None:
    done = shell(script, Path(__file__).parents[1])
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", said)


def test_a_crash_writes_no_file_with_keys() -> None:
    command = ["bash", "-c", 'ulimit -c unlimited && exec "$@"', "-", *kgctl_program("pubkey")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        limits, end = "", time.monotonic() + 20
        while "Max core file size        0" not in limits and time.monotonic() < end:
            time.sleep(0.05)
            limits = Path(f"/proc/{process.pid}/limits").read_text()
        process.kill()
    assert "Max core file size        0  " in limits
