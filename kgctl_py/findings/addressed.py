"""Commands for the cluster that the user chose with options: without them, they would change another cluster."""

import re
import shlex
from collections.abc import Mapping

from kgctl_py.findings import Finding
from kgctl_py.findings.report import Report
from kgctl_py.value import replace

_PROGRAM = re.compile(r"(^|\| )(kgctl|kubectl) ")


def addressed(report: Report, options: Mapping[str, str]) -> Report:
    """Return a report whose commands have these options, which kgctl and kubectl share."""
    words = " ".join(f"{name} {shlex.quote(value)}" for name, value in options.items())
    sections = (
        replace(
            section,
            results=tuple(
                replace(result, findings=tuple(_finding(finding, words) for finding in result.findings))
                for result in section.results
            ),
        )
        for section in report.sections
    )
    return replace(report, sections=tuple(sections))


def _finding(finding: Finding, words: str) -> Finding:
    old = finding.advised_command
    if not old:
        return finding
    command = _PROGRAM.sub(lambda match: f"{match[1]}{match[2]} {words} ", old)
    return replace(finding, command=command, hint=command if finding.hint == old else finding.hint)
