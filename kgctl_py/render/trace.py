"""A trace as text for people and as plain data for programs."""

from collections.abc import Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.escape_text import visible
from kgctl_py.mesh.routing.hops import Hop, PacketPath
from kgctl_py.mesh.routing.trace import Target, Trace
from kgctl_py.mesh.whois import Place
from kgctl_py.render.columns import columns

_HEADINGS = ("NEXT HOP", "VIA", "ROUTE", "ENDPOINT")


def trace_text(trace: Trace, *, width: int | None = None) -> str:
    """Return both ways as tables of hops, which fit into `width` cells if that is given, and what they come to."""
    return "".join(_blocks(trace, width))


def _blocks(trace: Trace, width: int | None) -> Iterator[str]:
    for title, way in (("there", trace.there), ("back", trace.back)):
        if way:
            yield f"{title}: {visible(_ends(way))}\n"
            if way.hops:
                yield columns(_HEADINGS, [_row(hop) for hop in way.hops], width=width)
            yield "\n" if way.fault else f"{visible(f'{way.to} is at {way.end}')}\n\n"
    yield f"{visible(f'{trace.verdict}: {trace.reason}')}\n"


def _ends(way: PacketPath) -> str:
    return f"from {way.start} ({way.source}) to {way.to}"


def _row(hop: Hop) -> tuple[str, ...]:
    return (
        f"{hop.end} (leads {hop.leads.partition(':')[2]})" if hop.leads else str(hop.end),
        "WireGuard" if hop.opening else "local network",
        str(hop.route.cidr) if hop.route.cidr.prefixlen else "",
        str((hop.opening and hop.opening.endpoint) or ""),
    )


def trace_data(trace: Trace) -> dict[str, Any]:
    """Return both ways for programs; `back` is null when nothing gets there."""
    return {
        "apiVersion": names.OUTPUT_API_VERSION,
        "kind": "Trace",
        "source": _target(trace.source),
        "destination": _target(trace.destination),
        "verdict": trace.verdict.value,
        "reason": trace.reason,
        "there": _way(trace.there),
        "back": _way(trace.back),
    }


def _target(target: Target) -> dict[str, Any]:
    return {"place": place_data(target.place), "addresses": [str(ip) for ip in target.addresses]}


def _way(way: PacketPath | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "source": str(way.source),
        "destination": str(way.to),
        "end": place_data(way.end),
        "hops": [_hop(hop) for hop in way.hops],
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


def place_data(place: Place | None) -> dict[str, str] | None:
    """Return a place by its kind and name."""
    return {"kind": place.kind.value, "name": place.name} if place else None
