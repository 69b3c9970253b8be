"""Compare every trace of a world with a packet that is sent: who answers, if anybody."""

import dataclasses
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.members import members
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build import build_topology
from kgctl_py.mesh.routing.tables import RoutingTables
from kgctl_py.mesh.routing.trace import Target, Trace, Verdict, destination_at, source_at, trace
from kgctl_py.mesh.whois import Kind, Place
from kgctl_py.wireguard.endpoint import parse_ip
from tests.worlds.addressed import Addressed, AddressedCluster
from tests.worlds.build import World
from tests.worlds.plan import WorldPlan


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judged:
    """How many traces were compared, how many said perhaps, and each one that is wrong, in words.

    `across` counts those between two clusters.
    """

    compared: int
    across: int
    perhaps: int
    wrong: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Case:
    """A packet, and the traces that tell about it: the second one from where another cluster takes it over."""

    host: str
    traces: tuple[Trace, ...]
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
            for cluster in addressed.clusters:
                cluster.heard = world.heard(cluster)
            rounds.append(_round(world, addressed))
    return Judged(
        compared=sum(one.compared for one in rounds),
        across=sum(one.across for one in rounds),
        perhaps=sum(one.perhaps for one in rounds),
        wrong=tuple(text for one in rounds for text in one.wrong),
    )


def _round(world: World, addressed: Addressed) -> Judged:
    addressed.join()
    views = [_View(addressed, cluster) for cluster in addressed.clusters]
    cases = [case for view in views for case in view.cases(views)]
    for view in views:
        world.configure(view.cluster, view.tables.topology)
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
    return Judged(
        compared=len(cases),
        across=sum(len(case.traces) > 1 for case in cases),
        perhaps=sum(case.expected == "?" for case in cases),
        wrong=tuple(wrong),
    )


class _View:
    """A cluster as kgctl sees it."""

    def __init__(self, addressed: Addressed, cluster: AddressedCluster) -> None:
        self.addressed = addressed
        self.cluster = cluster
        mesh = cluster.mesh()
        self.tables = RoutingTables(mesh, build_topology(mesh))
        self.standing = {peer.name for peer in mesh.peers if names.PEERING in peer.labels}
        self.targets = {
            member: target
            for member, target in members(mesh, self.tables.topology).items()
            if target.addresses and member.name not in self.standing
        }

    def cases(self, views: "list[_View]") -> Iterator[_Case]:
        """Give a case for each member and each address, those of another cluster too."""
        for member, target in self.targets.items():
            source = Target(place=target.place, addresses=target.addresses[:1])
            for view in views:
                for ip in view.addresses():
                    found = trace(self.tables, source, destination_at(ip))
                    if view is not self and str(ip) in self.addressed.internet_ips:
                        continue  # a way outside the mesh
                    if found.there and not self._is_at_second_pod(found):
                        traces = (found, *self._beyond(found, views))
                        expected = self._expected(traces)
                        yield _Case(host=self._host(member), traces=traces, expected=expected)

    def addresses(self) -> tuple[IPAddress, ...]:
        """Give the addresses to which packets are sent."""
        second = [parse_ip(node.second_pod) for node in self.cluster.nodes if node.plan.second_pod_cidr]
        own = [target.addresses[0] for target in self.targets.values()]
        return tuple(dict.fromkeys([*own, *(ip for ip in second if ip)]))

    def _beyond(self, found: Trace, views: "list[_View]") -> Iterator[Trace]:
        """Give the trace in another cluster of a packet that gets to a Peer that stands for it.

        Which Peer there the packet comes from depends on its source, as WireGuard's allowed IPs do.
        """
        assert found.there
        end = found.there.end
        if found.verdict is not Verdict.NO and end and end.kind is Kind.PEER and end.name in self.standing:
            (other,) = (view for view in views if view is not self)
            source = source_at(found.there.source, other.tables.mesh, other.tables.topology)
            yield trace(other.tables, source, destination_at(found.there.to))

    def _host(self, member: Member) -> str:
        """Name the host that a member is on."""
        if member.kind is MemberKind.NETWORK:
            return next(
                self.addressed.lan_hosts[site.host]
                for site in self.addressed.locations
                if site.plan.lan and site.network == member.name
            )
        return member.name

    def _is_at_second_pod(self, found: Trace) -> bool:
        """Tell whether a packet gets to the node of a second pod CIDR: its CNI knows the pods, Kilo does not."""
        assert found.there
        place = found.there.end
        nodes = (node for node in self.cluster.nodes if place and node.name == place.name)
        return any(str(found.there.to) == node.second_pod for node in nodes)

    def _expected(self, traces: tuple[Trace, ...]) -> str:
        verdicts = {found.verdict for found in traces}
        if Verdict.NO in verdicts:
            return "-"
        if Verdict.PERHAPS in verdicts:
            return "?"
        last = traces[-1].there
        assert last
        assert last.end
        return self._named(last.end, str(last.to))

    def _named(self, place: Place, ip: str) -> str:
        return self.addressed.lan_hosts[ip] if place.kind is Kind.NETWORK else place.name


def _line(case: _Case) -> tuple[str, str, str]:
    path = case.traces[0].there
    assert path
    return str(path.source), str(path.to), "-" if case.expected == "?" else case.expected


def _words(case: _Case, answer: str) -> str:
    path = case.traces[0].there
    assert path
    said = ", then ".join(f"{found.verdict}: {found.reason}" for found in case.traces)
    return f"from {path.start} ({path.source}) to {path.to}: answered by {answer}, and the trace says {said}"
