"""Repeat the checks until they pass, for `kgctl check --wait`."""

import time
from collections.abc import Callable, Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.findings.report import Report
from kgctl_py.value import Value

PAUSE = 5.0
"""Seconds between two reports; the agents on the nodes report every 30 s."""


class Attempt(Value, frozen=True, kw_only=True):
    """A report, and whether it is the last one."""

    report: Report
    is_last: bool


def wait_until_passed(
    cluster: Cluster,
    check: Callable[[], Report],
    *,
    strict: bool,
    duration: float,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Attempt]:
    """Yield a report of `cluster` after each pause, until one passes or `duration` seconds are over."""
    deadline = clock() + duration
    while True:
        report = check()
        remaining = deadline - clock()
        is_last = remaining <= 0 or report.passes(strict=strict)
        yield Attempt(report=report, is_last=is_last)
        if is_last:
            return
        sleep(min(PAUSE, remaining))
        cluster.refresh()
