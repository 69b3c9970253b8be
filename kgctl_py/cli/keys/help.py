"""`kgctl help` and `kgctl options`: the help or manual page of a command, and the options of all commands."""

from typing import Annotated

import typer

from kgctl_py.cli.help_layout import write_options


def help_(
    context: typer.Context,
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND...", help="Command (default kgctl itself)")
    ] = [],  # noqa: B006 # typer copies it
    man: Annotated[
        bool, typer.Option("--man", help="Print the manual page; to read it, pipe it to man -l -")
    ] = False,
) -> None:
    """Show help for a command.

    Examples:
      kgctl help peer add
    """
    root = context.find_root()
    if not man:
        root.command.main([*command, "--help"])
        return
    from kgctl_py.cli.keys.manual import page
    from kgctl_py.render.man_page import man_page

    typer.echo(man_page(page(root, command)), nl=False)


def options(context: typer.Context) -> None:
    """List the global options.

    Examples:
      kgctl options
    """
    root = context.find_root()
    formatter = root.make_formatter()
    formatter.write("You can pass these options to any command.\n")
    write_options(root.command.get_params(root), root, formatter)
    typer.echo(formatter.getvalue(), nl=False)
