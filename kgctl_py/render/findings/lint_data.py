"""The findings of `lint` as plain data, for JSON."""

from collections.abc import Sequence
from typing import Any

from kgctl_py.findings import Severity
from kgctl_py.render.findings.file_finding import FileFinding


def lint_data(findings: Sequence[FileFinding], *, files: int, peers: int) -> dict[str, Any]:
    """Return every finding with its place, and the number of findings, files, and Peers."""
    severities = [placed.finding.severity for placed in findings]
    counts = {f"{severity.level}s": severities.count(severity) for severity in reversed(Severity)}
    return {
        "findings": [_finding(placed) for placed in findings],
        "summary": {"files": files, "peers": peers, **counts},
    }


def _finding(placed: FileFinding) -> dict[str, Any]:
    finding, region = placed.finding, placed.region
    return {
        "file": placed.file,
        "line": region.line,
        "column": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
        "level": finding.severity.level,
        "code": finding.code.value,
        "subject": str(finding.subject),
        "field": finding.field,
        "message": finding.message,
        "hint": finding.hint,
    }
