"""`kgctl check`: parse its options, and print the report."""

import enum
import functools
import shutil
import sys
from typing import Annotated, assert_never

import typer

from kgctl_py.cli.duration import seconds
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.terminal import terminal
from kgctl_py.diagnose.run_checks import run_checks
from kgctl_py.errors import ExitCode, UsageError, not_one_of
from kgctl_py.findings.check_sections import LOCAL, SECTIONS
from kgctl_py.findings.report import Report, Section
from kgctl_py.render.findings.report_text import MARKS, Style, report_text, short_text, status_line
from kgctl_py.value import Value

_NAMES = {section.name: section for section in SECTIONS}


class Output(enum.StrEnum):
    """The forms of a report."""

    TEXT = "text"
    SHORT = "short"
    JSON = "json"
    JUNIT = "junit"


class CheckOptions(Value, frozen=True, kw_only=True):
    """The options: the checks to run, the form of the report, and the findings that count as failures."""

    local: Annotated[bool, typer.Option("--local", help="Also check the WireGuard tunnel of this machine")] = False
    only: Annotated[
        list[str],
        typer.Option(
            "--section",
            "--only",
            metavar="SECTION,...",
            help=f"Check only these sections: {', '.join(_NAMES)} (default all except local, which --local adds)",
        ),
    ]
    output: Annotated[
        Output, typer.Option("--output", "-o", help="Format: text, short (only findings), json, or junit (for CI)")
    ] = Output.TEXT
    strict: Annotated[bool, typer.Option("--strict", help="Also exit with 1 if there are warnings")] = False
    wait: Annotated[
        bool, typer.Option("--wait", help="Repeat the checks until they pass; not with --from-file")
    ] = False
    wait_duration: Annotated[
        float, typer.Option(metavar="DURATION", parser=seconds, help="Maximum duration of --wait")
    ] = "5m"  # type: ignore[assignment] # typer parses it


@grouped
def check(
    context: typer.Context,
    options: CheckOptions,
    interface: Annotated[
        str | None,
        typer.Argument(
            metavar="INTERFACE|FILE",
            help="Interface or configuration file to check with --local "
            "(default the WireGuard interface of the mesh)",
        ),
    ] = None,
) -> None:
    """Check the mesh for problems and suggest fixes.

    Checks the cluster, its nodes, the topology, the peers, and with --local the tunnel of this machine.
    Each problem has a code, such as K-NODE-STALE. Exits with 1 if there are errors, or with
    --strict also if there are warnings.

    Examples:
      # Check the whole mesh
      kgctl check

      # Check only nodes and peers
      kgctl check --section nodes,peers
    """
    run: Invocation = context.obj
    sections = _sections(run, options, interface)
    report = _for_cluster(_report(run, options, sections, interface or ""), run)
    terminal.tell(run.cluster.notices)
    text, encoding = _text(report, options), sys.stdout.encoding or "ascii"
    typer.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
    if not report.passes(strict=options.strict):
        raise typer.Exit(ExitCode.FAILED)


def _sections(run: Invocation, options: CheckOptions, interface: str | None) -> tuple[Section, ...]:
    """Return the requested sections; raise UsageError for options that do not fit together."""
    named = [name for text in options.only for name in text.split(",")]
    unknown = next((name for name in named if name not in _NAMES), None)
    if unknown is not None:
        raise UsageError(f"--section {not_one_of(unknown, list(_NAMES))}", hint="for example: --section nodes")
    local = options.local or LOCAL.name in named
    if interface is not None and not local:
        section = f"to check only this section, use --section {interface}" if interface in _NAMES else ""
        raise UsageError(
            f'unexpected argument "{interface}"', hint=section or "to check an interface or a file, add --local"
        )
    if options.wait and not run.cluster.is_live:
        raise UsageError(
            "--wait and --from-file exclude each other: a saved cluster does not change",
            hint="leave out --wait",
        )
    wanted = [section for section in SECTIONS if section is not LOCAL and (not named or section.name in named)]
    return (*wanted, LOCAL) if local else tuple(wanted)


def _for_cluster(report: Report, run: Invocation) -> Report:
    """Return the report with hints for the selected cluster."""
    from kgctl_py.cli.commands_in_hints import ClusterCommands, hints_for_cluster

    return hints_for_cluster(report, ClusterCommands(run.options))


def _report(run: Invocation, options: CheckOptions, sections: tuple[Section, ...], interface: str) -> Report:
    """Run the checks once, or with --wait until they pass; print the status when it changes."""
    check = functools.partial(run_checks, run.cluster, run.options, sections, interface)
    if not options.wait:
        return check()
    from kgctl_py.diagnose.wait_until_passed import PAUSE, wait_until_passed

    attempts = wait_until_passed(run.cluster, check, strict=options.strict, duration=options.wait_duration)
    printed = ""
    for attempt in attempts:
        status = f"not yet: {status_line(attempt.report)}"
        if not attempt.is_last and status != printed:
            terminal.say(f"{status}; checking again every {PAUSE:g} s")
            printed = status
    return attempt.report


def _text(report: Report, options: CheckOptions) -> str:
    match options.output:
        case Output.TEXT:
            return report_text(report, _style())
        case Output.SHORT:
            return short_text(report, _style())
        case Output.JSON:
            from kgctl_py.render.findings.report_data import report_data
            from kgctl_py.render.json_yaml import as_json

            return as_json(report_data(report, strict=options.strict))
        case Output.JUNIT:
            from kgctl_py.render.findings.junit import junit_xml

            return junit_xml(report, strict=options.strict)
        case _:
            assert_never(options.output)


def _style() -> Style:
    """Return the style for stdout: unwrapped lines for a pipe, and ASCII marks if the encoding needs them."""
    is_terminal = sys.stdout.isatty()
    try:
        MARKS.encode(sys.stdout.encoding or "ascii")
        plain = False
    except UnicodeEncodeError:
        plain = True
    return Style(
        plain_marks=plain,
        coloured=is_terminal and terminal.coloured,
        width=shutil.get_terminal_size().columns if is_terminal else 0,
        everything=terminal.verbose,
    )
