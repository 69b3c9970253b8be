"""The report of `check`: findings by section, with the checks that passed or were skipped."""

import enum
from collections.abc import Iterable, Mapping

from kgctl_py.findings import Finding, Kind
from kgctl_py.findings.codes_and_fixes import Code, Severity
from kgctl_py.value import Value


class Status(enum.StrEnum):
    """The result of a check."""

    PASSED = "passed"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    SKIPPED = "skipped"


class Check(Value, frozen=True):
    """A check: its title, which is true if it passes, and the codes of findings that contradict it."""

    title: str
    codes: tuple[Code, ...]


class Section(Value, frozen=True, kw_only=True):
    """The checks of one kind of object; a code can be in two sections with different kinds of subjects."""

    name: str
    kinds: frozenset[Kind]
    checks: tuple[Check, ...]


class CheckResult(Value, frozen=True, kw_only=True):
    """The findings of a check, or why it was skipped; `remark` has details of one that passed."""

    title: str
    findings: tuple[Finding, ...] = ()
    skip_reason: str = ""
    remark: str = ""

    @property
    def status(self) -> Status:
        """The status of the worst finding, if any."""
        if self.skip_reason:
            return Status.SKIPPED
        worst = max((finding.severity for finding in self.findings), default=None)
        return Status.PASSED if worst is None else Status(worst.level)


class SectionResult(Value, frozen=True, kw_only=True):
    """The results of a section, and a summary of its objects."""

    name: str
    results: tuple[CheckResult, ...]
    remark: str = ""


class Report(Value, frozen=True):
    """The result of one run of `check`."""

    sections: tuple[SectionResult, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in order."""
        return tuple(
            finding for section in self.sections for result in section.results for finding in result.findings
        )

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def passes(self, *, strict: bool = False) -> bool:
        """Return whether there are no errors and, if `strict`, no warnings."""
        return not self.count(Severity.ERROR) and not (strict and self.count(Severity.WARNING))


def section_result(
    section: Section, findings: Iterable[Finding], unjudged: Mapping[Code, str], remark: str = ""
) -> SectionResult:
    """Return the result of a section; a check without findings is skipped if one of its codes is unchecked."""
    own_findings = [finding for finding in findings if finding.subject.kind in section.kinds]
    return SectionResult(
        name=section.name,
        results=tuple(_check_result(check, own_findings, unjudged) for check in section.checks),
        remark=remark,
    )


def _check_result(check: Check, findings: Iterable[Finding], unjudged: Mapping[Code, str]) -> CheckResult:
    own_findings = tuple(finding for finding in findings if finding.code in check.codes)
    reason = next((unjudged[code] for code in check.codes if code in unjudged), "")
    return CheckResult(title=check.title, findings=own_findings, skip_reason="" if own_findings else reason)
