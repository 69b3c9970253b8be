"""The metrics of Kilo's agent that kgctl reads, from the text for Prometheus (kilo pkg/mesh/mesh.go)."""

import re
from collections.abc import Mapping

from kgctl_py.findings.cluster_facts import AgentMetrics

_GAUGE = re.compile(rb"kilo_(leader|nodes|peers) ([0-9]{1,9})")
_ERRORS = re.compile(
    rb'kilo_errors_total\{event="([A-Za-z]{1,32})"\} ([0-9]{1,15}(?:\.[0-9]{1,15})?(?:e\+[0-9]{2})?)'
)
_MOST_ERRORS = 10**15
_EVENTS = 20


def parse_metrics(text: bytes) -> AgentMetrics | None:
    """Return the metrics of an agent; None if the text has none. Other lines, and malformed ones, are ignored."""
    gauges: dict[bytes, int] = {}
    errors: dict[str, int] = {}
    for line in text.split(b"\n"):
        if gauge := _GAUGE.fullmatch(line):
            gauges[gauge[1]] = int(gauge[2])
        elif (counter := _ERRORS.fullmatch(line)) and len(errors) < _EVENTS:
            errors[counter[1].decode()] = min(int(float(counter[2])), _MOST_ERRORS)
    leader = gauges.get(b"leader")
    if not gauges:
        return None
    return AgentMetrics(
        leader=None if leader is None else leader == 1,
        nodes=gauges.get(b"nodes"),
        peers=gauges.get(b"peers"),
        errors=_counted(errors),
    )


def _counted(errors: Mapping[str, int]) -> Mapping[str, int]:
    return {event: errors[event] for event in sorted(errors) if errors[event]}
