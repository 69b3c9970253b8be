"""`--git NAME=DIR` of `kgctl peering connect` and `rm`: keep the Peers of a cluster in a Git folder."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.peering.members.peering_folder import PeeringFolder
from kgctl_py.peering.members.read_members import Side
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peering.planning.plan import PeeringPlan
from kgctl_py.value import replace


def with_folders(context: typer.Context, sides: Sequence[Side], folders: Mapping[str, str]) -> tuple[Side, ...]:
    """Return the clusters; those with a folder have their Peers in it, locked. Raise KgctlError.

    The Peers are those for the other clusters, or, of one cluster alone, for every other one.
    """
    known = {side.name for side in sides}
    return tuple(
        _in_folder(context, side, folders[side.name], known - {side.name} or None)
        if side.name in folders
        else side
        for side in sides
    )


def tell_what_remains(sides: Iterable[Side], plan: PeeringPlan) -> None:
    """Report that the user has to apply the folders, and what that does not do."""
    for side in sides:
        if isinstance(side.cluster, PeeringFolder):
            changes = [change for half in plan.halves if half.own.name == side.name for change in half.changes]
            _tell_of(side, side.cluster, changes)


def _in_folder(context: typer.Context, side: Side, path: str, others: Collection[str] | None) -> Side:
    from kgctl_py.cluster.git.git_folder import Folder
    from kgctl_py.fs.file_set import folder_lock

    folder = Folder(path)
    context.with_resource(folder_lock(folder.path))
    return replace(side, cluster=PeeringFolder(folder, side.cluster, others), is_writable=True, folder=path)


def _tell_of(side: Side, cluster: PeeringFolder, changes: Sequence[Change]) -> None:
    if any(change.after and change.after.preshared_key for change in changes):
        terminal.warn(f'everyone who can read "{side.folder}" can read the preshared key')
    moved = sorted(_names_with_moved_keys(changes))
    if moved:
        terminal.warn(
            f"after you apply the folder, agents of {side.name} may miss {', '.join(moved)} for up to five minutes"
        )
    tell_of_removed(side, cluster, {change.name for change in changes if change.action is Action.DELETE})
    terminal.say(f"to apply the folder: {side.kubectl} apply -k {shlex.quote(side.folder)}")


def tell_of_removed(side: Side, cluster: PeeringFolder, deleted: Collection[str]) -> None:
    """Report Peers that are in the cluster but not in the folder: deleted ones, and those for other clusters."""
    left = sorted(cluster.only_in_cluster() & (cluster.names_for_others() | set(deleted)))
    if left:
        terminal.warn(
            f"{side.name} still has {', '.join(left)}, which the folder does not contain",
            "if no program prunes them, delete them: "
            f"{side.kubectl} delete peers.kilo.squat.ai {shlex.join(left)}",
        )


def _names_with_moved_keys(changes: Sequence[Change]) -> Iterator[str]:
    released = {change.before.public_key: change.name for change in changes if change.before}
    for change in changes:
        taken_from = released.get(change.after.public_key, change.name) if change.after else change.name
        if change.action is Action.TOUCH or taken_from != change.name:
            yield change.name
