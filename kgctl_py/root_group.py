"""The one door out: every error becomes a line on stderr and an exit code, and stdout is surely flushed."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer
import typer.core

from kgctl_py.argv import all_commands, arranged
from kgctl_py.cli.table import COMPLETION_VARIABLE, ROWS, Commands
from kgctl_py.errors import ExitCode, KgctlError, UsageError
from kgctl_py.terminal import terminal

_PLUGIN = "kubectl-kilo"


class Door(typer.core.TyperGroup):
    """The root command: arranges its arguments, and turns what went wrong into words."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = Commands(_with_epilog)  # type: ignore[assignment] # read, never written

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 # what typer calls
        """Name the commands."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands as the table does, since importing all of them takes longer than all else."""
        listed: Any = {row.name: typer.core.TyperCommand(row.name, help=row.help) for row in ROWS}
        typer.core.TyperGroup(commands=listed).format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments in whatever order they were typed."""
        try:
            args = arranged(self, args)
        except UsageError:
            if not ctx.resilient_parsing:  # while completing, the user's line must stay as it is
                raise
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; of a closed pipe typer would make a plain failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            return _cannot_write(error)

    def main(  # type: ignore[override] # typer's other parameters are in `extra`
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, and leave with the exit code."""
        _open_standard_streams()
        _heed_signals()
        extra |= {"standalone_mode": False, "complete_var": COMPLETION_VARIABLE}
        if COMPLETION_VARIABLE in os.environ:
            _prepare_completion()
        sys.exit(_exit_code(lambda: super(Door, self).main(args, prog_name or program(), **extra)))


def _with_epilog(command: Any) -> None:
    for one in all_commands(command):
        one.epilog = f"Options for all commands, as --from-file and --context: {program()} --help"


def program() -> str:
    """Name the program as the user called it: `kubectl kilo` when it runs as kubectl's plugin."""
    return "kubectl kilo" if sys.argv and Path(sys.argv[0]).stem == _PLUGIN else "kgctl"


def _prepare_completion() -> None:
    """Have typer answer shells; it does so by itself only when it offers to install its scripts."""
    from typer.completion import completion_init  # type: ignore[attr-defined] # not in an __all__

    completion_init()


def _open_standard_streams() -> None:
    """Open what the caller has closed, so that no file that kgctl opens gets its number and what is printed.

    There is nothing to read, stdout can only fail, and what is said to nobody is lost.
    """
    for name, way, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_RDWR, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode))


def _heed_signals() -> None:
    """End by SIGTERM, and when the terminal goes away, as by Ctrl-C: nothing half done is left behind."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, signal.SIGTERM)  # Windows has no SIGHUP
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _interrupted)


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        code = run()
        sys.stdout.flush()
    except KgctlError as error:
        terminal.fail(error.message, error.hint)
        return error.exit_code
    except typer.TyperException as error:
        return _wrong_usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _cannot_write(error)
    except Exception as error:  # the last door: nobody above could explain it better
        return _unexpected(error)
    return code if isinstance(code, int) else ExitCode.OK


def _wrong_usage(error: typer.TyperException) -> int:
    message = error.format_message().rstrip(".").replace("'", '"')
    context = getattr(error, "ctx", None)
    terminal.fail(message[:1].lower() + message[1:], f"{context.command_path if context else program()} --help")
    return ExitCode.USAGE


def _cannot_write(error: OSError) -> int:
    """End quietly when the reader of stdout went away; what is still buffered must not be tried again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return ExitCode.CLOSED_PIPE
    where = f' "{error.filename}"' if error.filename else " to stdout"
    terminal.fail(f"cannot write{where}: {(error.strerror or str(error)).lower()}")
    return ExitCode.FAILED


def _unexpected(error: Exception) -> int:
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    terminal.fail(
        f"this is a fault of kgctl: {type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})",
        hint="please report this line together with the command, and the --version",
    )
    return ExitCode.FAILED
