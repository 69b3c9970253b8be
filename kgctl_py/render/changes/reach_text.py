"""The reachability of a mesh for people: a matrix, or a table for one source, and the reasons."""

import functools
from collections.abc import Iterator, Sequence

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.reach_matrix import ReachMatrix
from kgctl_py.escape_text import shortened, visible
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.render.cell_width import display_width
from kgctl_py.render.changes.hubs import Hub, hubs
from kgctl_py.render.changes.shortened_lists import Style, folded, listed, shown_reasons

_MARKS = {Verdict.YES: "+", Verdict.PERHAPS: "?", Verdict.NO: "-"}
_SELF = "."
_LEGEND = "+ reached, ? perhaps, - not reached"
_WIDEST = 200
"""Cells of a matrix where there is no terminal: a wider one is not readable."""


def row_text(matrix: ReachMatrix, style: Style) -> str:
    """Return a line for each destination and the reason below, or one line if all have the same reason."""
    (source,) = matrix.sources
    rows = {str(destination): matrix.reach[source, destination] for destination in matrix.destinations}
    first, *others = rows.values()
    if first.reason and others and all(other == first for other in others) and not style.everything:
        rows = {"all others": first}
    lines = []
    for destination, reach in rows.items():
        lines.append(f"{_MARKS[reach.verdict]} {destination}")
        lines += [f"    {reach.reason}"] if reach.reason else []
    shown = (line for text in lines for line in folded(text, style.width))
    return "\n".join(
        (f"from {visible(shortened(str(source)))} to:", *shown, "", _LEGEND, "", f"{_conclusion(matrix)}\n")
    )


def matrix_text(matrix: ReachMatrix, style: Style) -> str:
    """Return the matrix if it is not too wide, and the pairs that are not or perhaps reached, with reasons."""
    blocks = [
        *_grid(matrix, style),
        *(_reasons(matrix, verdict, style) for verdict in (Verdict.NO, Verdict.PERHAPS)),
    ]
    return "\n".join((*filter(None, blocks), f"{_conclusion(matrix)}\n"))


def _grid(matrix: ReachMatrix, style: Style) -> Iterator[str]:
    """Yield a row for each source, whose cells are in the order of the rows."""
    sources = set(matrix.sources)
    members = [member for member in matrix.destinations if member in sources]
    names = [visible(shortened(str(member))) for member in members]
    digits, widest = len(str(len(members))), max(map(display_width, names), default=0)
    if digits + 1 + widest + 2 + (digits + 1) * len(members) > (style.width or _WIDEST):
        return
    gap = " " * (digits + 1 + widest + 2)
    lines = [gap + " ".join(f"{number:>{digits}}" for number in range(1, len(members) + 1))]
    for number, (source, name) in enumerate(zip(members, names, strict=True), 1):
        cells = " ".join(f"{_mark(matrix, source, other):>{digits}}" for other in members)
        lines.append(f"{number:>{digits}} {name}{' ' * (widest - display_width(name))}  {cells}")
    lines.append("")
    lines.append(f"{_LEGEND}; from row to column")
    yield "\n".join(lines) + "\n"


def _mark(matrix: ReachMatrix, source: Member, destination: Member) -> str:
    return _SELF if source == destination else _MARKS[matrix.reach[source, destination].verdict]


def _reasons(matrix: ReachMatrix, verdict: Verdict, style: Style) -> str:
    pairs = [pair for pair, reach in matrix.reach.items() if reach.verdict is verdict]
    title = {Verdict.NO: "Not reached", Verdict.PERHAPS: "Perhaps reached"}.get(verdict, "")
    lines: list[str] = []
    for hub in hubs(pairs):
        lines.append(f"{_MARKS[verdict]} {hub.end} {hub.direction} {_others(hub, matrix, style)}")
        lines += shown_reasons(hub, functools.partial(_reason, matrix, hub), style)
    return (
        "\n".join((f"{title}:", *(line for text in lines for line in folded(text, style.width)), ""))
        if lines
        else ""
    )


def _others(hub: Hub[Member], matrix: ReachMatrix, style: Style) -> str:
    if len(hub.others) == len(matrix.destinations) - 1 > 1 and not style.everything:
        return "all others"
    return listed([str(one) for one in hub.others], style)


def _reason(matrix: ReachMatrix, hub: Hub[Member], source: Member, destination: Member) -> str:
    """Return the reason for a pair; if the hub has several others, it names none of them.

    A node and its pods are named, unless the hub has others.
    """
    reason = matrix.reach[source, destination].reason
    other = destination if source == hub.end else source
    if len({(one.kind is MemberKind.PEER, one.name) for one in hub.others}) == 1:
        return reason
    names = [str(other)]
    if other.kind is MemberKind.PODS and (hub.end.kind, hub.end.name) != (MemberKind.NODE, other.name):
        names.append(f"{MemberKind.NODE}/{other.name}")  # a reason for pods names their node
    has_pods = other.kind is not MemberKind.PEER and Member(MemberKind.PODS, other.name) in hub.others
    for name in names:
        reason = _renamed(reason, name, "the other node" if has_pods else "the other end")
    return reason


def _renamed(text: str, name: str, words: str) -> str:
    """Return a text with a whole name replaced; compiling a pattern of a very long name would take long."""
    result, *parts = text.split(name)
    for after in parts:
        is_whole = (not result or result[-1].isspace()) and (not after or after[0].isspace() or after[0] in ":,")
        result += (words if is_whole else name) + after
    return result


def _conclusion(matrix: ReachMatrix) -> str:
    counts: Sequence[str] = [f"{matrix.count(verdict)} {verdict}" for verdict in Verdict]
    return f"{len(matrix.reach)} connections: {', '.join(counts)}"
