"""The conditions for a packet to pass a hop through a tunnel, which kgctl cannot check in the cluster."""

from collections.abc import Iterator

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.kg_routes import Route
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.who_can_call import Opening
from kgctl_py.value import Value


class Step(Value, frozen=True):
    """A packet with a source and a destination at a place from which a route leads."""

    here: Place
    route: Route
    source: IPAddress
    to: IPAddress


def doubts_at(tables: RoutingTables, step: Step, opened: Opening) -> tuple[str, ...]:
    """Return the conditions for a packet to pass a hop through a tunnel that opens as `opened` says."""
    texts = (opened.doubt, _outside(step, opened), *_left_out(tables, step))
    texts += (*_chosen_elsewhere(tables, step), *_added(tables, step), *_of_version(tables, step))
    return tuple(filter(None, texts))


def _left_out(tables: RoutingTables, step: Step) -> Iterator[str]:
    """Yield the allowed IPs of endpoints, which a peer may lack: a tunnel cannot be routed into itself."""
    for place, ip in ((step.here, step.to), (step.route.end, step.source)):
        if place.kind is not Kind.PEER or ip not in tables.endpoint_ips:
            continue
        used = step.route if place == step.here else tables.tunnel(place, ip)
        if used and used.cidr.prefixlen == used.cidr.max_prefixlen:
            why = "complete configurations leave it out, because it is the address of an endpoint"
            yield f"{_if_allowed(place, used)}: {why}"


def _chosen_elsewhere(tables: RoutingTables, step: Step) -> Iterator[str]:
    """Yield the addresses that several segments have, of which the Peers of another cluster choose one."""
    for place, ip in ((step.here, step.to), (step.route.end, step.source)):
        if tables.is_chosen_by(place, ip):
            yield f"only if the cluster of {place} chooses the right one of the segments that have {ip}"


def _added(tables: RoutingTables, step: Step) -> Iterator[str]:
    """Yield the Service CIDR that only complete configurations route, through one location."""
    for used in (step.route, tables.tunnel(step.route.end, step.source)):
        if used and used.is_added:
            peer = step.here if used is step.route else step.route.end
            adds = "kgctl peering connect" if tables.is_elsewhere(peer) else "--services"
            yield f"{_if_allowed(peer, used)}, which {adds} adds"


def _of_version(tables: RoutingTables, step: Step) -> Iterator[str]:
    """Yield the route that kg 0.7.0 gives a source of another IP version (kilo pkg/mesh/routes.go, src)."""
    source = tables.source_of_routes(step.here)
    if source and source.version != step.to.version and not tables.is_wireguard_ip(step.to):
        yield (
            f"only if kg on {step.here} is older than 0.7.0: since 0.7.0, kg sets no route from an "
            f"IPv{source.version} internal IP to {step.to}"
        )


def _outside(step: Step, opened: Opening) -> str:
    """Return why an endpoint that is an internal IP may not work (kilo pkg/mesh/routes.go)."""
    if step.here.kind is Kind.NODE and opened.endpoint and opened.endpoint.ip == step.to:
        return f"only if {step.here} reaches {step.to}, the endpoint of the tunnel, outside the tunnel"
    return ""


def _if_allowed(place: Place, route: Route) -> str:
    """Return the condition that the configuration of a peer has the allowed IP of a route."""
    return f"only if the configuration on {place} has the allowed IP {route.cidr} for {route.end}"
