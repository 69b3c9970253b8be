"""`kgctl peer expire`: remove the Peers that are due."""

import typer

from kgctl_py.cli.options.peer_options import DryRunOption
from kgctl_py.cli.peer.git_option import GitOption, invocation_on
from kgctl_py.cli.terminal import terminal


def expire(context: typer.Context, git: GitOption = None, dry_run: DryRunOption = None) -> None:
    """Remove expired peers without asking.

    Kilo does not know when a peer expires: run this regularly, for example from cron. The time is set with
    --expires of kgctl peer add and kgctl peer set, and shown by kgctl get peers -o wide.

    Examples:
      # Give access for a week
      kgctl peer add guest --expires 7d -O guest.conf

      # List expired peers, and remove them
      kgctl peer expire --dry-run client
      kgctl peer expire
    """
    from kgctl_py.peers.expiry import remove_expired  # no other command needs it

    remove_expired(invocation_on(context, git, dry_run).cluster, dry_run, terminal.tell_notice)
