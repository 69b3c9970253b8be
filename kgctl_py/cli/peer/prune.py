"""`kgctl peer prune`: list or remove Peers that no node has seen."""

from typing import Annotated

import typer

from kgctl_py import names
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.duration_text import elapsed
from kgctl_py.errors import UsageError
from kgctl_py.escape_text import visible
from kgctl_py.peers.prune_peers import UnseenPeer, find_unseen

_HINT = "for example: kgctl peer prune --never-seen --older-than 90d"


def prune(
    context: typer.Context,
    never_seen: Annotated[
        bool, typer.Option("--never-seen", help="Choose peers that no node has seen (required)")
    ] = False,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="Choose peers older than this, such as 90d or 12w (required)"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove the listed peers")] = False,
) -> None:
    """List peers that no node has seen, or remove them with --yes.

    A node reports where it saw a peer, and forgets this when it creates its WireGuard interface again, for
    example after a restart. A listed peer may have connected before that, so ask its owner before you remove it.

    Examples:
      # List old peers that no node has seen
      kgctl peer prune --never-seen --older-than 90d

      # Remove these peers
      kgctl peer prune --never-seen --older-than 90d --yes
    """
    if not never_seen or older_than is None:
        missing = "--older-than" if never_seen else "--never-seen"
        raise UsageError(f"missing option {missing}", hint=_HINT)
    run: Invocation = context.obj
    seconds = _seconds(older_than)
    run.mesh()
    found = find_unseen(run.cluster, seconds)
    if not found:
        terminal.say(f"no unseen peer is older than {older_than}")
        return
    if not yes:
        for one in found:
            typer.echo(visible(_line(one)))
        terminal.say(f"{len(found)} found, none removed")
        terminal.hint("ask their owners, and then add --yes to remove them")
        return
    from kgctl_py.peers.remove_peers import remove_peers  # only with --yes

    remove_peers(run.cluster, (one.peer.name for one in found), None, terminal.tell_notice)


def _seconds(text: str) -> float:
    """Return --older-than; raise UsageError."""
    from kgctl_py.peers.parse_expiry import parse_duration

    seconds = parse_duration(text)
    if seconds is None:
        raise UsageError(
            f'--older-than "{text}" is not a duration', hint="for example: --older-than 90d, or --older-than 12w"
        )
    return seconds


def _line(one: UnseenPeer) -> str:
    owner = one.peer.annotations.get(names.OWNER)
    cidrs = ", ".join(map(str, one.peer.allowed_ips))
    return f'peer "{one.peer.name}": created {elapsed(int(one.age))} ago, {cidrs}' + (
        f", owner {owner}" if owner else ""
    )
