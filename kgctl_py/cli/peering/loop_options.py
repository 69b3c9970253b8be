"""Check the options of the Deployment that runs `kgctl peering connect`."""

from collections.abc import Sequence
from typing import Any

import typer

from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.errors import UsageError
from kgctl_py.peering.planning.settings import GRACE
from kgctl_py.value import fields

_NOT_HERE = {
    "write": "--write",
    "git": "--git",
    "print_": "--print",
    "dry_run": "--dry-run",
    "leader_elect": "--leader-elect",
}
"""Options that the Deployment sets itself, or with which it does not write."""


def check_loop_options(context: typer.Context, names: tuple[str, str], options: Sequence[str]) -> None:
    """Raise UsageError for words that are not options of `connect`, or that a Deployment cannot use."""
    params = _parse(context, [f"{name}=in-cluster" for name in names], options)
    wrong = next((flag for name, flag in _NOT_HERE.items() if params[name]), "")
    if params["output"] != "text":
        wrong = "--output"
    if wrong:
        raise UsageError(f"{wrong} does not work with --option", hint=f"leave out {wrong}")
    if len(params["clusters"]) > len(names):
        extra = params["clusters"][len(names)]
        raise UsageError(f'--option "{extra}" is not an option', hint="for example: --option=--services=none")
    PeeringOptions(**{field.name: params[field.name] for field in fields(PeeringOptions)}).settings(names, GRACE)


def _parse(context: typer.Context, clusters: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of `connect`; raise UsageError. Global options can be among the words."""
    root, group = context.find_root(), context.parent
    assert group is not None  # noqa: S101 # the command is in a group
    line = ["peering", "connect", *clusters, "--watch", *options]
    name, *words = root.command.make_context("kgctl", line).args  # without global options and "peering"
    command = group.command.get_command(group, name)  # type: ignore[attr-defined] # a group has it
    parsed: dict[str, Any] = command.make_context(name, words, parent=group).params
    return parsed
