"""For each pair of members of a mesh: whether packets arrive and replies come back, and if not, why."""

from collections.abc import Mapping

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.members import members
from kgctl_py.mesh.routing.alike import classes
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Verdict, trace
from kgctl_py.mesh.routing.trace_targets import Target
from kgctl_py.value import Value


class Reach(Value, frozen=True, kw_only=True):
    """The result of a trace from one member to another, with the reason; it is empty for yes."""

    verdict: Verdict
    reason: str = ""


_YES = Reach(verdict=Verdict.YES)


class ReachMatrix(Value, frozen=True, kw_only=True):
    """The members that each source reaches; a source is a member, or an address as text."""

    sources: tuple[Member | str, ...]
    destinations: tuple[Member, ...]
    reach: Mapping[tuple[Member | str, Member], Reach]

    def count(self, verdict: Verdict) -> int:
        """Return the number of pairs with a result."""
        return sum(reach.verdict is verdict for reach in self.reach.values())


def reach_matrix(tables: RoutingTables, *, pods: bool) -> ReachMatrix:
    """Trace from each member to each other one; with `pods`, also from and to the pods of each node."""
    targets = _targets(tables, pods=pods)
    alike = classes(tables, targets)
    verdicts: dict[tuple[int, int, bool, bool], Verdict] = {}
    reach: dict[tuple[Member | str, Member], Reach] = {}
    for source, start in targets.items():
        for destination, end in targets.items():
            if source == destination:
                continue
            a, b, is_within = alike[source], alike[destination], start.place == end.place
            key = a.number, b.number, a.segment == b.segment, is_within
            if verdicts.get(key) is Verdict.YES:
                reach[source, destination] = _YES
                continue
            reach[source, destination] = _reach(tables, start, end)
            if not is_within or source.kind is MemberKind.NETWORK:  # a node reaches its own pods in its own way
                verdicts[key] = reach[source, destination].verdict
    return ReachMatrix(sources=tuple(targets), destinations=tuple(targets), reach=reach)


def reach_from(tables: RoutingTables, source: Target, *, pods: bool) -> ReachMatrix:
    """Trace from one node, peer or address to each other member."""
    targets = _targets(tables, pods=pods)
    own = (member for member, target in targets.items() if target == source)
    name = next(own, str(source.addresses[0]) if source.addresses else str(source))
    others = tuple(member for member in targets if member != name)
    reach: dict[tuple[Member | str, Member], Reach] = {
        (name, destination): _reach(tables, source, targets[destination]) for destination in others
    }
    return ReachMatrix(sources=(name,), destinations=others, reach=reach)


def _targets(tables: RoutingTables, *, pods: bool) -> Mapping[Member, Target]:
    every = members(tables.mesh, tables.topology)
    return {member: every[member] for member in sorted(every) if pods or member.kind is not MemberKind.PODS}


def _reach(tables: RoutingTables, start: Target, end: Target) -> Reach:
    found = trace(tables, start, end)
    verdict = found.verdict
    return _YES if verdict is Verdict.YES else Reach(verdict=verdict, reason=found.reason)
