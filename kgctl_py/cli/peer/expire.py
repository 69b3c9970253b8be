"""`kgctl peer expire`: remove the expired Peers."""

import typer

from kgctl_py.cli.options.change_options import DryRunOption
from kgctl_py.cli.peer.git_option import GitOption, invocation_on, tell_what_remains
from kgctl_py.cli.terminal import terminal


def expire(context: typer.Context, git: GitOption = None, dry_run: DryRunOption = None) -> None:
    """Remove expired peers.

    Kilo does not remove expired peers, so run this command regularly, for example with cron. To set when a peer
    expires, use --expires with "kgctl peer add" or "kgctl peer set". To show when peers expire, run
    "kgctl get peers -o wide".

    Examples:
      # Give access for a week
      kgctl peer add guest --expires 7d -O guest.conf

      # List expired peers, and remove them
      kgctl peer expire --dry-run client
      kgctl peer expire
    """
    from kgctl_py.peers.expire_peers import remove_expired  # no other command needs it

    removed = remove_expired(invocation_on(context, git, dry_run).cluster, dry_run, terminal.tell_notice)
    if removed and not dry_run:
        tell_what_remains(git, removed=removed, applies=False)
