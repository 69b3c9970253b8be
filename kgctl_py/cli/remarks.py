"""Remarks of a use case on stderr: findings as a list, notices a line each."""

import itertools
from collections.abc import Iterable

from kgctl_py.cli import finding_lines
from kgctl_py.findings import Finding
from kgctl_py.findings.remark import Remark
from kgctl_py.notice import Notice
from kgctl_py.terminal import terminal


def tell_remarks(remarks: Iterable[Remark]) -> None:
    """Print remarks in their order; findings that follow each other are one list."""
    for _, group in itertools.groupby(remarks, key=type):
        similar = tuple(group)
        finding_lines.warn(remark for remark in similar if isinstance(remark, Finding))
        terminal.tell(remark for remark in similar if isinstance(remark, Notice))
