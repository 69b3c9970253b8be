"""The commands, one file each: parse the options, call a use case, and print the result."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Literal

import typer
import typer.core

from kgctl_py.cli.option_rules import check_options

PEER = "Identity options"
ROUTING = "Address and routing options"
INTERFACE = "Interface options"
OUTPUT = "Output options"
"""The headings of options in the help of a command."""


@contextlib.contextmanager
def in_context(ctx: Any) -> Iterator[None]:
    """Give an error its context: typer does not say in which command an option has no value."""
    try:
        yield
    except typer.TyperException as error:
        if getattr(error, "ctx", ctx) is None:
            error.ctx = ctx  # type: ignore[attr-defined] # of each usage error
        raise


class HelpfulCommand(typer.core.TyperCommand):
    """A command with kgctl's layout of help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, and check the rules for options."""
        with in_context(ctx):
            rest = super().parse_args(ctx, args)
        check_options(self, ctx)
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the arguments and the word for the options."""
        from kgctl_py.cli.help_layout import usage

        return usage(self, ctx)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 # what typer calls
        """Write what the command does, and its examples."""
        from kgctl_py.cli.help_layout import write_text

        write_text(self.help, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options in groups."""
        from kgctl_py.cli.help_layout import write_options

        write_options(self.get_params(ctx), ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Refer to the options of all commands."""
        from kgctl_py.cli.help_layout import global_options

        formatter.write(f"\n{global_options(ctx)}\n")


class HelpfulGroup(typer.core.TyperGroup):
    """A group of commands with kgctl's layout of help."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002 # what typer calls
        """Return the words for a command and for the options."""
        return ["COMMAND", "[OPTIONS]"]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 # what typer calls
        """Write the purpose of the commands."""
        from kgctl_py.cli.help_layout import write_text

        write_text(f"{self.help}.", formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands; the only option of a group is --help."""
        from kgctl_py.cli.help_layout import summary

        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(self.commands[name])) for name in self.list_commands(ctx)])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Refer to the help of the commands."""
        formatter.write(f'\nRun "{ctx.command_path} COMMAND --help" for more about a command.\n')


def group(text: str, cls: type[HelpfulGroup] = HelpfulGroup) -> typer.Typer:
    """Return a group of commands."""
    return typer.Typer(cls=cls, help=text, rich_markup_mode=None)


def completion(of: Literal["nodes", "peers", "places", "words"]) -> Callable[[typer.Context, str], list[str]]:
    """Return the function that completes names when a shell asks for them."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        from kgctl_py.cli.complete_names import COMPLETIONS

        return COMPLETIONS[of](context, incomplete)

    return complete
