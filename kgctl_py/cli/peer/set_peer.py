"""`kgctl peer set`: change a Peer."""

from typing import Annotated

import typer

from kgctl_py.cli import completion
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.change_options import DryRunOption
from kgctl_py.cli.options.peer_options import PeerOptions
from kgctl_py.cli.peer.git_option import GitOption, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError


@grouped
def set_peer(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the peer", autocompletion=completion("peers"))
    ],
    options: PeerOptions,
    git: GitOption = None,
    dry_run: DryRunOption = None,
) -> None:
    """Change the addresses, the endpoint, or other settings of a peer.

    Settings that you do not pass keep their values.

    Examples:
      # Set the address at which nodes reach the peer
      kgctl peer set office --endpoint office.example.com:51820
    """
    from kgctl_py.peers.change_peer import change_peer  # no other command needs it

    change = options.change()
    if not change:
        raise UsageError("no change given", hint="to see what you can change: kgctl peer set --help")
    run = invocation_on(context, git, dry_run)
    title, differs = change_peer(run.cluster, name, change, dry_run, terminal.tell_notice)
    done = "would be changed (dry run)" if dry_run else "changed"
    terminal.say(f"{title} {done if differs else 'unchanged'}")
    if differs and not dry_run:
        tell_what_remains(git)
