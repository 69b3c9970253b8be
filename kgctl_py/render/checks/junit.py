"""The results of checks as JUnit's XML, which CI systems show as tests, in the form of Jenkins' junit-10.xsd."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from kgctl_py.render.checks.checks_text import Check, Line, Mark, Section
from kgctl_py.visible import visible


def junit_xml(sections: Iterable[Section], *, strict: bool) -> str:
    """Give a suite for each section and a case for each check; warnings fail only when `strict`."""
    root = ET.Element("testsuites", name="kgctl check")
    for section in sections:
        root.append(_suite(section, strict))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(section: Section, strict: bool) -> ET.Element:
    suite = ET.Element("testsuite", name=section.name)
    for check in section.checks:
        suite.append(_case(section, check, strict))
    suite.set("tests", str(len(section.checks)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _case(section: Section, check: Check, strict: bool) -> ET.Element:
    """Give one case: what fails is told in one failure, what does not in its output."""
    case = ET.Element("testcase", name=visible(check.title), classname=f"kgctl.{section.name}", time="0")
    fails = (Mark.ERROR, Mark.WARNING) if strict else (Mark.ERROR,)
    failed = [line for line in check.lines if line.mark in fails]
    others = [line for line in check.lines if line.mark not in fails]
    if check.mark is Mark.SKIPPED:
        ET.SubElement(case, "skipped", message=visible(check.remark))
    if failed:
        failure = ET.SubElement(case, "failure", message=_text(failed[0]), type=failed[0].code)
        failure.text = "\n".join(map(_with_hint, failed))
    if others:
        ET.SubElement(case, "system-out").text = "\n".join(map(_with_hint, others))
    return case


def _with_hint(line: Line) -> str:
    return _text(line) + "".join(f"\nhint: {visible(hint)}" for hint in line.hint.splitlines())


def _text(line: Line) -> str:
    return visible(f"{line.code} {line.about}: {line.message}")
