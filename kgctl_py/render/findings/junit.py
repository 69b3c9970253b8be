"""The report of `check` as JUnit XML for CI systems, in the format of Jenkins' junit-10.xsd."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from kgctl_py.escape_text import hint_lines, shortened, visible
from kgctl_py.findings import Finding, Severity
from kgctl_py.findings.report import CheckResult, Report, SectionResult


def junit_xml(report: Report, *, strict: bool) -> str:
    """Return a suite for each section and a case for each check; warnings fail only if `strict`."""
    root = ET.Element("testsuites", name="kgctl check")
    for section in report.sections:
        root.append(_suite(section, strict))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(section: SectionResult, strict: bool) -> ET.Element:
    suite = ET.Element("testsuite", name=section.name)
    for result in section.results:
        suite.append(_case(section, result, strict))
    suite.set("tests", str(len(section.results)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _case(section: SectionResult, result: CheckResult, strict: bool) -> ET.Element:
    """Return one case: the findings that fail it are one failure, and the others are its output."""
    case = ET.Element("testcase", name=_shown(result.title), classname=f"kgctl.{section.name}", time="0")
    least = Severity.WARNING if strict else Severity.ERROR
    failures = [finding for finding in result.findings if finding.severity >= least]
    if result.skip_reason:
        ET.SubElement(case, "skipped", message=_shown(result.skip_reason))
    if failures:
        failure = ET.SubElement(case, "failure", message=_shown(str(failures[0])), type=failures[0].code.value)
        failure.text = _text(failures)
    if len(failures) < len(result.findings):
        others = [finding for finding in result.findings if finding.severity < least]
        ET.SubElement(case, "system-out").text = _text(others)
    return case


def _text(findings: Iterable[Finding]) -> str:
    return "\n".join(
        _shown(str(finding)) + "".join(f"\nhint: {_shown(hint)}" for hint in hint_lines(finding.advice))
        for finding in findings
    )


def _shown(text: str) -> str:
    return visible(shortened(text))
