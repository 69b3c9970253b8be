"""A trace as text for people and as plain data for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from kgctl_py import names
from kgctl_py.escape_text import shortened, visible
from kgctl_py.mesh.claims import Place
from kgctl_py.mesh.routing.backend_path import BackendPath
from kgctl_py.mesh.routing.explain_hops import Explanation, Rule
from kgctl_py.mesh.routing.follow_packet import Hop, PacketPath
from kgctl_py.mesh.routing.service_end import ServiceEnd
from kgctl_py.mesh.routing.trace import Trace
from kgctl_py.mesh.routing.trace_targets import Target
from kgctl_py.mesh.segments_and_leaders import shown_segment
from kgctl_py.render.columns import columns
from kgctl_py.render.wrapped_lines import wrapped

_TITLES = ("Path", "Return path")
_HEADINGS = ("NEXT HOP", "VIA", "ROUTE", "ENDPOINT")


def trace_text(trace: Trace, explanation: Explanation | None = None, *, width: int | None = None) -> str:
    """Return both paths as tables of hops, which fit into `width` cells if given, and the result."""
    return "".join(_blocks(trace, explanation, width))


def _blocks(trace: Trace, explanation: Explanation | None, width: int | None) -> Iterator[str]:
    rules = (explanation.there, explanation.back) if explanation else ((), ())
    for title, way, of_hops in zip(_TITLES, (trace.there, trace.back), rules, strict=True):
        if way:
            yield f"{title} {visible(shortened(_ends(way)))}\n"
            if way.hops:
                yield columns(_HEADINGS, [_row(hop) for hop in way.hops], width=width)
            yield from _explained(way, of_hops, width)
            service = trace.service if way is trace.there else None
            yield "\n" if way.fault else f"{visible(shortened(_arrival(way, service)))}\n"
            if service:
                yield from _endpoints(service, width)
            yield "" if way.fault else "\n"
    yield from (f"{line}\n" for line in wrapped(f"{trace.verdict}: {trace.reason}", width))


def _explained(way: PacketPath, rules: Sequence[Sequence[Rule]], width: int | None) -> Iterator[str]:
    """Yield the rules below the table, hop by hop."""
    for hop, of_hop in zip(way.hops, rules, strict=False):
        yield f"to {visible(shortened(str(hop.end)))}:\n"
        for rule in of_hop:
            text = rule.text + (f" ({_origin(rule)})" if rule.field else "")
            yield from (f"{line}\n" for line in wrapped(text, width, "  "))
    if rules:
        yield "\n"


def _origin(rule: Rule) -> str:
    """Return the field from which a rule comes, and its object unless the text of the rule names it."""
    is_named = rule.place is None or str(rule.place) in rule.text
    return rule.field if is_named else f"{rule.field} of {rule.place}"


def _ends(way: PacketPath) -> str:
    replaced = f", masqueraded as {way.masqueraded_as}" if way.masqueraded_as else ""
    return f"from {way.start} ({way.source}{replaced}) to {way.to}"


def _arrival(way: PacketPath, service: ServiceEnd | None) -> str:
    """Return the place at which a packet ends."""
    if service and service.fault and not service.paths:
        return f"{way.to} is a Service: kube-proxy on {way.end} has no endpoint to send the packet to"
    if way.is_service:
        return f"{way.to} is a Service: kube-proxy on {way.end} sends the packet to one of its endpoints"
    return f"{way.to} is at {way.end}"


def _endpoints(end: ServiceEnd, width: int | None) -> Iterator[str]:
    """Yield each endpoint of a Service, and whether the packet reaches it."""
    for path in end.paths:
        yield from (f"{line}\n" for line in wrapped(f"{path.backend}: {path}", width, "  "))


def _row(hop: Hop) -> tuple[str, ...]:
    return (
        f"{hop.end} (leads {shown_segment(hop.leads).partition(':')[2]})" if hop.leads else str(hop.end),
        "WireGuard" if hop.opening else "local network",
        str(hop.route.cidr) if hop.route.cidr.prefixlen else "",
        str((hop.opening and hop.opening.endpoint) or ""),
    )


def trace_data(trace: Trace, explanation: Explanation | None = None) -> dict[str, Any]:
    """Return both paths for programs; `back` is null if there is no path back. Explained hops have rules."""
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "Trace",
        "source": _target(trace.source),
        "destination": _target(trace.destination),
        "verdict": trace.verdict.value,
        "reason": trace.reason,
        "there": _way(trace.there, explanation.there if explanation else None),
        "back": _way(trace.back, explanation.back if explanation else None),
        "service": _service(trace.service) if trace.service else None,
    }


def _target(target: Target) -> dict[str, Any]:
    return {"place": place_data(target.place), "addresses": [str(ip) for ip in target.addresses]}


def _way(way: PacketPath | None, rules: Sequence[Sequence[Rule]] | None) -> dict[str, Any] | None:
    if way is None:
        return None
    hops = [_hop(hop) for hop in way.hops]
    if rules is not None:
        hops = [
            {**hop, "rules": [_rule(rule) for rule in of_hop]} for hop, of_hop in zip(hops, rules, strict=True)
        ]
    return {
        "source": str(way.source),
        "masqueradedAs": str(way.masqueraded_as) if way.masqueraded_as else None,
        "destination": str(way.to),
        "end": place_data(way.end),
        "hops": hops,
        "fault": way.fault or None,
    }


def _hop(hop: Hop) -> dict[str, Any]:
    return {
        "from": place_data(hop.start),
        "to": place_data(hop.end),
        "leaderOf": hop.leads or None,
        "tunnel": hop.opening is not None,
        "route": str(hop.route.cidr),
        "endpoint": str(hop.opening.endpoint) if hop.opening and hop.opening.endpoint else None,
        "doubts": list(hop.doubts),
    }


def _service(end: ServiceEnd) -> dict[str, Any]:
    """Return the Service that is the destination; `endpoints` is null if they are unknown."""
    known = end.service.backends is not None
    return {
        "name": end.service.name or None,
        "node": place_data(end.node),
        "fault": end.fault or None,
        "endpoints": [_endpoint(path) for path in end.paths] if known else None,
    }


def _endpoint(path: BackendPath) -> dict[str, Any]:
    return {
        "address": str(path.backend.address),
        "node": path.backend.node or None,
        "doubts": list(path.doubts),
        "fault": path.fault or None,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"text": rule.text, "place": place_data(rule.place), "field": rule.field or None}


def place_data(place: Place | None) -> dict[str, str] | None:
    """Return a place by its kind and name."""
    return {"kind": place.kind.value, "name": place.name} if place else None
