"""Explain a hop: its rule, and the annotation or field that it comes from."""

from collections.abc import Iterator, Sequence

from kgctl_py import names
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.claims import Kind, Place, Role
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.routing.encapsulation import rules_within
from kgctl_py.mesh.routing.follow_packet import Hop, PacketPath
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace
from kgctl_py.mesh.segments_and_leaders import LeaderReason, leader_reason, shown_segment
from kgctl_py.mesh.who_can_call import Opening
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint

_ENDPOINT = f"{names.ENDPOINT} or {names.FORCE_ENDPOINT}"
_OWN_FIELDS = {
    Role.POD_CIDR: "spec.podCIDR",
    Role.INTERNAL_IP: f"{names.INTERNAL_IP} or {names.FORCE_INTERNAL_IP}",
    Role.ALLOWED_IP: "spec.allowedIPs",
    Role.LOCATION_IP: names.ALLOWED_LOCATION_IPS,
}
_LEADER_FIELDS = {
    LeaderReason.VOLUNTEER: names.LEADER,
    LeaderReason.VOLUNTEER_PUBLIC: f"{names.LEADER}, and {_ENDPOINT}",
    LeaderReason.PUBLIC: _ENDPOINT,
    LeaderReason.FIRST: "metadata.name",
}


class Rule(Value, frozen=True, kw_only=True):
    """A rule that decides about a hop, and the field that it comes from, which is empty for what kg computes."""

    text: str
    place: Place | None = None
    field: str = ""


class Explanation(Value, frozen=True, kw_only=True):
    """The rules for each hop of a trace, there and back."""

    there: tuple[tuple[Rule, ...], ...]
    back: tuple[tuple[Rule, ...], ...]

    @classmethod
    def of(cls, tables: RoutingTables, trace: Trace) -> "Explanation":
        """Explain the hops of a trace through these tables."""
        there, back = (_explained(tables, path) if path else () for path in (trace.there, trace.back))
        return cls(there=there, back=back)


def _explained(tables: RoutingTables, path: PacketPath) -> tuple[tuple[Rule, ...], ...]:
    return tuple(tuple(_rules(tables, path, hop)) for hop in path.hops)


def _rules(tables: RoutingTables, path: PacketPath, hop: Hop) -> Iterator[Rule]:
    if hop.start.kind is Kind.NETWORK:
        yield Rule(text=f"kgctl assumes that {hop.start} sends all traffic for the mesh to {hop.end}")
        return
    if path.masqueraded_as and hop is path.hops[0]:
        yield Rule(text=f"{_who_masquerades(tables, hop)} what pods send to networks other than those of Kilo")
    if hop.route.is_added:
        yield Rule(text=f"{hop.route.cidr} is for Services: {_who_adds(tables, hop)}")
    yield from _owned(tables, hop.route.cidr)
    if hop.opening is None:
        yield _local(tables, hop)
        yield from (Rule(text=text) for text in rules_within(tables, hop.start, hop.route))
    else:
        yield from _of_tunnel(tables, path, hop, hop.opening)


def _who_masquerades(tables: RoutingTables, hop: Hop) -> str:
    by_plugin = tables.flags.cni is False and hop.end.kind is Kind.NODE
    return f"{'the CNI plugin' if by_plugin else 'kg'} on {hop.start} masquerades"


def _who_adds(tables: RoutingTables, hop: Hop) -> str:
    if tables.is_elsewhere(hop.start):
        return "the other cluster routes it there"
    return "complete configurations route it to the location of the first node by name"


def _of_tunnel(tables: RoutingTables, path: PacketPath, hop: Hop, opening: Opening) -> Iterator[Rule]:
    if hop.leads:
        yield _leader(tables, hop)
    if opening.endpoint:
        yield _endpoint(tables, hop, opening.endpoint)
    elif not opening.fault:
        yield Rule(text=f"{hop.end} has no endpoint, so {hop.start} waits until {hop.end} opens the tunnel")
    accepted = tables.tunnel(hop.end, path.sender)
    if accepted and accepted.is_added:
        yield Rule(
            text=f"{hop.end} accepts {path.sender} from {hop.start} if its configuration has {accepted.cidr}"
        )
    elif accepted and accepted.end == hop.start:
        yield from _owned(tables, accepted.cidr, f"{hop.end} accepts {path.sender} from {hop.start}: ")


def _owned(tables: RoutingTables, cidr: IPInterface, before: str = "") -> Iterator[Rule]:
    """Yield a rule for each owner of a network."""
    for claim in tables.claims(cidr.ip):
        if claim.cidr == cidr and claim.is_routed:
            article = "an" if claim.role in (Role.ALLOWED_IP, Role.LOCATION_IP) else "the"
            text = f"{before}{cidr} is {article} {claim.role} of {claim.place}"
            yield Rule(text=text, place=claim.place, field=_OWN_FIELDS.get(claim.role, ""))
            return


def _local(tables: RoutingTables, hop: Hop) -> Rule:
    """Return why a hop needs no tunnel (kilo pkg/mesh/routes.go)."""
    own = shown_segment(tables.topology.segment_of(hop.start.name).name)
    if hop.end.kind is Kind.NETWORK:
        return Rule(text=f"{hop.start} leads {own}, and reaches the network without a tunnel")
    if hop.route.cidr in _of_location(tables, hop.end):
        return Rule(
            text=f"{hop.start} and {hop.end} are in the same location, so they need no tunnel",
            place=hop.start,
            field=f"{names.LOCATION} or the topology label",
        )
    return Rule(
        text=f"{hop.start} does not lead {own}, so it sends traffic for other locations and peers to {hop.end}"
    )


def _of_location(tables: RoutingTables, place: Place) -> Sequence[IPInterface]:
    node = _node(tables, place)
    return [cidr for cidr in (node.subnet, node.internal_ip and node.internal_ip.host()) if cidr]


def _leader(tables: RoutingTables, hop: Hop) -> Rule:
    reason = leader_reason(tables.topology.segment_of(hop.end.name))
    text = f"{hop.end} leads {shown_segment(hop.leads)}: {reason}"
    return Rule(text=text, place=hop.end, field=_LEADER_FIELDS.get(reason, ""))


def _endpoint(tables: RoutingTables, hop: Hop, endpoint: Endpoint) -> Rule:
    """Return where the endpoint of a tunnel comes from: the end itself, or the node that has seen it there."""
    text = f"{hop.start} connects to {hop.end} at {endpoint}"
    if hop.end.kind is Kind.PEER:
        peer = tables.topology.given_peers[hop.end.name]
        key, own, field = peer.public_key, peer.endpoint, "spec.endpoint"
    else:
        node = _node(tables, hop.end)
        key, own, field = node.key, node.endpoint, _ENDPOINT
    if endpoint == own:
        return Rule(text=text, place=hop.end, field=field)
    nodes = (node for segment in tables.topology.segments for node in segment.nodes)
    seen_by = (node.name for node in nodes if node.discovered_endpoints.get(str(key)) == endpoint)
    witness = next((Place(Kind.NODE, name) for name in seen_by), None)
    return Rule(text=f"{text}, where {witness} sees it", place=witness, field=names.DISCOVERED_ENDPOINTS)


def _node(tables: RoutingTables, place: Place) -> Node:
    return next(node for node in tables.topology.segment_of(place.name).nodes if node.name == place.name)
