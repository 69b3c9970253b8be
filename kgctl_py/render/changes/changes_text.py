"""The differences of two meshes for people: + for added, - for removed, ~ for changed."""

from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.changes.change import (
    Change,
    Changes,
    ReachChange,
    SegmentChange,
    SegmentState,
    TunnelChange,
    TunnelEvent,
)
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.mesh.segments_and_leaders import shown_segment
from kgctl_py.render.changes.hubs import hubs
from kgctl_py.render.changes.shortened_lists import Style, folded, listed, named, shown_reasons, with_pods
from kgctl_py.value import replace


def changes_text(changes: Changes, style: Style) -> str:
    """Return the differences in sections, with the conclusion in the last line."""
    sections = (
        ("Nodes, peers, and settings", _fields(changes.fields, style)),
        ("Leaders and WireGuard IPs", _segments(changes.segments)),
        ("Tunnels", _tunnels(changes.tunnels, style)),
        ("Configurations to replace", _configurations(changes.configurations, style)),
        ("Cut off", _reach("-", (change for change in changes.reach if change.cuts_off), style)),
        ("Newly reached", _reach("+", (change for change in changes.reach if change.old is Verdict.NO), style)),
        ("Perhaps cut off", _reach("~", _among(changes, Verdict.YES, Verdict.PERHAPS), style)),
        ("No longer in doubt", _reach("~", _among(changes, Verdict.PERHAPS, Verdict.YES), style)),
        ("Findings", _findings(changes)),
    )
    blocks = (_block(title, tuple(lines), style) for title, lines in sections)
    return "".join((*blocks, f"{conclusion(changes)}\n"))


def conclusion(changes: Changes) -> str:
    """Return a line that says whether something is cut off."""
    if not changes:
        return "nothing changes"
    if not changes.reach_is_known:
        return "kgctl does not know what is cut off: it cannot compute the mesh of one of the clusters"
    perhaps = sum(1 for _ in _among(changes, Verdict.YES, Verdict.PERHAPS))
    doubt = f"; perhaps cut off: {_connections(perhaps)}" if perhaps else ""
    pairs = sum(change.cuts_off for change in changes.reach)
    if not pairs:
        return f"nothing is certain to be cut off{doubt}" if doubt else "nothing is cut off"
    return f"cut off: {_connections(pairs)}{doubt}"


def _connections(count: int) -> str:
    return f"{count} connection{'s' if count > 1 else ''}"


def _block(title: str, lines: Sequence[str], style: Style) -> str:
    if not lines:
        return ""
    shown = (line for text in lines for line in folded(text, style.width))
    return "\n".join((f"{title}:", *shown)) + "\n\n"


def _fields(changes: Iterable[Change], style: Style) -> Iterator[str]:
    """Yield a line for each change, and one line for a change that several members have."""
    places: dict[Change, list[str]] = {}
    for change in changes:
        places.setdefault(replace(change, place=None), []).append(str(change.place or ""))
    for change, members in places.items():
        yield _field(listed(list(filter(None, members)), style), change)


def _field(subject: str, change: Change) -> str:
    reason = f" ({change.new_reason})" if change.new_reason else ""
    if change.field == "state" and not (change.old and change.new):
        return f"+ {subject}{reason}" if change.new else f"- {subject}"
    return f"~ {subject}{': ' if subject else ''}{change.field} {_arrow(change.old, change.new)}{reason}"


def _arrow(old: str, new: str) -> str:
    return f"{old or '<none>'} -> {new or '<none>'}"


def _segments(changes: Iterable[SegmentChange]) -> Iterator[str]:
    for change in changes:
        segment = shown_segment(change.segment)
        if change.old is None and change.new is not None:
            yield f"+ {segment}: {_whole(change.new)}"
        elif change.new is None and change.old is not None:
            yield f"- {segment}: {_whole(change.old)}"
        elif change.old and change.new:
            yield f"~ {segment}: {', '.join(_moves(change, change.old, change.new))}"


def _whole(state: SegmentState) -> str:
    return f"leader {state.leader}, WireGuard IP {state.wireguard_ip}"


def _moves(change: SegmentChange, old: SegmentState, new: SegmentState) -> Iterator[str]:
    if change.has_another_leader:
        yield f"leader {_arrow(old.leader, new.leader)} ({new.reason})"
    if change.moves:
        yield f"WireGuard IP {_arrow(old.wireguard_ip, new.wireguard_ip)}"


_TUNNEL = {
    TunnelEvent.BROKEN: ("-", "no longer has a tunnel to", "no longer has tunnels to"),
    TunnelEvent.RESTARTED: ("~", "starts a new session with", "starts new sessions with"),
    TunnelEvent.ADDED: ("+", "gets a tunnel to", "gets tunnels to"),
}


def _tunnels(changes: Sequence[TunnelChange], style: Style) -> Iterator[str]:
    for event, (mark, one, several) in _TUNNEL.items():
        ends = [change.ends for change in changes if change.event is event]
        for hub in hubs((*ends, *((end, start) for start, end in ends))):
            words = several if len(hub.others) > 1 else one
            yield f"{mark} {hub.end} {words} {listed([str(place) for place in hub.others], style)}"


def _configurations(peers: Sequence[str], style: Style) -> Iterator[str]:
    if peers:
        yield f"~ {listed([f'peer/{name}' for name in peers], style)}"


def _reach(mark: str, changes: Iterable[ReachChange], style: Style) -> Iterator[str]:
    by_pair = {(change.source, change.destination): change for change in changes}
    for hub in hubs(by_pair):
        yield f"{mark} {named(hub.end)} {hub.direction} {listed(with_pods(hub.others), style)}"
        yield from shown_reasons(hub, lambda *pair: by_pair[pair].new_reason, style)


def _among(changes: Changes, old: Verdict, new: Verdict) -> Iterator[ReachChange]:
    return (change for change in changes.reach if (change.old, change.new) == (old, new))


def _findings(changes: Changes) -> Iterator[str]:
    for mark, findings in (("+", changes.findings_added), ("-", changes.findings_removed)):
        yield from (f"{mark} {finding}" for finding in findings)
