"""`kgctl peer rm`: peers leave."""

from typing import Annotated

import typer

from kgctl_py.commands.names import complete_peers
from kgctl_py.commands.peer.options import DryRun, DryRunOption
from kgctl_py.lookup import existing_peer
from kgctl_py.session import Session
from kgctl_py.terminal import terminal


def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The peers.", autocompletion=complete_peers)],
    dry_run: DryRunOption = None,
) -> None:
    """Remove peers; their configurations stop working."""
    session: Session = context.obj
    store = session.peer_store(dry_run=dry_run is DryRun.SERVER)
    mesh = session.mesh()
    for name in names:
        existing_peer(mesh, name)
    for name in dict.fromkeys(names):
        if dry_run is not DryRun.CLIENT:
            store.delete(name)
        terminal.say(f'peer "{name}" {"would be removed (dry run: it was not)" if dry_run else "removed"}')
