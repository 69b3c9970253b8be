"""`kgctl help`: the help of a command, in other words."""

from typing import Annotated

import typer


def help_(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="[COMMAND]…", help="The command.")] = [],  # noqa: B006 # typer copies it
) -> None:
    """Show the help of a command."""
    context.find_root().command.main([*command, "--help"])
