"""`kgctl gather`: what a bug report needs, in one file that `--from-file` reads, without secrets."""

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
        str, typer.Option("-O", metavar="FILE", help="Write to FILE, readable by you alone; - is stdout.")
    ] = _DEFAULT,
    include_secrets: Annotated[
        bool, typer.Option("--include-secrets", help="Leave preshared keys, owners and logs as they are.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over FILE if it exists.")] = False,
) -> None:
    """Pack what a bug report needs of the cluster into one file, which --from-file reads.

    It holds Nodes, Peers, what tells of the networks, and the logs of Kilo.
    Preshared keys, and whatever else may be secret, are left out.

    For example: kgctl gather && kgctl --from-file kilo-gather.tar.gz graph
    """
    run: Invocation = context.obj
    cluster = open_recorded(run.options, terminal.busy)
    if file in _STDOUT and sys.stdout.isatty():
        raise UsageError("a bundle is no text, and stdout is a terminal", hint=f"-O {_DEFAULT}")
    files.check_writable(Path(file), replace=force)
    gathered, notices = gather_bundle(cluster, run.options, secrets=include_secrets)
    files.write(Path(file), bundle.pack(gathered), mode=files.SECRET, replace=force)
    terminal.tell(notices)
    where = "stdout" if file in _STDOUT else f'"{file}"'
    terminal.say(f"wrote {where}: {contents(gathered)}")
