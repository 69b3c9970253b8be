"""The pairs of members that reach each other in only one of two meshes; similar members are traced once."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kgctl_py.changes.change import Member, MemberKind, ReachChange
from kgctl_py.changes.members import members
from kgctl_py.mesh.routing.alike import Alike, classes
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace, Verdict, trace
from kgctl_py.mesh.routing.trace_targets import Target

_Verdicts = tuple[Verdict, Verdict]
_ABSENT = Alike(-1, "")


def reach_changes(old: RoutingTables | None, new: RoutingTables | None) -> tuple[ReachChange, ...]:
    """Return the pairs with another verdict: of nodes and peers in both meshes, and of networks in either."""
    if old is None or new is None:
        return ()
    comparison = _Comparison(_Reach(old), _Reach(new))
    return tuple(sorted(comparison.changes(), key=lambda change: (change.source, change.destination)))


class _Reach:
    """Traces packets through one mesh."""

    def __init__(self, tables: RoutingTables) -> None:
        self.members: Mapping[Member, Target] = members(tables.mesh, tables.topology)
        self.tables = tables
        self._classes = classes(self.tables, self.members)

    def trace(self, source: Member, destination: Member) -> Trace:
        return trace(self.tables, self._target(source), self._target(destination))

    def class_of(self, member: Member) -> Alike:
        return self._classes.get(member, _ABSENT)

    def _target(self, member: Member) -> Target:
        unrouted = Target(place=None, addresses=(), fault=f"no location routes {member.name}")
        return self.members.get(member, unrouted)


class _Comparison:
    """Compares two meshes by groups of members that are similar in both."""

    def __init__(self, old: _Reach, new: _Reach) -> None:
        self.old, self.new = old, new
        networks = {one for one in {*old.members, *new.members} if one.kind is MemberKind.NETWORK}
        self.groups: dict[tuple[Alike, Alike], list[Member]] = defaultdict(list)
        for member in sorted((old.members.keys() & new.members.keys()) | networks):
            self.groups[old.class_of(member), new.class_of(member)].append(member)
        self._verdicts: dict[tuple[int | bool, ...], _Verdicts] = {}

    def changes(self) -> Iterator[ReachChange]:
        """Yield each pair whose verdict differs, in any order."""
        for (one, sources), (two, destinations) in itertools.product(self.groups.items(), repeat=2):
            pair = next(_apart(sources, destinations), None)
            if pair and self._differs(one, two, *pair):
                for source, destination in _apart(sources, destinations):
                    yield from self._change(source, destination)
        for node, pods in self._on_one_node():
            yield from self._change(node, pods)
            yield from self._change(pods, node)

    def _on_one_node(self) -> Iterator[tuple[Member, Member]]:
        every = {member for group in self.groups.values() for member in group}
        for member in every:
            pods = Member(MemberKind.PODS, member.name)
            if member.kind is MemberKind.NODE and pods in every:
                yield member, pods

    def _differs(
        self, one: tuple[Alike, Alike], two: tuple[Alike, Alike], source: Member, destination: Member
    ) -> bool:
        """Return whether the verdict of a pair differs, and so that of all pairs with the same classes."""
        key = tuple(
            value for a, b in zip(one, two, strict=True) for value in (a.number, b.number, a.segment == b.segment)
        )
        if key not in self._verdicts:
            self._verdicts[key] = (
                self.old.trace(source, destination).verdict,
                self.new.trace(source, destination).verdict,
            )
        old, new = self._verdicts[key]
        return old is not new

    def _change(self, source: Member, destination: Member) -> Iterator[ReachChange]:
        old, new = self.old.trace(source, destination), self.new.trace(source, destination)
        if old.verdict is not new.verdict:
            yield ReachChange(
                source=source,
                destination=destination,
                old=old.verdict,
                new=new.verdict,
                old_reason="" if old.verdict is Verdict.YES else old.reason,
                new_reason="" if new.verdict is Verdict.YES else new.reason,
            )


def _apart(sources: Sequence[Member], destinations: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
    """Yield the pairs whose members are not on the same node."""
    for source in sources:
        for destination in destinations:
            kinds = source.kind is MemberKind.PEER, destination.kind is MemberKind.PEER
            if source.name != destination.name or kinds[0] is not kinds[1]:
                yield source, destination
