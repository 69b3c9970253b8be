"""`kgctl peer rm`: remove Peers."""

import sys
from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.options.change_options import DryRunOption, YesOption
from kgctl_py.cli.peer.git_option import GitOption, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError


def remove(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names of the peers", autocompletion=completion("peers"))
    ],
    git: GitOption = None,
    dry_run: DryRunOption = None,
    yes: YesOption = False,
) -> None:
    """Remove peers from the mesh.

    The configurations of the peers stop working. On a terminal, kgctl asks for confirmation first, unless you
    pass --yes or --git.

    Examples:
      kgctl peer rm laptop
    """
    from kgctl_py.peers.remove_peers import remove_peers  # no other command needs it

    cluster = invocation_on(context, git, dry_run).cluster
    if sys.stdin.isatty() and cluster.is_live and not (yes or dry_run or git):
        _ask(names)
    remove_peers(cluster, names, dry_run, terminal.tell_notice)
    if not dry_run:
        tell_what_remains(git, removed=tuple(dict.fromkeys(names)), applies=False)


def _ask(names: list[str]) -> None:
    """Raise KgctlError unless the user confirms."""
    peers = ", ".join(f'"{name}"' for name in names)
    what = f"{'peer' if len(names) == 1 else 'peers'} {peers}"
    if not terminal.confirms(f"Remove {what} from the mesh?"):
        raise KgctlError(f"cancelled: {what} not removed")
