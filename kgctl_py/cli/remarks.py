"""Print the remarks of a use case on stderr: findings, notices, and whether the API server responds."""

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kgctl_py.cli.terminal import terminal
from kgctl_py.findings import Finding, Remark
from kgctl_py.notice import Notice

if TYPE_CHECKING:
    from kgctl_py.kube.listwatch.connectivity import Connectivity

_SHOWN = 5
"""Findings with one code that are shown."""


def tell_remarks(remarks: Iterable[Remark]) -> None:
    """Print remarks in their order; consecutive findings are one list."""
    for _, group in itertools.groupby(remarks, key=type):
        similar = tuple(group)
        _warn(remark for remark in similar if isinstance(remark, Finding))
        terminal.tell(remark for remark in similar if isinstance(remark, Notice))


class News:
    """Prints the remarks of a repeated computation: only those that are new since the last round."""

    def __init__(self) -> None:
        self._before: set[Remark] = set()
        self._now: set[Remark] = set()

    def next_round(self) -> None:
        """Begin a round."""
        self._before, self._now = self._now, set()

    def tell(self, remarks: Iterable[Remark]) -> None:
        """Print the remarks that are new in this round."""
        remarks = tuple(remarks)
        self._now.update(remarks)
        tell_remarks(remark for remark in remarks if remark not in self._before)


def tell_connectivity(connectivity: "Connectivity", before: "Connectivity") -> None:
    """Print on stderr that the API server is not reachable, or that it is again."""
    if connectivity.error:
        terminal.warn(
            f"{connectivity.error.message}: until it answers, kgctl uses the last known mesh",
            connectivity.error.hint,
        )
    else:
        from kgctl_py.duration_text import elapsed  # only a command that keeps running prints it

        terminal.say(f"the API server answers again, after {elapsed(int(connectivity.since - before.since))}")


def _warn(findings: Iterable[Finding]) -> None:
    """Print findings, one line each; of each code only the first few, and the number of the others.

    A hint is printed once, after the first finding that has it.
    """
    seen: Counter[str] = Counter()
    hinted = {""}
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _SHOWN:
            terminal.warn(str(finding), finding.own_advice if finding.own_advice not in hinted else "")
            hinted.add(finding.own_advice)
    for code, count in seen.items():
        if count > _SHOWN:
            terminal.warn(f"{code}: {count - _SHOWN} more of this kind")
