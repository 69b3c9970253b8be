"""What `kgctl peer apply` prints: mistakes in files, the changes of a plan, a question, and a summary."""

import sys
from collections.abc import Sequence

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import visible
from kgctl_py.peers.fleet.fleet_plan import FleetPlan

_SHOWN = 20
"""Mistakes that are shown."""


def mistakes_error(mistakes: Sequence[KgctlError]) -> KgctlError:
    """Print the first mistakes, and return the error with their number."""
    for mistake in mistakes[:_SHOWN]:
        terminal.fail(mistake.message, mistake.hint)
    more = f", of which the first {_SHOWN} are shown" if len(mistakes) > _SHOWN else ""
    return KgctlError(f"nothing changed: the files have {len(mistakes)} mistakes{more}")


def ask_before_removals(plan: FleetPlan, *, yes: bool) -> None:
    """Ask before peers are removed; raise KgctlError unless the user confirms."""
    if not plan.removals or yes:
        return
    quoted = [f'"{peer.name}"' for peer in plan.removals]
    peers = f"{'peers' if len(quoted) > 1 else 'peer'} {', '.join(quoted)}"
    if not sys.stdin.isatty():
        raise UsageError(
            f"refusing to remove {peers} without --yes (stdin is not a terminal)",
            hint="to see the changes, add --dry-run client",
        )
    if not terminal.confirms(f"Remove {peers} from the mesh?"):
        raise KgctlError("cancelled: nothing changed")


def show_plan(plan: FleetPlan) -> None:
    """Print the plan, a line for each change."""
    lines = [f'- peer "{peer.name}"' for peer in plan.removals]
    for update in plan.updates:
        lines += [f'~ peer "{update.before.name}": {difference}' for difference in update.differences]
    for creation in plan.creations:
        cidrs = ", ".join(map(str, creation.peer.allowed_ips)) or "disabled"
        key = ", with a new key pair" if creation.private_key else ""
        lines.append(f'+ peer "{creation.peer.name}": {cidrs}{key}')
    for line in lines:
        typer.echo(visible(line))


def summary(plan: FleetPlan) -> str:
    """Return the numbers of created, changed, removed, and unchanged peers."""
    counts = {
        "created": len(plan.creations),
        "changed": len(plan.updates),
        "removed": len(plan.removals),
        "unchanged": plan.unchanged,
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing to do"
