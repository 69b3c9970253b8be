"""The results of a probe, as a table for people and as plain data for programs."""

from collections.abc import Sequence
from typing import Any

from kgctl_py.cli.peering.text.output import FAILED, PASSED, QUIET
from kgctl_py.escape_text import visible
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.probing.probe_results import PACKET, ProbeResult
from kgctl_py.render.columns import columns

_MARKS = {True: PASSED, False: FAILED, None: QUIET}


def probe_table(own: Member, other: Member, results: Sequence[ProbeResult]) -> str:
    """Return a table with two marks in each cell: small and large packets, or the DNS and the API server."""
    if not results:
        return ""
    cells = {(one.source, one.target): f"{_MARKS[one.pod]} {_MARKS[one.mtu]}" for one in results}
    services = {one.source: f"{_MARKS[one.dns]} {_MARKS[one.api_server]}" for one in results}
    theirs = [segment.name for segment in other.topology.segments]
    headings = [f"pods, {PACKET} bytes", *map(visible, theirs), f"Services of {other.name}"]
    rows = [
        (segment.name, *(cells[segment.name, name] for name in theirs), services[segment.name])
        for segment in own.topology.segments
    ]
    return "\n" + columns(headings, rows)


def probe_data(results: Sequence[ProbeResult], source: str, target: str) -> dict[str, Any]:
    """Return the result for one pair of segments as a field; empty without a probe."""
    found = next((one for one in results if (one.source, one.target) == (source, target)), None)
    if not found:
        return {}
    services = {"service": found.service, "dns": found.dns, "apiServer": found.api_server}
    return {"probe": {"pod": found.pod, "mtu": found.mtu} | services}
