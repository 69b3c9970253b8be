"""The path of a packet through the mesh, hop by hop, or the reason why it stops.

Between leaders and peers, the allowed IPs decide where a packet goes, and whether the other end accepts its
source. A tunnel must open before it carries packets.
"""

from collections.abc import Iterator

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.encapsulation import doubt_by_rule, doubt_on_link, why_not_encapsulated
from kgctl_py.mesh.routing.kg_routes import Route
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.masquerade import why_dropped_as_own
from kgctl_py.mesh.routing.tunnel_doubts import Step, doubts_at
from kgctl_py.mesh.who_can_call import Opening
from kgctl_py.value import Value


class Hop(Value, frozen=True, kw_only=True):
    """One hop by `route`: through a tunnel, or through the network of a location.

    `leads` is the segment that `end` leads.
    """

    start: Place
    end: Place
    route: Route
    opening: Opening | None = None
    leads: str = ""
    doubts: tuple[str, ...] = ()


class PacketPath(Value, frozen=True, kw_only=True):
    """The hops from `start` towards the address `to`, and the `fault` if they do not lead there.

    With `is_service`, the end is the node whose kube-proxy sends the packet to a pod of a Service.
    """

    start: Place | None
    source: IPAddress
    to: IPAddress
    hops: tuple[Hop, ...] = ()
    fault: str = ""
    is_service: bool = False
    masqueraded_as: IPAddress | None = None
    """The address by which the first node replaces the source."""

    @property
    def sender(self) -> IPAddress:
        """The source after the first node."""
        return self.masqueraded_as or self.source

    @property
    def end(self) -> Place | None:
        """The place where the hops end."""
        return self.hops[-1].end if self.hops else self.start

    @property
    def is_outside(self) -> bool:
        """Whether the packet takes no tunnel to the endpoint of one; nothing tells how its reply returns."""
        return any(hop.route.is_outside for hop in self.hops)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The conditions for a packet to pass, each once."""
        return tuple(dict.fromkeys(text for hop in self.hops for text in hop.doubts))


def follow_packet(
    tables: RoutingTables,
    start: Place,
    source: IPAddress,
    to: IPAddress,
    there: PacketPath | None = None,
    *,
    sender: IPAddress | None = None,
) -> PacketPath:
    """Follow a packet from `start`, where it has the address `source`, to the address `to`.

    If it is the reply to a packet with the path `there`, the tunnels of that path are open. The first node can
    replace its source by `sender`.
    """
    walk = _Walk(tables, sender or source, to)
    walk.open = {(hop.start, hop.end) for hop in there.hops if hop.opening} if there else set()
    fault = walk.fault_from(start)
    return PacketPath(
        start=start,
        source=source,
        to=to,
        hops=tuple(walk.hops),
        fault=fault,
        is_service=walk.is_service,
        masqueraded_as=None if sender == source else sender,
    )


class _Walk:
    """A packet on its path."""

    def __init__(self, tables: RoutingTables, source: IPAddress, to: IPAddress) -> None:
        self.tables = tables
        self.source = source
        self.to = to
        self.hops: list[Hop] = []
        self.open: set[tuple[Place, Place]] = set()
        self.is_service = False

    def fault_from(self, here: Place) -> str:
        """Follow the path from `here` to the address; return the reason if it ends before."""
        been = set()
        while True:
            been.add(here)
            if here.kind is Kind.NODE and self.tables.service(self.to):
                self.is_service = True
                return ""
            route = self.tables.route(here, self.to)
            if route is None:
                return self.tables.why_no_route(here, self.to)
            if route.end == here:
                return ""
            hop = self._hop(here, route)
            self.hops.append(hop)
            fault = self._refused(hop) or why_dropped_as_own(self.tables, hop.end, self.source)
            if fault:
                return fault
            here = route.end
            if here in been:
                return f"the routes form a loop: they lead back to {here}"

    def _hop(self, here: Place, route: Route) -> Hop:
        opened = self.tables.opening(here, route.end) if route.tunnel else None
        if opened and (route.end, here) in self.open:
            opened = Opening(endpoint=opened.endpoint)
        return Hop(
            start=here,
            end=route.end,
            route=route,
            opening=opened,
            leads=self.tables.leads(route.end),
            doubts=(*self._of_tunnel(here, route, opened), *self._of_flags(here, route)),
        )

    def _of_tunnel(self, here: Place, route: Route, opened: Opening | None) -> tuple[str, ...]:
        return doubts_at(self.tables, Step(here, route, self.source, self.to), opened) if opened else ()

    def _of_flags(self, here: Place, route: Route) -> Iterator[str]:
        """Yield the conditions that follow from the flags of kg."""
        came_by_tunnel = bool(self.hops and self.hops[-1].opening)
        if doubt := doubt_on_link(self.tables, here, route):
            yield doubt
        if route.tunnel or route.gateway:  # not the route to a neighbor
            doubt = doubt_by_rule(self.tables, here, self.source, self.to, came_by_tunnel=came_by_tunnel)
            yield from (doubt,) if doubt else ()

    def _refused(self, hop: Hop) -> str:
        """Return why the tunnel does not carry the packet: it never opens, or the other end drops the packet."""
        if hop.opening is None:
            return why_not_encapsulated(self.tables, hop.start, hop.route, self.to)
        if hop.opening.fault:
            return f"{hop.opening.fault}, and Kilo does not relay between them"
        if hop.route.is_outside or self.tables.is_chosen_by(hop.end, self.source):
            return ""
        taken, source = self.tables.tunnel(hop.end, self.source), self.source
        if taken is None:
            return f"{hop.end} has no allowed IP for {source}, so it drops the packet{self.tables.problem(source)}"
        if taken.end != hop.start:
            return f"{hop.end} accepts {source} only from {taken.end}, whose allowed IP is {taken.cidr}"
        return ""
