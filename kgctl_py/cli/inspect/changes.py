"""`kgctl changes`: show the differences between two clusters, or between two states of one cluster."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.data_formats import Format, FormatOption
from kgctl_py.cli.inspect.simulate import print_changes
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.interface import Cluster
from kgctl_py.compare.compare_clusters import compare_clusters
from kgctl_py.errors import UsageError


def changes(
    context: typer.Context,
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="Saved cluster: a file of kubectl or kgctl gather, or - for stdin; or a folder of Peers with a "
            "kustomization.yaml; with --git, a revision",
        ),
    ],
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="NEW",
            help="Newer cluster or revision, in the same forms (default the current cluster, or with --git, "
            "the files now)",
        ),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option("--git", metavar="DIR", help="Compare revisions of this Git folder"),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show what changed between two saved clusters, or since one was saved.

    Shows the same sections as "kgctl simulate". Exits with 1 if something is cut off.

    Examples:
      # Compare a saved cluster with the cluster now
      kgctl changes cluster.yaml

      # Compare two bundles of "kgctl gather"
      kgctl changes monday.tar.gz today.tar.gz

      # Compare two revisions of a Git folder
      kgctl changes --git infra/kilo main~1 main
    """
    run: Invocation = context.obj
    if old == new == "-":
        raise UsageError('OLD and NEW cannot both be "-"', hint="save one of them in a file")
    with contextlib.ExitStack() as stack:
        if git is None:
            before, after = _cluster(run, old), run.cluster if new is None else _cluster(run, new)
        else:
            before, after = (_revision(run, git, revision, stack) for revision in (old, new))
        found = compare_clusters(before, after, run.options)
        terminal.tell(dict.fromkeys((*before.notices, *after.notices)))
        print_changes(found, output)


def _cluster(run: Invocation, place: str) -> Cluster:
    """Return a saved cluster, or the Peers of a folder with the nodes of the selected cluster."""
    return _folder(run, place) if Path(place).is_dir() else run.cluster_in(place)


def _revision(run: Invocation, git: str, revision: str | None, stack: contextlib.ExitStack) -> Cluster:
    """Return the Peers of a folder at a revision, or those in its current files."""
    from kgctl_py.cluster.git.git_revision import checked_out

    return _folder(run, git if revision is None else stack.enter_context(checked_out(git, revision)))


def _folder(run: Invocation, folder: str) -> Cluster:
    from kgctl_py.cluster.git.git_cluster import FolderCluster

    return FolderCluster((folder,), run.cluster)
