"""`kgctl peering rm`: separate clusters again."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.change_options import DryRunOption, YesOption
from kgctl_py.cli.options.peering_write_options import GitOption, git_folders
from kgctl_py.cli.peering.git_folders import tell_of_removed, with_folders
from kgctl_py.cli.peering.sides import open_sides
from kgctl_py.cli.peering.sources import HELP, METAVAR
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.peering.members.peering_folder import PeeringFolder
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.mirroring.remaining_mirrors import remaining_mirrors
from kgctl_py.peering.node_keepalives import unset_keepalives
from kgctl_py.peering.remove_peering import Removal, removals_of_one, removals_of_pair, remove
from kgctl_py.peers.dry_run import DryRun

_TWO = 2


def remove_(
    context: typer.Context,
    clusters: Annotated[list[str], typer.Argument(metavar=f"{METAVAR} [{METAVAR}]", help=HELP)],
    peering: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Name of the other cluster, if you give only one cluster",
        ),
    ] = None,
    git: GitOption = [],  # noqa: B006 # typer copies it
    dry_run: DryRunOption = None,
    yes: YesOption = False,
) -> None:
    """Remove the Peers that join two clusters.

    With two clusters, kgctl removes the Peers from both. With one, it removes the Peers only from that cluster,
    for example if the other one no longer exists. On a terminal, kgctl asks for confirmation.

    Examples:
      # Remove the Peers from both clusters
      kgctl peering rm aws edge

      # Remove the Peers from aws, because the cluster edge no longer exists
      kgctl peering rm aws --peering edge

      # Change aws in its Git folder, and edge in the cluster
      kgctl peering rm aws edge --git aws=clusters/aws
    """
    run: Invocation = context.obj
    if len(clusters) > _TWO:
        raise UsageError(f'unexpected argument "{clusters[2]}"', hint="for example: kgctl peering rm aws edge")
    if peering is not None and len(clusters) == _TWO:
        raise UsageError("--peering does not work with two clusters", hint="leave out --peering")
    if git and dry_run is DryRun.SERVER:
        raise UsageError("--git and --dry-run server exclude each other", hint="use --dry-run client")
    opened = open_sides(run, clusters)
    sides = with_folders(context, opened, git_folders(git, [side.name for side in opened]))
    _check_writable(sides)
    found = removals_of_pair(*sides) if len(sides) == _TWO else removals_of_one(sides[0], peering)
    removals = [removal for removal in found if removal.peers]
    if not removals:
        what = " and ".join(side.name for side in sides)
        terminal.say(f"{what}: no Peers to remove")
        _finish(sides, removals, dry_run)
        return
    if sys.stdin.isatty() and not (yes or dry_run):
        _ask(removals)
    if dry_run is DryRun.CLIENT:
        for removal in removals:
            names = ", ".join(peer.name for peer in removal.peers)
            terminal.say(f"{removal.side.name}: {names} would be removed (dry run)")
        return
    remove(removals, terminal.tell_notice, dry_run=dry_run is not None)
    _finish(sides, removals, dry_run)


def _check_writable(sides: Sequence[Side]) -> None:
    """Raise UsageError if a cluster is a file without a Git folder."""
    files = [side.name for side in sides if not side.is_writable]
    if files:
        hint = f"name its context, or add the folder with its Peers: --git {files[0]}=DIR"
        for other in (side.name for side in sides if side.is_writable):
            hint += f"; to change only {other}: kgctl peering rm {other} --peering {files[0]}"
        raise UsageError(f'"{files[0]}" is a file, which kgctl does not change', hint=hint)


def _finish(sides: Sequence[Side], removals: Sequence[Removal], dry_run: DryRun | None) -> None:
    """Remove the annotations that kgctl set, and report Peers that are removed only from a folder."""
    if dry_run is DryRun.CLIENT:
        return
    for side in sides:
        removed = {peer.name for removal in removals if removal.side is side for peer in removal.peers}
        unset_keepalives(side, removed, terminal.tell_notice, dry_run=dry_run is not None)
        for removal in removals if not dry_run else ():
            if removal.side is side:
                terminal.tell(remaining_mirrors(side, removal.other))
        if isinstance(side.cluster, PeeringFolder) and not dry_run:
            tell_of_removed(side, side.cluster, ())


def _ask(removals: Sequence[Removal]) -> None:
    """Raise KgctlError unless the user confirms."""
    parts = (f"{len(removal.peers)} for {removal.other} from {removal.side.name}" for removal in removals)
    if not terminal.confirms(f"Remove Peers: {', '.join(parts)}?"):
        raise KgctlError("cancelled: nothing was removed")
