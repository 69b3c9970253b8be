"""Rules for the options of all commands: options that need or exclude another one, and empty names of files."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py.errors import UsageError

_NEEDS: Mapping[str, str] = {
    "--force": "-O",
    "--leader-elect": "--watch",
    "--on-error": "--watch",
    "--pool": "--self-service",
    "--probe-image": "--probe",
    "--prune": "--set",
    "--resync-period": "--watch",
    "--wait-duration": "--wait",
}
"""Options that have no effect without another one, in the commands that have both."""
_EXCLUDES: Mapping[str, tuple[str, ...]] = {
    "--invert": ("-O",),
    "--pool": ("--ip", "--adopt"),
    "--small": ("-O",),
}
"""Options that have no effect with another one."""
_FILES = {"FILE", "BASENAME", "OLD", "NEW"}
_FOLDERS = {"DIR"}
_WORD = re.compile("[A-Z]+")
_KUBECONFIG = "--kubeconfig"
"""An empty one is ignored, as kubectl does."""


def check_options(command: Any, ctx: Any) -> None:
    """Raise UsageError for an option without effect, or an empty name of a file; not while a shell completes."""
    if ctx.resilient_parsing:
        return
    given = [param for param in command.params if _is_given(param, ctx)]
    for param in given:
        _check_name(param, ctx.params[param.name])
    _check_needed(command, given)
    _check_excluded(given)


def _is_given(param: Any, ctx: Any) -> bool:
    source = ctx.get_parameter_source(param.name)
    return source is not None and source.name == "COMMANDLINE"


def _check_needed(command: Any, given: list[Any]) -> None:
    flags = {flag: param for param in command.params for flag in param.opts}
    for option in _flags(given):
        needed = flags.get(_NEEDS.get(option, ""))
        if needed and needed not in given and not needed.default:
            words = f"{_NEEDS[option]} {needed.metavar}" if needed.metavar else _NEEDS[option]
            raise UsageError(f"{option} needs {words}", hint=f"add {words}")


def _check_excluded(given: list[Any]) -> None:
    flags = list(_flags(given))
    for option in flags:
        for other in _EXCLUDES.get(option, ()):
            if other in flags:
                raise UsageError(f"{option} and {other} exclude each other", hint="use one of them")


def _flags(params: list[Any]) -> Iterator[str]:
    return (flag for param in params for flag in param.opts)


def _check_name(param: Any, value: Any) -> None:
    """Raise UsageError for an empty name, which for a path would mean the current folder."""
    words = set(_WORD.findall(param.metavar or ""))
    if not words & (_FILES | _FOLDERS) or _KUBECONFIG in param.opts:
        return
    if value == "" or (isinstance(value, list | tuple) and "" in value):
        name = min(param.opts, key=len) if param.param_type_name == "option" else param.metavar.rstrip(".")
        kind = "file" if words & _FILES else "folder"
        raise UsageError(
            f'{name} "" is not a valid {kind} name',
            hint="if the value is a variable of the shell, set the variable",
        )
