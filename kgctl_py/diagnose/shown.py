"""A report as the values that are shown."""

from kgctl_py.findings import Finding, Severity
from kgctl_py.findings.report import Chapter, Report, Result
from kgctl_py.render.checks.checks_text import Check, Line, Mark, Section

_MARKS = {Severity.NOTE: Mark.NOTE, Severity.WARNING: Mark.WARNING, Severity.ERROR: Mark.ERROR}


def sections(report: Report) -> tuple[Section, ...]:
    """Give the sections of a report, ready to be shown in any format."""
    return tuple(map(_section, report.chapters))


def status(report: Report) -> str:
    """Say in one line how it went."""
    counts = {"error": report.count(Severity.ERROR), "warning": report.count(Severity.WARNING)}
    told = [f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count]
    return ", ".join(told) or "everything that was judged is well"


def _section(chapter: Chapter) -> Section:
    return Section(name=chapter.name, remark=chapter.remark, checks=tuple(map(_check, chapter.results)))


def _check(result: Result) -> Check:
    if result.skipped:
        return Check(mark=Mark.SKIPPED, title=result.holds, remark=result.skipped)
    mark = Mark.PASSED if result.severity is None else _MARKS[result.severity]
    lines = tuple(map(line, result.findings))
    return Check(mark=mark, title=result.holds, remark=result.remark, lines=lines)


def line(finding: Finding) -> Line:
    """Give a finding as it is shown, with what to do about it."""
    return Line(
        mark=_MARKS[finding.severity],
        code=finding.code.value,
        about=str(finding.subject),
        kind=finding.subject.kind.value,
        name=finding.subject.name,
        field=finding.field,
        message=finding.message,
        hint=finding.advice,
    )
