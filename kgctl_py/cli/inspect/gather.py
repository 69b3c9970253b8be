"""`kgctl gather`: save the cluster for a bug report in one file for `--from-file`, without secrets."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.open import open_recorded
from kgctl_py.cluster.saved import bundle
from kgctl_py.diagnose.gather_bundle import contents, gather_bundle
from kgctl_py.errors import UsageError
from kgctl_py.fs import files

_STDOUT = ("-", "/dev/stdout")
_DEFAULT = f"{bundle.FOLDER}.tar.gz"


def gather(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE, which only you can read, or to stdout with -",
        ),
    ] = _DEFAULT,
    include_secrets: Annotated[
        bool,
        typer.Option(
            "--include-secrets", help="Keep preshared keys, owners, and descriptions, and do not mask the logs"
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists")] = False,
) -> None:
    """Collect the state of Kilo for a bug report, without secrets.

    The file contains the Nodes, the Peers, the network settings, and the logs of Kilo.
    kgctl removes the preshared keys, owners, and descriptions of peers, and masks secrets in the logs.
    To read the file, use --from-file.

    Examples:
      # Write kilo-gather.tar.gz
      kgctl gather

      # Check the cluster in the file
      kgctl --from-file kilo-gather.tar.gz check
    """
    run: Invocation = context.obj
    cluster = open_recorded(run.options, terminal.busy)
    if file in _STDOUT and sys.stdout.isatty():
        raise UsageError("refusing to write a binary file to a terminal", hint=f"use -O {_DEFAULT}")
    files.check_writable(Path(file), replace=force)
    gathered, notices = gather_bundle(cluster, run.options, secrets=include_secrets)
    files.write(Path(file), bundle.pack(gathered), mode=files.SECRET, replace=force)
    terminal.tell(notices)
    where = "to stdout" if file in _STDOUT else f'"{file}"'
    terminal.say(f"wrote {where}: {contents(gathered)}")
