"""kgctl, run in this process or as a program of its own."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from kgctl_py.app import app
from kgctl_py.cli.invocation import Opener
from kgctl_py.cluster.interface import Cluster


def kgctl(*args: str, stdin: bytes = b"", cluster: Cluster | None = None, opener: Opener | None = None) -> Result:
    """Run kgctl in this process, on `cluster` or on what `opener` opens, if one is handed in."""
    opener = opener or ((lambda _: cluster) if cluster else None)
    return CliRunner().invoke(app, args, input=stdin, prog_name="kgctl", obj=opener)


def kgctl_program(*args: str) -> list[str]:
    """Return the command that runs kgctl in a process, for what only a process has: pipes, modes, signals."""
    return [sys.executable, "-m", "kgctl_py", *args]


def shell(script: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script that knows kgctl as `kgctl`."""
    script = f'kgctl() {{ {sys.executable} -m kgctl_py "$@"; }}\n{script}'
    return subprocess.run(["bash", "-o", "pipefail", "-c", script], capture_output=True, check=False, cwd=folder)
