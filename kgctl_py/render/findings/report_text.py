"""The report of `check` for people, in sections as `linkerd check` shows them."""

import textwrap
from collections.abc import Iterator, Sequence

from kgctl_py.escape_text import hint_lines, visible
from kgctl_py.findings import Finding, Severity
from kgctl_py.findings.report import CheckResult, Report, SectionResult, Status
from kgctl_py.value import Value

SHOWN = 5
"""The number of findings of one code that are shown, unless more are asked for."""


class Style(Value, frozen=True, kw_only=True):
    """How text is shown: with which marks and colours, how wide (0 for any width), and whether all of it."""

    plain_marks: bool = False
    coloured: bool = False
    width: int = 0
    everything: bool = False


_MARKS = {
    Status.PASSED: ("√", "ok", "32"),
    Status.NOTE: ("i", "i ", "36"),
    Status.WARNING: ("‼", "!!", "33"),
    Status.ERROR: ("×", "xx", "31"),  # noqa: RUF001 # as linkerd's
    Status.SKIPPED: ("-", "--", "2"),
}
MARKS = "".join(mark for mark, _, _ in _MARKS.values())
"""All marks, to try whether an encoding has them."""


def report_text(report: Report, style: Style) -> str:
    """Return each section under its heading, with a line for each check that passes and for each finding."""
    sections = ("\n".join(_section(section, style)) + "\n" for section in report.sections)
    return "\n".join((*sections, f"Status: {status_line(report)}\n"))


def short_text(report: Report, style: Style) -> str:
    """Return only the findings, without headings."""
    results = (result for section in report.sections for result in section.results)
    return "".join(line + "\n" for result in results for line in _findings(result, style))


def status_line(report: Report) -> str:
    """Return the number of errors and warnings in words."""
    counts = {"error": report.count(Severity.ERROR), "warning": report.count(Severity.WARNING)}
    parts = [f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count]
    return ", ".join(parts) or "all checks passed"


def _section(section: SectionResult, style: Style) -> Iterator[str]:
    heading = visible(section.name + (f" ({section.remark})" if section.remark else ""))
    yield heading
    yield "-" * len(heading)
    reasons = {result.skip_reason for result in section.results}
    if len(reasons) == 1 and all(reasons):
        yield from _wrapped(Status.SKIPPED, f"skipped: {reasons.pop()}", style)
        return
    for result in section.results:
        yield from _check(result, style)


def _check(result: CheckResult, style: Style) -> Iterator[str]:
    lines = list(_findings(result, style))
    if not lines:
        yield from _wrapped(result.status, result.title + _remark(result), style)
    yield from lines


def _remark(result: CheckResult) -> str:
    match result.status:
        case Status.NOTE:
            return f": {len(result.findings)} to note; to see them, add --verbose"
        case Status.SKIPPED:
            return f": {result.skip_reason}"
        case _:
            return f" ({result.remark})" if result.remark else ""


def _findings(result: CheckResult, style: Style) -> Iterator[str]:
    counts: dict[str, int] = {}
    for finding in result.findings:
        if finding.severity is Severity.NOTE and not style.everything:
            continue
        counts[finding.code] = counts.get(finding.code, 0) + 1
        if style.everything or counts[finding.code] <= SHOWN:
            yield from _finding(finding, style)
    for code, count in counts.items():
        if count > SHOWN and not style.everything:
            yield f"    and {count - SHOWN} more {code}; to see all, add --verbose"


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    yield from _wrapped(Status(finding.severity.level), str(finding), style)
    for hint in hint_lines(finding.advice):
        yield f"    hint: {visible(hint)}"  # unfolded: a command must stay whole to be copied


def _wrapped(status: Status, text: str, style: Style) -> Iterator[str]:
    mark = _MARKS[status][style.plain_marks]
    first, *others = _folded(visible(text), f"{mark} ", "    ", style)
    if style.coloured:
        first = f"\033[{_MARKS[status][2]}m{mark}\033[0m{first.removeprefix(mark)}"
    yield first
    yield from others


def _folded(text: str, first: str, others: str, style: Style) -> Sequence[str]:
    """Break a line where it would leave the terminal; an address or a command that is too long stays whole."""
    if not style.width:
        return [first + text]
    return textwrap.wrap(
        text,
        width=style.width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
