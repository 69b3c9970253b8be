"""`--git DIR`: change the Peers in a Git folder, not those in the cluster."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import names
from kgctl_py.cli import OUTPUT
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.peer.delivery_options import DeliveryOptions, Print
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError
from kgctl_py.escape_text import typed
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.value import replace
from kgctl_py.wireguard import Key

GitOption = Annotated[
    str | None,
    typer.Option(
        "--git",
        metavar="DIR",
        help="Change Peers in this Git folder, and not in the cluster",
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


def delivery_for(
    git: str | None, out: DeliveryOptions, public_key: str | None, adopt: str | None = None
) -> DeliveryOptions:
    """Return the output of the configuration; with --git, none if kgctl generates no key and it was not requested.

    Raise UsageError for options that --git excludes; warn about a private key that Git would track.
    """
    if git is None:
        return out
    if out.printed is Print.YAML:
        raise UsageError("--print yaml and --git exclude each other", hint="use one of them")
    if out.file and public_key is None:
        warn_if_tracked(out.file)
    is_asked_for = out.file or out.print_ or (public_key is None and adopt is None)
    return out if is_asked_for else replace(out, print_=Print.NONE)


def warn_if_tracked(file: str) -> None:
    """Warn about a file with a private key, or a folder of such files, that Git would track."""
    if not _is_ignored(file):
        terminal.warn(
            f'Git does not ignore "{file}", to which kgctl writes a private key',
            "use a file outside of the repository, or add it to .gitignore",
        )


def _is_ignored(file: str) -> bool:
    from kgctl_py.cluster.git.boundaries import is_ignored

    return is_ignored(Path(file))


def tell_what_remains(
    git: str | None, preshared: Key | None = None, *, removed: Sequence[str] = (), applies: bool = True
) -> None:
    """Print how to change the cluster after the folder, and who can read the preshared key.

    `kubectl apply` does not delete the `removed` Peers. They come first, because their keys can be in new Peers.
    """
    if git is None:
        return
    if preshared:
        terminal.warn("everyone who can read the repository can read the preshared key")
    deletes = (f"kubectl delete {names.PEERS_RESOURCE} {' '.join(map(typed, removed))}",) if removed else ()
    applied = (f"kubectl apply -k {shlex.quote(git)}",) if applies else ()
    terminal.say(f"to change the cluster: {' && '.join((*deletes, *applied))}")
