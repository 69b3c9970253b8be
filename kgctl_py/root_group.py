"""The root command, which accepts arguments in any order and ends the process with an exit code."""

import itertools
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer.core

from kgctl_py.argv import arranged
from kgctl_py.cli import in_context
from kgctl_py.cli.command_list import COMMANDS, COMPLETION_VARIABLE, ROWS
from kgctl_py.cli.option_rules import check_options
from kgctl_py.errors import ExitCode, UsageError
from kgctl_py.system import forbid_core_dumps, interrupt_on_signals, open_standard_streams, program


class RootGroup(typer.core.TyperGroup):
    """The group of all commands, which imports a command only when it is used."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = COMMANDS  # type: ignore[assignment] # read, never written

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 # what typer calls
        """Return the names of the commands."""
        return list(self.commands)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002 # what typer calls
        """Return what follows the name of the program."""
        return ["COMMAND", "[OPTIONS]"]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 # what typer calls
        """Write the purpose of the program."""
        from kgctl_py.cli.help_layout import write_text

        write_text(self.help, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 # what typer calls
        """List the commands in groups from the table, because importing all of them takes long."""
        width = max(len(row.name) for row in ROWS)
        for name, rows in itertools.groupby((row for row in ROWS if row.group), key=lambda row: row.group):
            with formatter.section(name):
                formatter.write_dl([(row.name.ljust(width), row.help) for row in rows])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Refer to the help of the commands, and to the global options."""
        from kgctl_py.cli.help_layout import global_options

        formatter.write(f'\nRun "{ctx.command_path} COMMAND --help" for more about a command.\n')
        formatter.write(f"{global_options(ctx)}\n")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments in any order."""
        try:
            args = arranged(self, args)
        except UsageError:
            if not ctx.resilient_parsing:  # during completion the user's line must stay as it is
                raise
        with in_context(ctx):
            rest = super().parse_args(ctx, args)
        check_options(self, ctx)
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; typer would turn a closed pipe into an ordinary failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            from kgctl_py.report_errors import report_output

            return report_output(error)

    def main(  # type: ignore[override] # typer's other parameters are in `extra`
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command, and exit with its code."""
        open_standard_streams()
        interrupt_on_signals()
        forbid_core_dumps()
        extra |= {"standalone_mode": False, "complete_var": COMPLETION_VARIABLE}
        if COMPLETION_VARIABLE in os.environ:
            _prepare_completion()
        sys.exit(_exit_code(lambda: super(RootGroup, self).main(args, prog_name or program(), **extra)))


def _exit_code(run: Callable[[], Any]) -> int:
    """Run the command, print its error if any, and return its exit code."""
    try:
        code = run()
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        from kgctl_py.report_errors import report  # most commands succeed

        return report(error)
    return code if isinstance(code, int) else ExitCode.OK


def _prepare_completion() -> None:
    """Enable the completion of typer, which is off unless typer offers to install its scripts."""
    from typer.completion import completion_init  # type: ignore[attr-defined] # not in an __all__

    completion_init()
