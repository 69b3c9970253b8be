"""Shorten long lists of names and reasons to the first ones and the number of the others."""

from collections.abc import Callable, Iterator, Sequence

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.render.changes.hubs import Direction, Hub
from kgctl_py.render.wrapped_lines import wrapped
from kgctl_py.value import Value

_SHOWN = 8
"""Names in a list that are shown without --verbose."""
_REASONS = 2
"""Reasons below a line that are shown without --verbose, or one more instead of "and 1 more"."""
_FEW = 2
"""Names in front of a reason that are shown without --verbose, or one more instead of "and 1 more"."""


class Style(Value, frozen=True, kw_only=True):
    """The width of the text, None for any width, and whether it has all names."""

    width: int | None = None
    everything: bool = False


def folded(text: str, width: int | None) -> Sequence[str]:
    """Return a line with an indent, wrapped to the width of the terminal."""
    return wrapped(text, width, "  ")


def shown_reasons(hub: Hub[Member], reason_of: Callable[[Member, Member], str], style: Style) -> Iterator[str]:
    """Yield the reasons for the pairs of a hub, each once; a reason for only some pairs starts with their names.

    Of many reasons, yield only the first ones and the number of the others.
    """
    pairs: dict[str, list[tuple[Member, Member]]] = {}
    for start, end in hub.pairs():
        pairs.setdefault(reason_of(start, end), []).append((start, end))
    pairs.pop("", None)
    texts = [f"{_about(hub, tuple(concerned), style)}{text}" for text, concerned in pairs.items()]
    shown = texts if style.everything or len(texts) == _REASONS + 1 else texts[:_REASONS]
    yield from (f"    {text}" for text in shown)
    more = len(texts) - len(shown)
    if more:
        yield f"    and {more} more; to see all, add --verbose"


def _about(hub: Hub[Member], pairs: Sequence[tuple[Member, Member]], style: Style) -> str:
    """Return which pairs of a hub a reason is for: names of others, or a direction; "" for all pairs."""
    others = tuple(dict.fromkeys(start if end == hub.end else end for start, end in pairs))
    starts = {start == hub.end for start, _ in pairs}
    is_one_way = hub.direction is Direction.BOTH and len(starts) == 1
    if len(others) < len(hub.others):
        way = ("to " if True in starts else "from ") if is_one_way else ""
        return f"{way}{_few(with_pods(others), style)}: "
    if is_one_way:
        return f"{'from' if True in starts else 'to'} {named(hub.end)}: "
    return ""


def _few(names: Sequence[str], style: Style) -> str:
    more = len(names) - _FEW
    shows_all = style.everything or more <= 1
    return ", ".join(names) if shows_all else f"{', '.join(names[:_FEW])}, and {more} more"


def with_pods(members: Sequence[Member]) -> Sequence[str]:
    """Return the names of members; for a node whose pods are also members, one name for both."""
    given = set(members)
    return [
        f"{member} and its pods"
        if _is_node(member) and Member(MemberKind.PODS, member.name) in given
        else named(member)
        for member in members
        if member.kind is not MemberKind.PODS or Member(MemberKind.NODE, member.name) not in given
    ]


def named(member: Member) -> str:
    """Return the name of a member, or of its pods."""
    return f"the pods of node/{member.name}" if member.kind is MemberKind.PODS else str(member)


def _is_node(member: Member) -> bool:
    return member.kind is MemberKind.NODE


def listed(names: Sequence[str], style: Style) -> str:
    """Return names in a line; of many, only the first ones and the number of the others."""
    shown = names if style.everything else names[:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more else "")
