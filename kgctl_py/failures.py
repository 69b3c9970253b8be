"""Every error becomes a line on stderr and an exit code; stdout is flushed before the process ends."""

import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kgctl_py import os_errors
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import ExitCode, KgctlError
from kgctl_py.process_setup import program
from kgctl_py.system import is_closed_pipe

if TYPE_CHECKING:
    from traceback import TracebackException


_SUGGESTION = re.compile(r"(.*?)(?:\. Did you mean | \((?:Possible options|Did you mean)[: ]+)(.+?)[?)]*")
_MISPLACED_FILE = re.compile(r'"--output(?:"| ).*?: "([^"]+\.\w+|[^"]*/[^"]*)" is not one of')
_PLAIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"is not in the range (\d+)<=x<=(\d+)", r"is not between \1 and \2"),
        (r"is not a valid int range", "is not an integer"),
        (r"[Gg]ot unexpected extra argument\(s\) \((.*)\)", r'unexpected argument "\1"'),
        (r"[Nn]o such option: (\S+)", r'unknown option "\1"'),
        (r"[Nn]o such command (\".*\")", r"unknown command \1"),
        (r'" / "-\w"', '"'),
    )
)
"""What the parser says, and how kgctl says it."""


def report(error: BaseException) -> int:
    """Print what went wrong, and return the exit code."""
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
        case _:  # no caller is left that could explain it better
            return _report_fault(error)


def report_output(error: OSError) -> int:
    """Report that stdout cannot be written; silently when its reader closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is buffered is not tried again
    if is_closed_pipe(error):
        return ExitCode.CLOSED_PIPE
    where = f' "{error.filename}"' if error.filename else " to stdout"
    terminal.fail(f"cannot write{where}: {os_errors.reason(error)}")
    return ExitCode.FAILED


def _report_usage(error: typer.TyperException) -> int:
    message = error.format_message().rstrip(".").replace("'", '"')
    for pattern, plain in _PLAIN:
        message = pattern.sub(plain, message)
    context = getattr(error, "ctx", None)
    suggested = _SUGGESTION.fullmatch(message)
    message, suggestion = suggested.groups() if suggested else (message, "")
    misplaced = _MISPLACED_FILE.search(message)
    if misplaced:
        terminal.fail(message[:1].lower() + message[1:], f"to write a file: -O {shlex.quote(misplaced[1])}")
        return ExitCode.USAGE
    option = "--" in message and context is not None and context.parent is None
    path = context.command_path if context else program()
    hint = f"{path} options" if option else f"{path} --help"
    terminal.fail(
        message[:1].lower() + message[1:],
        f"did you mean {suggestion}? To list all: {hint}" if suggestion else hint,
    )
    return ExitCode.USAGE


def _report_fault(error: BaseException) -> int:
    """Report a fault of kgctl, and keep its traceback in a file to attach to a report."""
    import traceback

    from kgctl_py import __version__
    from kgctl_py.fs import cache_folder
    from kgctl_py.redacted_text import redacted

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
    """Return a traceback without secrets: messages may quote data, lines of the program do not."""
    from kgctl_py.redacted_text import redacted

    return "".join(part if part.startswith('  File "') else redacted(part) for part in trace.format())
