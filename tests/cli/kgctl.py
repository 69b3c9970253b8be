"""kgctl, run in this process or as a program of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner, Result

from kgctl_py.app import app
from kgctl_py.cli.invocation import Opener
from kgctl_py.cluster.interface import Cluster

_ROOT = get_command(app)  # made once: it takes a third of the time of a short command


def kgctl(
    *args: str,
    stdin: bytes = b"",
    cluster: Cluster | None = None,
    opener: Opener | None = None,
    env: Mapping[str, str | None] | None = None,
) -> Result:
    """Run kgctl in this process, on `cluster` or on what `opener` opens, if one is handed in."""
    opener = opener or ((lambda _: cluster) if cluster else None)
    runner = CliRunner()
    with runner.isolation(stdin) as streams, environment(env or {}):
        code, ended_by = run_here(args, opener)
        stdout, stderr, both = (stream.getvalue() for stream in streams)
    return Result(runner, stdout, stderr, both, return_value=None, exit_code=code, exception=ended_by)


def run_here(args: Sequence[str], opener: Opener | None = None) -> tuple[int, BaseException | None]:
    """Run kgctl with the present standard streams; return its exit code, and what ended it if that is not 0."""
    code = 0
    ended_by: BaseException | None = None
    try:
        _ROOT.main(args, prog_name="kgctl", obj=opener)
    except SystemExit as end:
        code, ended_by = int(end.code or 0), end if end.code else None
    except Exception as error:  # a test judges it
        code, ended_by = 1, error
    sys.stdout.flush()
    sys.stderr.flush()
    return code, ended_by


@contextlib.contextmanager
def environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables of this process, or delete those that are None, for as long as the block runs."""
    before = {name: os.environ.get(name) for name in variables}
    try:
        _set_variables(variables)
        yield
    finally:
        _set_variables(before)


def _set_variables(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def completed(*words: str) -> tuple[list[str], str]:
    """Return what bash is offered for the last of `words`, and what was said on the way."""
    asked = {"_KGCTL_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(("kgctl", *words))}
    done = kgctl(env={**asked, "COMP_CWORD": str(len(words))})
    assert done.exit_code == 0
    return done.stdout.split(), done.stderr


def kgctl_program(*args: str) -> list[str]:
    """Return the command that runs kgctl in a process, for what only a process has: pipes, modes, signals."""
    return [sys.executable, "-m", "kgctl_py", *args]


def shell(script: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script that knows kgctl as `kgctl`."""
    script = f'kgctl() {{ {sys.executable} -m kgctl_py "$@"; }}\n{script}'
    return subprocess.run(["bash", "-o", "pipefail", "-c", script], capture_output=True, check=False, cwd=folder)
