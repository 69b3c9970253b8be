"""`kgctl peer disable` and `kgctl peer enable`: take Peers out of the mesh, and put them back."""

from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.options.change_options import DryRunOption
from kgctl_py.cli.peer.git_option import GitOption, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal

_Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="Names of the peers", autocompletion=completion("peers"))
]


def disable(context: typer.Context, names: _Names, git: GitOption = None, dry_run: DryRunOption = None) -> None:
    """Take peers out of the mesh, and keep their keys and addresses reserved.

    The configurations of the peers stop working, and work again after "kgctl peer enable".

    Examples:
      # A laptop was lost
      kgctl peer disable laptop

      # The laptop was found
      kgctl peer enable laptop
    """
    from kgctl_py.peers.disable_peers import disable_peers  # no other command needs it

    disable_peers(invocation_on(context, git, dry_run).cluster, names, dry_run, terminal.tell_notice)
    _tell_what_remains(git, dry_run)


def enable(context: typer.Context, names: _Names, git: GitOption = None, dry_run: DryRunOption = None) -> None:
    """Put disabled peers back into the mesh.

    The configurations of the peers work again.

    Examples:
      kgctl peer enable laptop
    """
    from kgctl_py.peers.disable_peers import enable_peers  # no other command needs it

    enable_peers(invocation_on(context, git, dry_run).cluster, names, dry_run, terminal.tell_notice)
    _tell_what_remains(git, dry_run)


def _tell_what_remains(git: str | None, dry_run: object) -> None:
    if not dry_run:
        tell_what_remains(git)
