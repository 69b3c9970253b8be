"""The options for what kgctl writes: the clusters or Git folders, and what it replaces or adds."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.options.list_values import words
from kgctl_py.cli.options.peering_values import known_name, named_values
from kgctl_py.errors import UsageError
from kgctl_py.peering.planning.settings import PeeringSettings
from kgctl_py.value import Value, replace

GitOption = Annotated[
    list[str],
    typer.Option(
        metavar="NAME=DIR",
        help="Change the Peers of a cluster in this Git folder, not in the cluster; repeatable",
        rich_help_panel=OUTPUT,
    ),
]


class WriteOptions(Value, frozen=True, kw_only=True):
    """The options for what kgctl writes."""

    write: Annotated[
        list[str],
        typer.Option(metavar="NAME,...", help="Change only these clusters (default all)"),
    ]
    git: GitOption
    annotate: Annotated[
        bool,
        typer.Option(
            "--annotate",
            help="Set a keepalive on the Nodes of segments without a public endpoint",
        ),
    ] = False
    psk: Annotated[
        bool,
        typer.Option("--psk", help="Generate a preshared key for each pair of clusters that has none"),
    ] = False
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt",
            help="Replace other Peers that have the public keys of the nodes",
        ),
    ] = False
    yes_replace: Annotated[
        bool,
        typer.Option(
            "--yes-replace",
            help="Replace Peers of a different cluster that had the same name",
        ),
    ] = False

    def writes(self, names: Iterable[str]) -> frozenset[str]:
        """Return the clusters that are written; raise UsageError."""
        known = tuple(names)
        return frozenset(known_name("--write", name, known) for name in words(self.write)) or frozenset(known)

    def folders(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return --git by cluster; raise UsageError."""
        return git_folders(self.git, names)

    def settings(self, wanted: PeeringSettings) -> PeeringSettings:
        """Return the settings with these options."""
        return replace(wanted, annotates=self.annotate, adopts=self.adopt, replaces=self.yes_replace)


def git_folders(git: Sequence[str], names: Iterable[str]) -> Mapping[str, str]:
    """Return --git by cluster; raise UsageError."""
    known = tuple(names)
    folders = named_values("--git", git, known)
    if len({os.path.realpath(folder) for folder in folders.values()}) < len(folders):
        raise UsageError("two --git options have the same folder", hint="use one folder for each cluster")
    return folders
