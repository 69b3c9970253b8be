"""`kgctl peer rm`: peers leave."""

from typing import Annotated

import typer

from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.options.peer_options import DryRun, DryRunOption
from kgctl_py.cli.peer.git import GitOption, invocation_on
from kgctl_py.terminal import terminal


def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The peers.", autocompletion=complete_peers)],
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Remove peers; their configurations stop working."""
    run = invocation_on(context, git, dry_run)
    store = run.cluster.peers(dry_run=dry_run is DryRun.SERVER)
    store.check_existing(*names)
    for name in dict.fromkeys(names):
        title = store.title(name)
        if dry_run is not DryRun.CLIENT:
            store.delete(name)
        terminal.say(f"{title} {'would be removed (dry run: it was not)' if dry_run else 'removed'}")
