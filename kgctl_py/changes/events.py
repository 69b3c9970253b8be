"""Events of a mesh, for alerts: the differences between one mesh and the next."""

import enum
from collections.abc import Iterable, Iterator

from kgctl_py.changes.change import Change, Changes, SegmentChange
from kgctl_py.changes.field_changes import (
    ENDPOINT,
    NOT_READY,
    READY,
    SEEN_AT,
    STALE,
    STATE,
    field_changes,
    seen_where,
)
from kgctl_py.changes.mesh_changes import State
from kgctl_py.changes.segment_changes import segment_changes
from kgctl_py.findings import Code, Finding
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.segments_and_leaders import shown_segment
from kgctl_py.value import Value, replace


class EventKind(enum.StrEnum):
    """The kinds of events, as names for programs."""

    LEADER = "leader"
    LEADER_CHANGED = "leader-changed"
    WIREGUARD_IP_MOVED = "wireguard-ip-moved"
    NODE_ADDED = "node-added"
    NODE_REMOVED = "node-removed"
    NODE_STALE = "node-stale"
    NODE_NOT_READY = "node-not-ready"
    NODE_BACK = "node-back"
    PEER_ADDED = "peer-added"
    PEER_REMOVED = "peer-removed"
    PEER_SEEN = "peer-seen"
    ENDPOINT_MOVED = "endpoint-moved"
    GRANULARITY_DISAGREES = "granularity-disagrees"
    GRANULARITY_AGREES = "granularity-agrees"


class Event(Value, frozen=True, kw_only=True):
    """An event of a node, a peer, a segment, or the whole mesh, for which these three fields are empty."""

    kind: EventKind
    message: str
    place: Place | None = None
    segment: str = ""
    old: str = ""
    new: str = ""


_STATES = {
    ("", READY): EventKind.NODE_ADDED,
    ("", NOT_READY): EventKind.NODE_ADDED,
    (READY, ""): EventKind.NODE_REMOVED,
    (NOT_READY, ""): EventKind.NODE_REMOVED,
    (READY, NOT_READY): EventKind.NODE_NOT_READY,
    (NOT_READY, READY): EventKind.NODE_BACK,
}
_DISAGREE = "the nodes report different granularities"
_WORDS = {
    EventKind.NODE_ADDED: "is added",
    EventKind.NODE_REMOVED: "is removed",
    EventKind.NODE_STALE: "is stale: its Kilo agent does not report",
    EventKind.NODE_NOT_READY: "is not ready",
    EventKind.NODE_BACK: "is back",
    EventKind.PEER_ADDED: "is added",
    EventKind.PEER_REMOVED: "is removed",
}


def events_of(changes: Changes) -> Iterator[Event]:
    """Yield the events that follow from changes."""
    for change in changes.fields:
        if change.place:
            yield from _of_field(change, change.place)
    for segment in changes.segments:
        yield from _of_segment(segment)
    if _disagree(changes.findings_added):
        yield Event(kind=EventKind.GRANULARITY_DISAGREES, message=_DISAGREE)
    if _disagree(changes.findings_removed):
        yield Event(kind=EventKind.GRANULARITY_AGREES, message="the nodes report the same granularity again")


def present_events(state: State) -> Iterator[Event]:
    """Yield the state of a mesh as events: leaders, nodes that are not ready, seen peers, disagreements."""
    nothing = Mesh((), (), state.mesh.now)
    for change in field_changes(nothing, None, state.mesh, state.topology):
        if change.place and change.place.kind is Kind.NODE and change.new == NOT_READY:
            yield from (replace(event, old="") for event in _of_state(replace(change, old=READY), change.place))
    for segment in segment_changes(None, state.topology):
        yield from (replace(event, kind=EventKind.LEADER) for event in _of_segment(segment))
    yield from seen_peers(state)
    if _disagree(state.findings):
        yield Event(kind=EventKind.GRANULARITY_DISAGREES, message=_DISAGREE)


def seen_peers(state: State) -> Iterator[Event]:
    """Yield the peers that agents see."""
    for peer in state.mesh.peers:
        place, seen_at = Place(Kind.PEER, peer.name), seen_where(peer.public_key, state.topology)
        if seen_at:
            words = f"{place} connects from {seen_at}"
            yield Event(kind=EventKind.PEER_SEEN, message=words, place=place, new=seen_at)


def _of_field(change: Change, place: Place) -> Iterator[Event]:
    if change.field == STATE:
        yield from _of_state(change, place)
    elif change.field == SEEN_AT and change.new:
        kind = EventKind.ENDPOINT_MOVED if change.old or place.kind is Kind.NODE else EventKind.PEER_SEEN
        yield _event(kind, change, place, f"connects from {change.new}")
    elif change.field == ENDPOINT:
        yield _event(
            EventKind.ENDPOINT_MOVED,
            change,
            place,
            f"has the endpoint {change.new}" if change.new else "has no endpoint",
        )


def _of_state(change: Change, place: Place) -> Iterator[Event]:
    if place.kind is Kind.PEER:
        kind = (
            None if change.old and change.new else EventKind.PEER_ADDED if change.new else EventKind.PEER_REMOVED
        )
    elif STALE in change.new_reason.split(", ") and change.old == READY:
        kind = EventKind.NODE_STALE
    else:
        kind = _STATES.get((change.old, change.new))
    if kind:
        reason = f": {change.new_reason}" if kind is not EventKind.NODE_STALE and change.new_reason else ""
        yield _event(kind, change, place, _WORDS[kind] + reason)


def _of_segment(change: SegmentChange) -> Iterator[Event]:
    old, new, segment = change.old, change.new, shown_segment(change.segment)
    if old is None or new is None or change.has_another_leader:
        before, after = (state.leader if state else "" for state in (old, new))
        message = f"node/{after} leads {segment} ({new.reason})" if new else f"{segment} no longer exists"
        kind = EventKind.LEADER_CHANGED
        yield Event(kind=kind, message=message, segment=change.segment, old=before, new=after)
    if old and new and change.moves:
        message = f"the WireGuard IP of {segment} is {new.wireguard_ip}"
        kind, ips = EventKind.WIREGUARD_IP_MOVED, (old.wireguard_ip, new.wireguard_ip)
        yield Event(kind=kind, message=message, segment=change.segment, old=ips[0], new=ips[1])


def _event(kind: EventKind, change: Change, place: Place, words: str) -> Event:
    return Event(kind=kind, message=f"{place} {words}", place=place, old=change.old, new=change.new)


def _disagree(findings: Iterable[Finding]) -> bool:
    return any(finding.code is Code.GRANULARITY for finding in findings)
