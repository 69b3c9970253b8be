"""The manual: a page for each command, generated from its help."""

from collections.abc import Iterator, Sequence
from typing import Any

import typer
import typer.main

from kgctl_py import RELEASED, __version__
from kgctl_py.cli.help_layout import entry, is_listed, prose_and_examples, summary
from kgctl_py.errors import UsageError
from kgctl_py.render.man_page import Entries, ManPage

_EXIT_STATUS = (
    ("0", "The command succeeded."),
    ("1", "The command failed, or a check found a problem. stderr has the reason."),
    ("2", "The command line is invalid."),
    ("130", "The command was interrupted."),
    ("141", "The reader of stdout closed the pipe."),
)
_ENVIRONMENT = (
    ("KUBECONFIG", "Kubeconfig files, as for kubectl(1)."),
    ("NO_COLOR", "If it is not empty, kgctl prints without colors."),
)
_OTHERS = ("kubectl(1)", "wg(8)", "wg-quick(8)")


def page(context: Any, words: Sequence[str]) -> ManPage:
    """Return the page of the command in `words`; raise UsageError if the command does not exist."""
    for word in words:
        below = getattr(context.command, "commands", {})
        if word not in below:
            raise UsageError(
                f'unknown command "{word}"', hint=f"to list the commands: {context.command_path} --help"
            )
        context = type(context)(below[word], info_name=word, parent=context)
    return _page(context)


def all_pages(root: Any) -> Iterator[ManPage]:
    """Return the pages of a command and of all commands below it."""
    yield from _below(typer.Context(root, info_name="kgctl", **root.context_settings))


def _below(context: typer.Context) -> Iterator[ManPage]:
    yield _page(context)
    for name, command in getattr(context.command, "commands", {}).items():
        yield from _below(type(context)(command, info_name=name, parent=context))


def _page(context: typer.Context) -> ManPage:
    command: Any = context.command
    prose, examples = prose_and_examples(command.help)
    first, *more = prose.split("\n\n")
    sections = {
        "ARGUMENTS": _records(context, "argument"),
        "OPTIONS": _records(context, "option"),
        "COMMANDS": _commands(command),
        "EXIT STATUS": _EXIT_STATUS,
        "ENVIRONMENT": _ENVIRONMENT if context.parent is None else (),
    }
    return ManPage(
        command=context.command_path,
        summary=" ".join(first.split()).rstrip("."),
        synopsis=" ".join(command.collect_usage_pieces(context)),
        description=(first, *more),
        examples=examples,
        sections=tuple((heading, entries) for heading, entries in sections.items() if entries),
        see_also=_see_also(context),
        version=__version__,
        date=RELEASED,
    )


def _records(context: typer.Context, kind: str) -> Entries:
    params: Any = context.command.get_params(context)
    return tuple(entry(param, context) for param in params if param.param_type_name == kind and is_listed(param))


def _commands(command: Any) -> Entries:
    return tuple((name, summary(below)) for name, below in getattr(command, "commands", {}).items())


def _see_also(context: typer.Context) -> tuple[str, ...]:
    """Return the titles of the page above, of those below, and of other programs."""
    path = context.command_path.replace(" ", "-")
    above = (f"{context.parent.command_path.replace(' ', '-')}(1)",) if context.parent else ()
    below = tuple(f"{path}-{name}(1)" for name in getattr(context.command, "commands", {}))
    return (*above, *below, *_OTHERS)
