"""`kgctl peer rm`: peers leave."""

from typing import Annotated

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.options.peer_options import DryRunOption
from kgctl_py.cli.peer.git_option import GitOption, invocation_on
from kgctl_py.cli.terminal import terminal


def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The peers.", autocompletion=complete_peers)],
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Remove peers; their configurations stop working."""
    from kgctl_py.peers.remove_peers import remove_peers  # no other command needs it

    remove_peers(invocation_on(context, git, dry_run).cluster, names, dry_run, terminal.tell_notice)
