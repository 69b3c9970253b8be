"""Findings as lines on stderr."""

from collections import Counter
from collections.abc import Iterable

from kgctl_py.findings import Finding
from kgctl_py.terminal import terminal

_SHOWN = 5


def warn(findings: Iterable[Finding]) -> None:
    """Tell each finding in a line of its own; of one kind only the first few, and how many more there are.

    A hint is given once, after the first finding that has it.
    """
    seen: Counter[str] = Counter()
    hinted = {""}
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _SHOWN:
            terminal.warn(str(finding), finding.hint if finding.hint not in hinted else "")
            hinted.add(finding.hint)
    for code, count in seen.items():
        if count > _SHOWN:
            terminal.warn(f"{code}: {count - _SHOWN} more like these")
