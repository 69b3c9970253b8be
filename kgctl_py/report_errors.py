"""Turn every error into a line on stderr and an exit code, and flush stdout before the process ends."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kgctl_py import os_errors
from kgctl_py.cli.terminal import terminal
from kgctl_py.cli.usage_errors import usage_error
from kgctl_py.errors import ExitCode, KgctlError
from kgctl_py.system import is_closed_pipe, program

if TYPE_CHECKING:
    from traceback import TracebackException


def report(error: BaseException) -> int:
    """Print the error, and return the exit code."""
    match error:
        case KgctlError():
            terminal.fail(error.message, error.hint)
            return error.exit_code
        case typer.TyperException():
            return _report_usage(error)
        case KeyboardInterrupt() | typer.Abort():
            return ExitCode.INTERRUPTED
        case OSError():
            return report_output(error)
        case MemoryError():
            terminal.fail("kgctl needs more memory than it can get")
            return ExitCode.FAILED
        case _:  # no other code can explain it better
            return _report_fault(error)


def report_output(error: OSError) -> int:
    """Report that stdout cannot be written; print nothing if its reader closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # do not write the buffer again
    if is_closed_pipe(error):
        return ExitCode.CLOSED_PIPE
    where = f' "{error.filename}"' if error.filename else " to stdout"
    terminal.fail(f"cannot write{where}: {os_errors.reason(error)}")
    return ExitCode.FAILED


def _report_usage(error: typer.TyperException) -> int:
    terminal.fail(*usage_error(error.format_message(), getattr(error, "ctx", None), program()))
    return ExitCode.USAGE


def _report_fault(error: BaseException) -> int:
    """Report a fault of kgctl, and save its traceback in a file to attach to a report."""
    import traceback

    from kgctl_py import __version__
    from kgctl_py.fs import cache_folder
    from kgctl_py.redacted_text.redact import redacted

    trace = traceback.TracebackException.from_exception(error)
    place = trace.stack[-1]
    what = redacted(f"{type(error).__name__}: {error}")
    message = f"kgctl has a bug: {what} ({Path(place.filename).name}:{place.lineno})"
    text = f"kgctl {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n{_text(trace)}"
    try:
        path = cache_folder.write("traceback.txt", text)
    except KgctlError as refusal:
        hint = f"report it with the command and the output of --verbose: {refusal.message}"
    else:
        hint = f'report it with the command and the traceback in "{path}"'
    terminal.fail(message, hint)
    terminal.detail_text(text)
    return ExitCode.FAILED


def _text(trace: "TracebackException") -> str:
    """Return a traceback without secrets: messages can quote data, lines of the program do not."""
    from kgctl_py.redacted_text.redact import redacted

    return "".join(part if part.startswith('  File "') else redacted(part) for part in trace.format())
