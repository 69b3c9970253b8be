"""The findings of `lint` as commands of a GitHub workflow (actions/toolkit packages/core/src/command.ts)."""

from collections.abc import Iterable

from kgctl_py.escape_text import shortened, visible
from kgctl_py.findings import Severity
from kgctl_py.render.findings.file_finding import FileFinding

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def workflow_commands(findings: Iterable[FileFinding]) -> str:
    """Return the commands with which a workflow shows each finding in the changed files."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(placed: FileFinding) -> str:
    finding, region = placed.finding, placed.region
    command = "notice" if finding.severity is Severity.NOTE else finding.severity.level
    places = {"file": placed.file, "line": region.line, "endLine": region.end_line}
    if region.line == region.end_line:  # GitHub refuses columns otherwise
        places |= {"col": region.column, "endColumn": region.end_column}
    properties = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in places.items())
    sentence = shortened(placed.sentence)
    text = f"{sentence}\nhint: {shortened(finding.hint)}" if finding.hint else sentence
    return f"::{command} {properties},title={_escaped(finding.code, _PROPERTY)}::{_escaped(text, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(char) or visible(char) for char in text)
