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


class News:
    """Prints the remarks of a computation that is repeated: only those that the round before did not have."""

    def __init__(self) -> None:
        self._before: set[Remark] = set()
        self._now: set[Remark] = set()

    def next_round(self) -> None:
        """Begin a round."""
        self._before, self._now = self._now, set()

    def tell(self, remarks: Iterable[Remark]) -> None:
        """Print those remarks that are new in this round."""
        remarks = tuple(remarks)
        self._now.update(remarks)
        tell_remarks(remark for remark in remarks if remark not in self._before)
