"""Compare every trace of a world with a packet that is sent: who answers, if anybody."""

import dataclasses
from collections.abc import Iterator

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.members import members
from kgctl_py.mesh.build import build_topology
from kgctl_py.mesh.routing.tables import RoutingTables
from kgctl_py.mesh.routing.trace import Target, Trace, Verdict, destination_at, trace
from kgctl_py.mesh.whois import Kind, Place
from kgctl_py.wireguard.endpoint import parse_ip
from tests.worlds.build import World
from tests.worlds.plan import Addressed, WorldPlan


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judged:
    """How many traces were compared, how many said perhaps, and each one that is wrong, in words."""

    compared: int
    perhaps: int
    wrong: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Case:
    host: str
    trace: Trace
    expected: str
    """The host that should answer, `-` for none, `?` for whoever."""


def judge(plan: WorldPlan) -> Judged:
    """Build a world, and compare each trace with a packet; what is wrong must be so a second time.

    On a busy machine, a handshake may take longer than packets are sent.
    """
    judged = _judge_once(plan)
    return _judge_once(plan) if judged.wrong else judged


def _judge_once(plan: WorldPlan) -> Judged:
    """Compare the traces between all members with packets; if the world hears, again with what was heard."""
    addressed = Addressed(plan)
    with World(addressed) as world:
        rounds = [_round(world, addressed)]
        if plan.hears:
            addressed.heard = world.heard()
            rounds.append(_round(world, addressed))
    return Judged(
        compared=sum(one.compared for one in rounds),
        perhaps=sum(one.perhaps for one in rounds),
        wrong=tuple(text for one in rounds for text in one.wrong),
    )


def _round(world: World, addressed: Addressed) -> Judged:
    mesh = addressed.mesh()
    tables = RoutingTables(mesh, build_topology(mesh))
    cases = list(_cases(addressed, tables))
    world.configure(tables.topology)
    by_host: dict[str, list[_Case]] = {}
    for case in cases:
        by_host.setdefault(case.host, []).append(case)
    wanted = {host: [_line(case) for case in of_host] for host, of_host in by_host.items()}
    answers = world.probes(wanted)
    wrong = [
        _words(case, answer)
        for host, of_host in by_host.items()
        for case, answer in zip(of_host, answers[host], strict=True)
        if case.expected not in ("?", answer)
    ]
    return Judged(compared=len(cases), perhaps=sum(case.expected == "?" for case in cases), wrong=tuple(wrong))


def _cases(addressed: Addressed, tables: RoutingTables) -> Iterator[_Case]:
    targets = members(tables.mesh, tables.topology)
    ends = [(member, target.addresses[0]) for member, target in targets.items() if target.addresses]
    addresses = dict.fromkeys(ip for _, ip in ends)
    for node in addressed.nodes:
        second = parse_ip(node.second_pod)
        if node.plan.second_pod_cidr and second:
            addresses[second] = None
    for member, own in ends:
        host = _host(member, targets[member], tables)
        source = Target(place=targets[member].place, addresses=(own,))
        for ip in addresses:
            found = trace(tables, source, destination_at(ip))
            if found.there and not _is_at_second_pod(addressed, found):
                yield _Case(host=host, trace=found, expected=_expected(found, tables))


def _host(member: Member, target: Target, tables: RoutingTables) -> str:
    """Name the host that a member is on."""
    if member.kind is MemberKind.NETWORK:
        return f"lan-{int(member.name.split('.')[2]) - 1}"
    return member.name


def _is_at_second_pod(addressed: Addressed, found: Trace) -> bool:
    """Tell whether a packet gets to the node of a second pod CIDR: its CNI knows the pods, and Kilo does not."""
    assert found.there
    place = found.there.end
    nodes = (node for node in addressed.nodes if place and node.name == place.name)
    return any(str(found.there.to) == node.second_pod for node in nodes)


def _expected(found: Trace, tables: RoutingTables) -> str:
    match found.verdict:
        case Verdict.NO:
            return "-"
        case Verdict.PERHAPS:
            return "?"
        case Verdict.YES:
            assert found.there
            assert found.there.end
            return _named(found.there.end, str(found.there.to))


def _named(place: Place, ip: str) -> str:
    return f"lan-{int(ip.split('.')[2]) - 1}" if place.kind is Kind.NETWORK else place.name


def _line(case: _Case) -> tuple[str, str, str]:
    assert case.trace.there
    expected = "-" if case.expected == "?" else case.expected
    return str(case.trace.there.source), str(case.trace.there.to), expected


def _words(case: _Case, answer: str) -> str:
    there = case.trace.there
    assert there
    said = f"{case.trace.verdict}: {case.trace.reason}"
    return f"from {there.start} ({there.source}) to {there.to}: answered by {answer}, and the trace says {said}"
