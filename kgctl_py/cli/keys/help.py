"""`kgctl help`: the help of a command, in other words, or its manual page."""

from typing import Annotated

import typer


def help_(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="[COMMAND]…", help="The command.")] = [],  # noqa: B006 # typer copies it
    man: Annotated[bool, typer.Option("--man", help="Print its manual page, for `man -l -`.")] = False,
) -> None:
    """Show the help of a command."""
    root = context.find_root()
    if not man:
        root.command.main([*command, "--help"])
        return
    from kgctl_py.cli.keys.manual import page
    from kgctl_py.render.man_page import man_page

    typer.echo(man_page(page(root, command)), nl=False)
