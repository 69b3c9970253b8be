"""The findings of `lint` as SARIF 2.1.0 (OASIS, errata 01), which code scanning services read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kgctl_py import __version__
from kgctl_py.findings import Code
from kgctl_py.findings.codes_and_fixes import plain
from kgctl_py.render.findings.file_finding import FileFinding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[FileFinding]) -> dict[str, Any]:
    """Return a log with one run: a rule for each code that was found, and a result for each finding."""
    codes = sorted({placed.finding.code for placed in findings})
    driver = {"name": "kgctl", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(placed, codes.index(placed.finding.code)) for placed in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.value,
        "shortDescription": {"text": plain(code.meaning)},
        "fullDescription": {"text": plain(code.why)},
        "help": {"text": plain(code.fix), "markdown": code.fix},
        "defaultConfiguration": {"level": code.severity.level},
    }


def _result(placed: FileFinding, rule: int) -> dict[str, Any]:
    finding = placed.finding
    return {
        "ruleId": finding.code.value,
        "ruleIndex": rule,
        "level": finding.severity.level,
        "message": {"text": f"{placed.sentence} ({finding.hint})" if finding.hint else placed.sentence},
        "locations": [_location(placed)],
    }


def _location(placed: FileFinding) -> dict[str, Any]:
    region = {
        "startLine": placed.region.line,
        "startColumn": placed.region.column,
        "endLine": placed.region.end_line,
        "endColumn": placed.region.end_column,
    }
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(placed.file)}, "region": region}
    }
    if placed.finding.field:
        location["logicalLocations"] = [{"fullyQualifiedName": placed.finding.field, "kind": "member"}]
    return location


def _uri(file: str) -> str:
    """Return the URI of a file, relative if its path is relative."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
