"""Compare every trace of a world with a packet that is sent: who answers, if anybody."""

import dataclasses
from collections.abc import Iterator, Mapping

from kgctl_py import names
from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.changes.members import members
from kgctl_py.changes.reach_matrix import reach_matrix
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace, Verdict, trace
from kgctl_py.mesh.routing.trace_targets import Target, destination_at, source_at
from kgctl_py.wireguard.endpoint import parse_ip
from tests.worlds.addressed import Addressed, AddressedCluster
from tests.worlds.build import World
from tests.worlds.plan import WorldPlan


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judged:
    """How many traces were compared, how many said perhaps, and each one that is wrong, in words.

    `across` counts those between two clusters, `services` those to a Service, and `reached` the pairs of
    `kgctl reach`.
    """

    compared: int
    across: int
    services: int
    reached: int
    perhaps: int
    wrong: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Case:
    """A packet, and the traces that tell about it: the second one from where another cluster takes it over."""

    host: str
    traces: tuple[Trace, ...]
    expected: str
    """The hosts of which one should answer, `-` for none, `?` for whoever."""
    protocol: str = "udp"


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
        services=sum(one.services for one in rounds),
        reached=sum(one.reached for one in rounds),
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
        if case.expected != "?" and answer not in case.expected.split(",")
    ]
    got = {
        _key(case): answer
        for host, of_host in by_host.items()
        for case, answer in zip(of_host, answers[host], strict=True)
    }
    pairs = [pair for view in views for pair in view.pairs(got)]
    wrong += [text for text in pairs if text]
    return Judged(
        compared=len(cases),
        across=sum(len(case.traces) > 1 for case in cases),
        services=sum(case.protocol == "tcp" for case in cases),
        reached=len(pairs),
        perhaps=sum(case.expected == "?" for case in cases),
        wrong=tuple(wrong),
    )


class _View:
    """A cluster as kgctl sees it."""

    def __init__(self, addressed: Addressed, cluster: AddressedCluster) -> None:
        self.addressed = addressed
        self.cluster = cluster
        mesh = cluster.mesh()
        self.services = cluster.services()
        self.tables = RoutingTables(mesh, build_topology(mesh), self.services, cluster.flags())
        self.matrix = reach_matrix(self.tables, pods=True)
        self.standing = {peer.name for peer in mesh.peers if names.PEERING in peer.labels}
        self.targets = {
            member: target
            for member, target in members(mesh, self.tables.topology).items()
            if target.addresses and member.name not in (*self.standing, cluster.service_cidr)
        }

    def cases(self, views: "list[_View]") -> Iterator[_Case]:
        """Give a case for each source and each address, those of another cluster too."""
        for host, source in self._sources():
            for view in views:
                for ip in view.addresses():
                    found = trace(self.tables, source, destination_at(ip))
                    if view is not self and str(ip) in self.addressed.internet_ips:
                        continue  # a way outside the mesh
                    if found.there:
                        yield self._case(host, (found, *self._beyond(found, views)), views)

    def _case(self, host: str, traces: tuple[Trace, ...], views: "list[_View]") -> _Case:
        assert traces[0].there
        services = {service.address for view in views for service in view.services}
        protocol = "tcp" if traces[0].there.to in services else "udp"
        return _Case(host=host, traces=traces, expected=self._expected(traces, views), protocol=protocol)

    def pairs(self, got: Mapping[tuple[str, str, str], str]) -> Iterator[str]:
        """Compare each pair of `kgctl reach` with who answered; give why it is wrong, or nothing."""
        for (source, destination), found in self.matrix.reach.items():
            if source not in self.targets or destination not in self.targets:
                continue
            start, end = (str(self.targets[one].addresses[0]) for one in (source, destination))
            answer = got.get((self._host(source), start, end))
            if answer is not None and found.verdict is not Verdict.PERHAPS:
                is_wrong = (answer == self._host(destination)) is not (found.verdict is Verdict.YES)
                words = f"{source} to {destination}: answered by {answer}, and kgctl reach says {found.verdict}"
                yield words if is_wrong else ""

    def _sources(self) -> Iterator[tuple[str, Target]]:
        """Give the hosts and the addresses that packets are sent from."""
        for member, target in self.targets.items():
            yield self._host(member), Target(place=target.place, addresses=target.addresses[:1])
        for ip, name in self._seconds().items():
            yield name, source_at(ip, self.tables.mesh, self.tables.topology)

    def _seconds(self) -> dict[IPAddress, str]:
        """Give the addresses of the other IP version, of pods and of peers, and their hosts."""
        pods = [(parse_ip(node.second_pod), node.name) for node in self.cluster.nodes if node.plan.second_pod_cidr]
        ready = {peer.name for peer in self.tables.topology.peers}
        peers = [
            (parse_ip(peer.second_ip), peer.name)
            for peer in self.cluster.peers
            if peer.plan.dual and peer.name in ready
        ]
        # of peers with one address, the first gets it
        return {ip: name for ip, name in reversed([*pods, *peers]) if ip}

    def addresses(self) -> tuple[IPAddress, ...]:
        """Give the addresses to which packets are sent."""
        own = [target.addresses[0] for target in self.targets.values()]
        return tuple(dict.fromkeys([*own, *self._seconds(), *(service.address for service in self.services)]))

    def _beyond(self, found: Trace, views: "list[_View]") -> Iterator[Trace]:
        """Give the trace in another cluster of a packet that gets to a Peer that stands for it.

        Which Peer there the packet comes from depends on its source, as WireGuard's allowed IPs do.
        """
        assert found.there
        end = found.there.end
        if found.verdict is not Verdict.NO and end and end.kind is Kind.PEER and end.name in self.standing:
            (other,) = (view for view in views if view is not self)
            source = source_at(found.there.source, other.tables.mesh, other.tables.topology)
            peer = self.tables.topology.given_peers[end.name]
            carrier = Place(Kind.NODE, peer.annotations[names.PEERING_LEADER])
            yield trace(other.tables.carried_by(carrier), source, destination_at(found.there.to))

    def _host(self, member: Member) -> str:
        """Name the host that a member is on."""
        if member.kind is MemberKind.NETWORK:
            return next(
                self.addressed.lan_hosts[site.host]
                for site in self.addressed.locations
                if site.plan.lan and site.network == member.name
            )
        return member.name

    def _expected(self, traces: tuple[Trace, ...], views: "list[_View]") -> str:
        verdicts = {_decided(found, view) for found, view in zip(traces, self._in_order(views), strict=False)}
        if Verdict.NO in verdicts:
            return "-"
        if Verdict.PERHAPS in verdicts:
            return "?"
        last = traces[-1]
        if last.service:
            return ",".join(path.backend.node for path in last.service.paths)
        assert last.there
        assert last.there.end
        return self._named(last.there.end, str(last.there.to))

    def _in_order(self, views: "list[_View]") -> "list[_View]":
        """Give the view of each trace of a packet that begins here."""
        return [self, *(view for view in views if view is not self)]

    def _named(self, place: Place, ip: str) -> str:
        return self.addressed.lan_hosts[ip] if place.kind is Kind.NETWORK else place.name


def _decided(found: Trace, view: _View) -> Verdict:
    """Decide what a trace leaves open, but the world knows: of what kube-proxy does, peers have, and kg is."""
    if found.verdict is not Verdict.PERHAPS:
        return found.verdict
    met = [_is_met(doubt, view) for doubt in found.doubts]
    if None in met or (False in met and found.service and len(found.service.paths) > 1):
        return Verdict.PERHAPS
    return Verdict.NO if False in met else Verdict.YES


def _is_met(doubt: str, view: _View) -> bool | None:
    """Tell whether a condition is met; None if it is not known, or another one would do, too."""
    with_services = {f"peer/{peer.name}" for peer in view.cluster.peers if peer.plan.services}
    replaces = view.cluster.plan.replaces_sources
    for words, is_met in (
        (
            "which --services adds",
            doubt.removeprefix("only if the configuration on ").partition(" ")[0] in with_services,
        ),
        ("which kgctl peering connect adds", True),  # the packet came by the leader that has it
        ("replaces the source", replaces),
        ("keeps the source", not replaces),
        ("is older than 0.7.0", False),
        ("has --encapsulate=always, which is its default", False),
        ("the CNI plugin on", "keeps the source" in doubt),  # nobody else masquerades
        ("are on one link", True),
    ):
        if words in doubt:
            return is_met
    return None


def _key(case: _Case) -> tuple[str, str, str]:
    path = case.traces[0].there
    assert path
    return case.host, str(path.source), str(path.to)


def _line(case: _Case) -> tuple[str, ...]:
    path = case.traces[0].there
    assert path
    return str(path.source), str(path.to), "-" if case.expected == "?" else case.expected, case.protocol


def _words(case: _Case, answer: str) -> str:
    path = case.traces[0].there
    assert path
    said = ", then ".join(f"{found.verdict}: {found.reason}" for found in case.traces)
    return f"from {path.start} ({path.source}) to {path.to}: answered by {answer}, and the trace says {said}"
