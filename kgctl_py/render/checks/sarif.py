"""Remarks as SARIF 2.1.0 (OASIS, errata 01), which code scanning services read."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kgctl_py import __version__
from kgctl_py.render.checks.remarks import Remark
from kgctl_py.value import Value

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Rule(Value, frozen=True, kw_only=True):
    """What a code means; `level` is what its remarks have."""

    code: str
    level: str
    meaning: str
    why: str
    mend: str


def sarif(remarks: Sequence[Remark], rules: Iterable[Rule]) -> dict[str, Any]:
    """Give a log with one run: the rule of each code that there is a remark of, and a result for each remark."""
    codes = sorted({remark.code for remark in remarks})
    known = {rule.code: rule for rule in rules}
    driver = {"name": "kgctl", "version": __version__, "rules": [_rule(known[code]) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(remark, codes.index(remark.code)) for remark in remarks],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.mend},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(remark: Remark, rule: int) -> dict[str, Any]:
    text = f"{remark.sentence} ({remark.hint})" if remark.hint else remark.sentence
    region = {
        "startLine": remark.line,
        "startColumn": remark.column,
        "endLine": remark.end_line,
        "endColumn": remark.end_column,
    }
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(remark.file)}, "region": region}
    }
    if remark.field:
        place["logicalLocations"] = [{"fullyQualifiedName": remark.field, "kind": "member"}]
    return {
        "ruleId": remark.code,
        "ruleIndex": rule,
        "level": remark.level,
        "message": {"text": text},
        "locations": [place],
    }


def _uri(file: str) -> str:
    """Give a file's URI, relative where its path is."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
