"""Findings sorted into the sections that `check` shows, with what holds and what was not judged."""

from collections.abc import Iterable, Mapping

from kgctl_py.findings.code import Code, Severity
from kgctl_py.findings.finding import Finding, Kind
from kgctl_py.value import Value


class Check(Value, frozen=True):
    """One thing looked at: what holds when nothing is found, and the kinds of finding that say otherwise."""

    holds: str
    codes: tuple[Code, ...]


class Section(Value, frozen=True, kw_only=True):
    """Checks on one sort of thing; a code may stand in two sections that look at different kinds of subject."""

    name: str
    kinds: frozenset[Kind]
    checks: tuple[Check, ...]


class Result(Value, frozen=True, kw_only=True):
    """What became of a check: what was found, or why it was not judged; `remark` says more of one that holds."""

    holds: str
    findings: tuple[Finding, ...] = ()
    skipped: str = ""
    remark: str = ""

    @property
    def severity(self) -> Severity | None:
        """How bad the worst finding is; None when there is none."""
        return max((finding.severity for finding in self.findings), default=None)


class Chapter(Value, frozen=True, kw_only=True):
    """The results of a section, and a few words of what it looked at."""

    name: str
    results: tuple[Result, ...]
    remark: str = ""


class Report(Value, frozen=True):
    """All that a run of `check` tells."""

    chapters: tuple[Chapter, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in order."""
        return tuple(found for chapter in self.chapters for result in chapter.results for found in result.findings)

    def count(self, severity: Severity) -> int:
        """Count the findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def passes(self, *, strict: bool = False) -> bool:
        """Tell whether there is no error and, when `strict`, no warning either."""
        return not self.count(Severity.ERROR) and not (strict and self.count(Severity.WARNING))


def chapter(
    section: Section, findings: Iterable[Finding], unjudged: Mapping[Code, str], remark: str = ""
) -> Chapter:
    """Sort the findings of a section; a check without any is skipped when one of its codes could not be judged."""
    here = [finding for finding in findings if finding.subject.kind in section.kinds]
    return Chapter(
        name=section.name,
        results=tuple(_result(check, here, unjudged) for check in section.checks),
        remark=remark,
    )


def _result(check: Check, findings: Iterable[Finding], unjudged: Mapping[Code, str]) -> Result:
    found = tuple(finding for finding in findings if finding.code in check.codes)
    reason = next((unjudged[code] for code in check.codes if code in unjudged), "")
    return Result(holds=check.holds, findings=found, skipped="" if found else reason)
