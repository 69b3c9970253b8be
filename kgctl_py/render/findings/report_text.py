"""The report of `check` for people: one line per clean section, and then the problems with their hints."""

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.escape_text import hint_lines, shortened, visible
from kgctl_py.findings import Finding, Severity
from kgctl_py.findings.report import CheckResult, Report, SectionResult, Status
from kgctl_py.value import Value

SHOWN = 5
"""The number of findings of one code that are shown, unless more are asked for."""


class Style(Value, frozen=True, kw_only=True):
    """The style of the text: its marks and colors, its width (0 for any width), and whether it is complete."""

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
    """Return a line for each section without a problem, and then the other sections with their problems.

    If the style is complete, the text has each check of each section.
    """
    if style.everything:
        blocks = [list(_whole_section(section, style)) for section in report.sections]
    else:
        clean = [section for section in report.sections if not _problems(section)]
        blocks = [[line for section in clean for line in _clean_section(section, style)]]
        blocks += [list(_section(section, style)) for section in report.sections if section not in clean]
    blocks.append([f"Status: {_status(report)}"])
    return "\n".join("\n".join(lines) + "\n" for lines in blocks if lines)


def short_text(report: Report, style: Style) -> str:
    """Return only the findings, without headings."""
    results = (result for section in report.sections for result in section.results)
    return "".join(line + "\n" for result in results for line in _findings(result, style))


def status_line(report: Report) -> str:
    """Return the number of errors and warnings in words."""
    counts = ((report.count(Severity.ERROR), "error"), (report.count(Severity.WARNING), "warning"))
    return ", ".join(_counted(count, word) for count, word in counts if count) or "all checks passed"


def _status(report: Report) -> str:
    """Return the status line, with the numbers of notes and of skipped checks."""
    skipped = sum(bool(result.skip_reason) for section in report.sections for result in section.results)
    parts = [_counted(report.count(Severity.NOTE), "note")] if report.count(Severity.NOTE) else []
    parts += [f"{skipped} skipped"] if skipped else []
    return status_line(report) + (f" ({', '.join(parts)})" if parts else "")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _problems(section: SectionResult) -> list[CheckResult]:
    return [result for result in section.results if result.status in (Status.ERROR, Status.WARNING)]


def _clean_section(section: SectionResult, style: Style) -> Iterator[str]:
    """Return a line for a section without a problem: `√ nodes (3 of 3 ready): 8 checks passed`."""
    yield from _rest(section, f"{_heading(section)}: ", style)


def _section(section: SectionResult, style: Style) -> Iterator[str]:
    """Return the problems of a section below its heading, and the number of its checks without a problem."""
    yield from _underlined(section)
    for result in _problems(section):
        yield from _findings(result, style)
    if len(_problems(section)) < len(section.results):
        yield from _rest(section, "", style)


def _rest(section: SectionResult, prefix: str, style: Style) -> Iterator[str]:
    """Return the number of checks that passed, the skipped checks with the reasons, and the number of notes."""
    passed = [result for result in section.results if result.status in (Status.PASSED, Status.NOTE)]
    skipped = [result.skip_reason for result in section.results if result.skip_reason]
    reasons = "; ".join(dict.fromkeys(skipped))
    if not passed:
        yield from _wrapped(
            Status.SKIPPED, f"{prefix}{_counted(len(skipped), 'check')} skipped ({reasons})", style
        )
        return
    notes = sum(finding.severity is Severity.NOTE for result in passed for finding in result.findings)
    parts = [_passed(passed)]
    parts += [f"{len(skipped)} skipped ({reasons})"] if skipped else []
    parts += [f"{_counted(notes, 'note')} (to see them, add --verbose)"] if notes else []
    yield from _wrapped(Status.PASSED, prefix + ", ".join(parts), style)


def _passed(results: Sequence[CheckResult]) -> str:
    """Return the number of checks that passed, or the title of a single one."""
    if len(results) == 1:
        return results[0].title + _remark(results[0])
    remarks = "; ".join(result.remark for result in results if result.remark)
    return f"{len(results)} checks passed" + (f" ({remarks})" if remarks else "")


def _whole_section(section: SectionResult, style: Style) -> Iterator[str]:
    yield from _underlined(section)
    for result in section.results:
        yield from _check(result, style)


def _underlined(section: SectionResult) -> tuple[str, str]:
    heading = _heading(section)
    return heading, "-" * len(heading)


def _heading(section: SectionResult) -> str:
    return visible(section.name + (f" ({section.remark})" if section.remark else ""))


def _check(result: CheckResult, style: Style) -> Iterator[str]:
    lines = list(_findings(result, style))
    if not lines:
        yield from _wrapped(result.status, result.title + _remark(result), style)
    yield from lines


def _remark(result: CheckResult) -> str:
    if result.skip_reason:
        return f": skipped, {result.skip_reason}"
    return f" ({result.remark})" if result.remark else ""


def _findings(result: CheckResult, style: Style) -> Iterator[str]:
    """Return the findings of a check by code, only some of each code, and each hint once."""
    by_code: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if finding.severity is not Severity.NOTE or style.everything:
            by_code.setdefault(finding.code, []).append(finding)
    for code, findings in by_code.items():
        shown = findings if style.everything else findings[:SHOWN]
        for advice, similar in itertools.groupby(shown, key=lambda finding: finding.advice):
            yield from _with_hint(similar, advice, style)
        if len(findings) > len(shown):
            yield f"    and {len(findings) - len(shown)} more {code}; to see all, add --verbose"


def _with_hint(findings: Iterable[Finding], advice: str, style: Style) -> Iterator[str]:
    for finding in findings:
        yield from _wrapped(Status(finding.severity.level), str(finding), style)
    for hint in hint_lines(advice):
        yield f"    hint: {visible(shortened(hint))}"  # unfolded: a command must stay whole to be copied


def _wrapped(status: Status, text: str, style: Style) -> Iterator[str]:
    mark = _MARKS[status][style.plain_marks]
    first, *others = _folded(visible(shortened(text)), f"{mark} ", "    ", style)
    if style.coloured:
        first = f"\033[{_MARKS[status][2]}m{mark}\033[0m{first.removeprefix(mark)}"
    yield first
    yield from others


def _folded(text: str, first: str, others: str, style: Style) -> Sequence[str]:
    """Return a line wrapped to the width of the terminal; an address or a command stays on one line."""
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
