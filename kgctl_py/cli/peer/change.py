"""`kgctl peer set`: what a Peer says of itself is changed."""

from typing import Annotated

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.peer_options import DryRunOption, PeerOptions
from kgctl_py.cli.peer.git_option import GitOption, invocation_on
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError


@grouped
def change(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    options: PeerOptions,
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Change what a peer says of itself; all else of it stays as it is."""
    from kgctl_py.peers.change_peer import change_peer  # no other command needs it

    change = options.change()
    if not change:
        raise UsageError("nothing to change was given", hint="kgctl peer set --help")
    run = invocation_on(context, git, dry_run)
    title = change_peer(run.cluster, name, change, dry_run, terminal.tell_notice)
    terminal.say(f"{title} {'would be changed (dry run: it was not)' if dry_run else 'changed'}")
