"""Errors of the parser in the words of kgctl, with hints that are safe to follow."""

import re
import shlex
from typing import Any

from kgctl_py.cli.suggestions import (
    commands_meant,
    global_options_meant,
    options_meant,
    without_harmful,
)
from kgctl_py.errors import did_you_mean, either, not_one_of

_SUGGESTION = re.compile(r"(.*?)(?:\. Did you mean | \((?:Possible options|Did you mean)[: ]+)(.+?)[?)]*")
_MISPLACED_FILE = re.compile(r'--output "([^"]+\.\w+|[^"]*/[^"]*)" is n(?:ot one of|either)')
_PLAIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r": (-?\d+) is not in the range (\d+)<=x<=(\d+)", r': "\1" is not between \2 and \3'),
        (r"is not a valid int range", "is not an integer"),
        (r"[Gg]ot unexpected extra argument\(s\) \((.* .*)\)", r'unexpected arguments "\1"'),
        (r"[Gg]ot unexpected extra argument\(s\) \((.*)\)", r'unexpected argument "\1"'),
        (r"\. Choose from:\s+", ": choose from "),
        (r",\n\t", ", "),
        (r"[Nn]o such option: (\S+)", r'unknown option "\1"'),
        (r"[Nn]o such command (\".*\")", r"unknown command \1"),
        (r'" / "--?[\w-]+"', '"'),
        (r'^Invalid value for "([^"]*)": ', r"\1 "),
        (r'^(Missing (?:argument|option)) "([^"]*)"', r"\1 \2"),
        (r'^Option "([^"]*)" requires an argument', r"\1 needs a value"),
    )
)
"""What the parser says, and how kgctl says it: without quotes around its own options and arguments."""
_CHOICES = re.compile(r'"([^"]*)" is not one of (".*")$')
_TO_CHOOSE = re.compile(r"(: choose from )(.*)$")
_MISSING = re.compile(r"missing argument (.*)")
_MISSING_OPTION = re.compile(r"missing option (.*)")
_UNKNOWN_OPTION = re.compile(r'unknown option "(.*)"')
_UNKNOWN_COMMAND = re.compile(r'unknown command "(.*)"')


def usage_error(message: str, context: Any, program: str) -> tuple[str, str]:
    """Return the error with a hint for an error of the parser in `context`."""
    message = message.rstrip(".").replace("'", '"')
    for pattern, plain in _PLAIN:
        message = pattern.sub(plain, message)
    message = _with_choices(message)
    suggested = _SUGGESTION.fullmatch(message)
    message, named = suggested.groups() if suggested else (message, "")
    suggestions = [name.strip('"') for name in named.split(", ")] if named else []
    if not message[1:2].isupper():  # the name of an argument, such as SHELL
        message = message[:1].lower() + message[1:]
    misplaced = _MISPLACED_FILE.search(message)
    if misplaced:
        file = shlex.quote(misplaced[1])
        return message, f"to write a file: -O {file}" if _writes_files(context) else f"to write a file: > {file}"
    message = _with_all_missing(message, context)
    path = context.command_path if context else program
    unknown = _UNKNOWN_COMMAND.fullmatch(message)
    meant = commands_meant(unknown[1], path, context) if unknown else []
    if meant:
        return message, _one_of(meant)
    if unknown:
        suggestions = without_harmful(suggestions, unknown[1])
    option = _UNKNOWN_OPTION.fullmatch(message)
    if option:
        suggestions = options_meant(option[1], suggestions, context)
        if not suggestions and (meant := global_options_meant(option[1], context)):
            return message, did_you_mean(meant)
    return message, did_you_mean(suggestions) if suggestions else _where_to_look(message, path, context)


def _where_to_look(message: str, path: str, context: Any) -> str:
    """Return the hint with the command that lists the choices."""
    if message == "missing command" or _UNKNOWN_COMMAND.fullmatch(message):
        return f"to list the commands: {path} --help"
    missing = _MISSING_OPTION.fullmatch(message)
    if missing and context is not None:
        return f"add {missing[1]} {_value_name(missing[1], context)}"
    is_option = "--" in message or _UNKNOWN_OPTION.fullmatch(message)
    if is_option and context is not None and context.parent is None:
        return f"to see the global options: {path} options"
    return f"to see the usage: {path} --help"


def _value_name(option: str, context: Any) -> str:
    """Return the name of the value of an option, such as FILE."""
    names = (param.metavar for param in context.command.params if option in param.opts)
    return str(next(names, None) or "VALUE").partition("|")[0]


def _with_choices(message: str) -> str:
    """Return an error about a word with the choices as kgctl lists them."""
    message = _CHOICES.sub(lambda found: not_one_of(found[1], found[2].strip('"').split('", "')), message)
    return _TO_CHOOSE.sub(lambda found: f"{found[1]}{either(found[2].split(', '))}", message)


def _with_all_missing(message: str, context: Any) -> str:
    """Return an error about a missing argument that also names the required arguments after it."""
    missing = _MISSING.fullmatch(message)
    if not missing or context is None:
        return message
    arguments = [param for param in context.command.params if param.param_type_name == "argument"]
    required = [param.metavar or param.name.upper() for param in arguments if param.required]
    words = required[required.index(missing[1]) :] if missing[1] in required else [missing[1]]
    listed = " and ".join(word.partition(" [")[0] for word in words)
    return f"missing argument{'s' if len(words) > 1 else ''} {listed}"


def _one_of(commands: list[str]) -> str:
    """Return the hint with a command, or with one for each kind."""
    if len(commands) == 1:
        return did_you_mean(commands)
    return "; ".join(f"for a {command.split()[-2]}: {command}" for command in commands)


def _writes_files(context: Any) -> bool:
    return any("-O" in param.opts for param in context.command.params) if context else False
