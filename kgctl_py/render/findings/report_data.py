"""The report of `check` as plain data, for JSON."""

from typing import Any

from kgctl_py.findings import Severity
from kgctl_py.findings.report import CheckResult, Report, SectionResult
from kgctl_py.render.finding_data import finding_data


def report_data(report: Report, *, strict: bool) -> dict[str, Any]:
    """Return whether all checks pass, the number of findings, and every check with its findings."""
    return {
        "passed": report.passes(strict=strict),
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "sections": [_section(section) for section in report.sections],
    }


def _section(section: SectionResult) -> dict[str, Any]:
    return {
        "name": section.name,
        "remark": section.remark,
        "checks": [_check(result) for result in section.results],
    }


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "title": result.title,
        "result": result.status.value,
        "remark": result.skip_reason or result.remark,
        "findings": [finding_data(finding) for finding in result.findings],
    }
