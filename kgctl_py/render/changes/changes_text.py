"""The differences of two meshes for people: + for added, - for removed, ~ for changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from kgctl_py.changes.change import (
    Change,
    Changes,
    Member,
    MemberKind,
    ReachChange,
    SegmentChange,
    SegmentState,
    TunnelChange,
    TunnelEvent,
)
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.mesh.segments_and_leaders import shown_segment
from kgctl_py.render.changes.hubs import Direction, Hub, hubs
from kgctl_py.render.wrapped_lines import wrapped
from kgctl_py.value import Value, replace

_SHOWN = 8
"""Names in a list that are shown without --verbose."""
_REASONS = 2
"""Reasons below a line that are shown without --verbose, or one more instead of "and 1 more"."""
_FEW = 2
"""Names in front of a reason that are shown, or one more instead of "and 1 more"."""


class Style(Value, frozen=True, kw_only=True):
    """The width of the text, None for any width, and whether it has all names."""

    width: int | None = None
    everything: bool = False


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


def folded(text: str, width: int | None) -> Sequence[str]:
    """Return a line with an indent, wrapped to the width of the terminal."""
    return wrapped(text, width, "  ")


def _fields(changes: Iterable[Change], style: Style) -> Iterator[str]:
    """Yield a line for each change, and one line for a change that several members have."""
    places: dict[Change, list[str]] = {}
    for change in changes:
        places.setdefault(replace(change, place=None), []).append(str(change.place or ""))
    for change, named in places.items():
        yield _field(listed(list(filter(None, named)), style), change)


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
        yield f"{mark} {_named(hub.end)} {hub.direction} {listed(_with_pods(hub.others), style)}"
        yield from shown_reasons(hub, lambda *pair: by_pair[pair].new_reason, style)


def _among(changes: Changes, old: Verdict, new: Verdict) -> Iterator[ReachChange]:
    return (change for change in changes.reach if (change.old, change.new) == (old, new))


def shown_reasons(hub: Hub[Member], reason_of: Callable[[Member, Member], str], style: Style) -> Iterator[str]:
    """Yield the reasons for the pairs of a hub, each once; a reason for only some pairs starts with their names.

    Of many reasons, yield only the first ones and the number of the others.
    """
    pairs: dict[str, list[tuple[Member, Member]]] = {}
    for start, end in hub.pairs():
        pairs.setdefault(reason_of(start, end), []).append((start, end))
    pairs.pop("", None)
    texts = [f"{_about(hub, tuple(concerned))}{text}" for text, concerned in pairs.items()]
    shown = texts if style.everything or len(texts) == _REASONS + 1 else texts[:_REASONS]
    yield from (f"    {text}" for text in shown)
    more = len(texts) - len(shown)
    if more:
        yield f"    and {more} more; to see all, add --verbose"


def _about(hub: Hub[Member], pairs: Sequence[tuple[Member, Member]]) -> str:
    """Return which pairs of a hub a reason is for: names of others, or a direction; "" for all pairs."""
    others = tuple(dict.fromkeys(start if end == hub.end else end for start, end in pairs))
    starts = {start == hub.end for start, _ in pairs}
    is_one_way = hub.direction is Direction.BOTH and len(starts) == 1
    if len(others) < len(hub.others):
        way = ("to " if True in starts else "from ") if is_one_way else ""
        return f"{way}{_few(_with_pods(others))}: "
    if is_one_way:
        return f"{'from' if True in starts else 'to'} {_named(hub.end)}: "
    return ""


def _few(names: Sequence[str]) -> str:
    more = len(names) - _FEW
    return f"{', '.join(names[:_FEW])}, and {more} more" if more > 1 else ", ".join(names)


def _with_pods(members: Sequence[Member]) -> Sequence[str]:
    """Return the names of members; for a node whose pods are also members, one name for both."""
    given = set(members)
    return [
        f"{member} and its pods"
        if _is_node(member) and Member(MemberKind.PODS, member.name) in given
        else _named(member)
        for member in members
        if member.kind is not MemberKind.PODS or Member(MemberKind.NODE, member.name) not in given
    ]


def _named(member: Member) -> str:
    return f"the pods of node/{member.name}" if member.kind is MemberKind.PODS else str(member)


def _is_node(member: Member) -> bool:
    return member.kind is MemberKind.NODE


def _findings(changes: Changes) -> Iterator[str]:
    for mark, findings in (("+", changes.findings_added), ("-", changes.findings_removed)):
        yield from (f"{mark} {finding}" for finding in findings)


def listed(names: Sequence[str], style: Style) -> str:
    """Return names in a line; of many, only the first ones and the number of the others."""
    shown = names if style.everything else names[:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more else "")
