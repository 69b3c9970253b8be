"""`--git DIR`: change the Peers in a Git folder, not those in the cluster."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.peer.delivery import DeliveryOptions, Print
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.value import replace
from kgctl_py.wireguard import Key

GitOption = Annotated[
    str | None,
    typer.Option(
        "--git",
        metavar="DIR",
        help="Change the files in this Git folder, not the cluster, which changes when you apply the folder",
        rich_help_panel=OUTPUT,
    ),
]


def invocation_on(
    context: typer.Context, git: str | None, dry_run: DryRun | None = None, *, needs_nodes: bool = False
) -> Invocation:
    """Return the invocation that changes Peers in the cluster, or in the folder `git`.

    A configuration `needs_nodes`; otherwise, a cluster that cannot be read is only a warning.
    """
    run: Invocation = context.obj
    if git is None:
        return run
    if dry_run is DryRun.SERVER:
        raise UsageError("--dry-run server does not work with --git", hint="use --dry-run client")
    from kgctl_py.cluster.git.git_cluster import GitCluster  # only needed with --git
    from kgctl_py.cluster.git.git_folder import Folder
    from kgctl_py.fs.file_set import folder_lock

    folder = Folder(git)
    context.with_resource(folder_lock(folder.path))
    cluster = GitCluster(folder, run.cluster, needs_nodes=needs_nodes)
    return Invocation(run.options, open_=lambda _: cluster)


def delivery_for(git: str | None, out: DeliveryOptions, public_key: str | None) -> DeliveryOptions:
    """Return the output of the configuration; none with --git if it would have no key and was not requested.

    Raise UsageError for options that --git excludes; warn about a private key that Git would track.
    """
    if git is None:
        return out
    if out.printed is Print.YAML:
        raise UsageError("--print yaml and --git exclude each other", hint="use one of them")
    if out.file:
        warn_if_tracked(out.file)
    is_asked_for = out.file or out.print_ or public_key is None
    return out if is_asked_for else replace(out, print_=Print.NONE)


def warn_if_tracked(file: str) -> None:
    """Warn about a file with a private key, or a folder of such files, that Git would track."""
    if not _is_ignored(file):
        terminal.warn(
            f'"{file}" contains a private key, and Git does not ignore it',
            "write it outside the repository, or add it to .gitignore",
        )


def _is_ignored(file: str) -> bool:
    from kgctl_py.cluster.git.boundaries import is_ignored

    return is_ignored(Path(file))


def tell_what_remains(git: str | None, preshared: Key | None) -> None:
    """Print that the user has to apply the folder, and who can read the preshared key."""
    if git is None:
        return
    if preshared:
        terminal.warn("everyone who can read the repository can read the preshared key")
    terminal.say(f"to change the cluster: kubectl apply -k {shlex.quote(git)}")
