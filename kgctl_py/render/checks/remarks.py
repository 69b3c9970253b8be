"""Remarks on files: as text for people, and as JSON and workflow commands for programs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kgctl_py.value import Value
from kgctl_py.visible import visible

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


class Remark(Value, frozen=True, kw_only=True):
    """Something said of a place in a file; `level` is error, warning or note, lines and columns count from 1."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    level: str
    code: str
    subject: str
    field: str
    message: str
    hint: str = ""

    @property
    def sentence(self) -> str:
        """What is the matter with what."""
        return f"{self.subject}: {self.message}"


def remarks_text(remarks: Iterable[Remark]) -> str:
    """Give a line for each remark, as compilers do, and its hint below it."""
    return "".join(f"{line}\n" for remark in remarks for line in _lines(remark))


def remarks_data(remarks: Sequence[Remark], *, files: int, peers: int) -> dict[str, Any]:
    """Give plain data: every remark, and how many there are."""
    count = {f"{level}s": sum(one.level == level for one in remarks) for level in ("error", "warning", "note")}
    return {
        "findings": [{_camel(name): getattr(one, name) for name in one.__struct_fields__} for one in remarks],
        "summary": {"files": files, "peers": peers, **count},
    }


def workflow_commands(remarks: Iterable[Remark]) -> str:
    """Give the commands by which a GitHub workflow shows each remark in the changed files.

    Escaped as in actions/toolkit packages/core/src/command.ts.
    """
    return "".join(f"{_command(remark)}\n" for remark in remarks)


def _lines(remark: Remark) -> Iterator[str]:
    yield visible(f"{remark.file}:{remark.line}: {remark.level} {remark.code}: {remark.sentence}")
    if remark.hint:
        yield visible(f"    hint: {remark.hint}")


def _camel(name: str) -> str:
    return re.sub("_(.)", lambda match: match[1].upper(), name)


def _command(remark: Remark) -> str:
    command = "notice" if remark.level == "note" else remark.level
    places = {"file": remark.file, "line": remark.line, "endLine": remark.end_line}
    if remark.line == remark.end_line:  # else GitHub refuses columns
        places |= {"col": remark.column, "endColumn": remark.end_column}
    properties = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in places.items())
    text = f"{remark.sentence}\nhint: {remark.hint}" if remark.hint else remark.sentence
    return f"::{command} {properties},title={_escaped(remark.code, _PROPERTY)}::{_escaped(text, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(char) or visible(char) for char in text)
