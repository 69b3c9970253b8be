"""The results of checks as plain data, for JSON."""

from collections.abc import Iterable
from typing import Any

from kgctl_py.render.checks.checks_text import Check, Line, Mark, Section


def checks_data(sections: Iterable[Section], *, passed: bool) -> dict[str, Any]:
    """Give whether all passed, how much was found, and every check with its findings."""
    sections = tuple(sections)
    marks = [line.mark for section in sections for check in section.checks for line in check.lines]
    return {
        "passed": passed,
        "errors": marks.count(Mark.ERROR),
        "warnings": marks.count(Mark.WARNING),
        "notes": marks.count(Mark.NOTE),
        "sections": [
            {"name": section.name, "remark": section.remark, "checks": [_check(check) for check in section.checks]}
            for section in sections
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "title": check.title,
        "result": check.mark.value,
        "remark": check.remark,
        "findings": [finding_data(line) for line in check.lines],
    }


def finding_data(line: Line) -> dict[str, Any]:
    """Give one thing found, with its subject as programs name it."""
    return {
        "code": line.code,
        "severity": line.mark.value,
        "subject": {"kind": line.kind, "name": line.name},
        "field": line.field,
        "message": line.message,
        "hint": line.hint,
    }
