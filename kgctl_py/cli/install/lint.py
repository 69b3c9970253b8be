"""`kgctl lint`: check Peers and configurations in files, without a cluster."""

import enum
from typing import Annotated, assert_never

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.lint_files import LintResult, lint_files
from kgctl_py.errors import ExitCode
from kgctl_py.render.json_yaml import as_json


class Output(enum.StrEnum):
    """The formats of findings in files."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def lint(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Files or folders with Peers or WireGuard configurations, or - for stdin"
        ),
    ],
    output: Annotated[
        Output,
        typer.Option(
            "--output",
            "-o",
            help="Format: text, json, github to annotate a pull request, or sarif for code scanning",
        ),
    ] = Output.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Also exit with 1 if there are warnings")] = False,
) -> None:
    """Check Peers and WireGuard configurations in files for mistakes.

    kgctl checks each Peer against the rules of Kilo, and all Peers for conflicts, such as two with the same
    address. Exits with 1 if there are errors.

    Examples:
      # Check a folder
      kgctl lint peers/

      # Check a configuration
      kgctl lint laptop.conf

      # Annotate a pull request on GitHub
      kgctl lint peers/ -o github
    """
    result = lint_files(files)
    typer.echo(_formatted(output, result), nl=False)
    terminal.tell(result.notices)
    terminal.say(result.summary)
    if not result.passes(strict=strict):
        raise typer.Exit(ExitCode.FAILED)


def _formatted(output: Output, result: LintResult) -> str:
    match output:
        case Output.TEXT:
            from kgctl_py.render.findings.lint_text import lint_text

            return lint_text(result.findings)
        case Output.JSON:
            from kgctl_py.render.findings.lint_data import lint_data

            return as_json(lint_data(result.findings, files=result.files, peers=result.peers))
        case Output.GITHUB:
            from kgctl_py.render.findings.workflow_commands import workflow_commands

            return workflow_commands(result.findings)
        case Output.SARIF:
            from kgctl_py.render.findings.sarif import sarif

            return as_json(sarif(result.findings))
        case _:
            assert_never(output)
