"""The options for the configurations of several new peers: their folder, and what they cannot share."""

from typing import Annotated

import typer

from kgctl_py.cli import OUTPUT
from kgctl_py.cli.options.file_options import FileOptions
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions


class FolderOptions(FileOptions, frozen=True, kw_only=True):
    """The same for the configurations of several peers."""

    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="DIR",
            help="Folder for the configurations of peers whose keys kgctl generates; required if there are any",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace existing files; they may contain the only copy of a private key",
            rich_help_panel=OUTPUT,
        ),
    ] = False


class FleetWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options for several peers, which cannot share an address."""

    address: Annotated[list[str], typer.Option(metavar="CIDR,...", hidden=True)]
