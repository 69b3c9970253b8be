"""`kgctl lint`: what is wrong with Peers that are kept in files, without asking any cluster."""

import enum
from collections.abc import Sequence
from typing import Annotated, assert_never

import typer

from kgctl_py.diagnose.lint_files import linted, rules
from kgctl_py.errors import ExitCode
from kgctl_py.render.checks.remarks import Remark, remarks_data, remarks_text, workflow_commands
from kgctl_py.render.checks.sarif import sarif
from kgctl_py.render.document import as_json
from kgctl_py.terminal import terminal


class Output(enum.StrEnum):
    """The formats of remarks on files."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def lint(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…|-", help="Files with Peers, folders of them, or - for stdin.")
    ],
    output: Annotated[Output, typer.Option("--output", "-o", help="How to print it.")] = Output.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings, too.")] = False,
) -> None:
    """Tell what is wrong with Peers in files, each with its place; no cluster is asked.

    Kilo's own rules are checked, and what the Peers cannot have together.

    For example: kgctl lint peers/
    """
    result = linted(files)
    typer.echo(_formatted(output, result.remarks, result.files, result.peers), nl=False)
    errors = sum(remark.level == "error" for remark in result.remarks)
    warnings = len(result.remarks) - errors
    terminal.say(
        f"{_counted(result.peers, 'peer')} in {_counted(result.files, 'file')}: "
        f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    )
    if errors or (strict and warnings):
        raise typer.Exit(ExitCode.FAILED)


def _formatted(output: Output, remarks: Sequence[Remark], files: int, peers: int) -> str:
    match output:
        case Output.TEXT:
            return remarks_text(remarks)
        case Output.JSON:
            return as_json(remarks_data(remarks, files=files, peers=peers))
        case Output.GITHUB:
            return workflow_commands(remarks)
        case Output.SARIF:
            return as_json(sarif(remarks, rules()))
        case _:
            assert_never(output)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
