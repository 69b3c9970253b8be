"""How packets travel between the nodes of a location, by the flags of kg: through a tunnel, or on the link.

Nothing follows from flags that are unknown, or that make kg use the tunnel of a CNI plugin.
"""

import ipaddress
from collections.abc import Iterator

from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Place
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.routing.kg_routes import Route
from kgctl_py.mesh.routing.look_up_route import RoutingTables


def is_encapsulated(tables: RoutingTables, here: Place, route: Route) -> bool | None:
    """Return whether a route within a location leads through the IPIP tunnel of kg; None if it is not known."""
    if route.tunnel or route.gateway is None or tables.flags.compatibility != "":
        return None
    own, end = tables.node(here), tables.node(route.end)
    if not (own and own.internal_ip and end):
        return None
    if tables.topology.segment_of(own.name) is not tables.topology.segment_of(end.name):  # in no release of Kilo
        return None
    if route.cidr == end.subnet and not tables.flags.local:  # the CNI plugin sets this route
        return None
    return tables.flags.encapsulates(own.internal_ip, route.gateway)


def why_not_encapsulated(tables: RoutingTables, here: Place, route: Route, to: IPAddress) -> str:
    """Return why the IPIP tunnel of kg does not carry a packet to the end of a route; empty if it does.

    It carries no IPv6 packets, and routes its own packets to the gateway as others (linux net/ipv4/ipip.c).
    """
    if not route.gateway or not is_encapsulated(tables, here, route):
        return ""
    if not isinstance(to, ipaddress.IPv4Address):
        return f"{stated(tables, here)}, but its IPIP tunnel does not carry IPv6 packets to {route.end}"
    outer = tables.route(here, route.gateway)
    if outer is None or (outer.end == route.end and not outer.tunnel and not outer.gateway):
        return ""
    elsewhere = outer.end if outer.tunnel else "another location or a peer"
    why = f"because {here} routes {outer.cidr} to {elsewhere}"
    return f"{stated(tables, here)}, but its IPIP tunnel does not reach {route.end}, {why}"


def doubt_on_link(tables: RoutingTables, here: Place, route: Route) -> str:
    """Return the condition of a packet that goes to a gateway of another subnet without a tunnel, if it does."""
    own = tables.node(here)
    if is_encapsulated(tables, here, route) is not False or not (own and own.internal_ip and route.gateway):
        return ""
    if own.internal_ip.overlaps(host_cidr(route.gateway)):
        return ""
    other = f"{route.gateway}, which is not in {own.internal_ip.masked()}"
    return f"only if {here} and {route.end} are on one link: {stated(tables, here)}, and sends directly to {other}"


def rules_within(tables: RoutingTables, here: Place, route: Route) -> Iterator[str]:
    """Yield what the flags of kg say about a hop within a location."""
    end = tables.node(route.end)
    if end and route.cidr == end.subnet and tables.flags.local is False:
        yield f"kg on {here} has --local=false, so the CNI plugin routes packets within the location"
    elif is_encapsulated(tables, here, route):
        yield f"{stated(tables, here)}, so it sends the packet to {route.gateway} through its IPIP tunnel"


def doubt_by_rule(
    tables: RoutingTables, here: Place, source: IPAddress, to: IPAddress, *, came_by_tunnel: bool
) -> str:
    """Return the condition of a packet to an internal IP that the location of its sender also has, if it has one.

    Rules of kg encapsulate what pods and WireGuard send there (kilo pkg/mesh/routes.go, kiloTableIndex), but the
    node routes the IPIP packets to the other location.
    """
    own, flags = tables.node(here), tables.flags
    if not (flags.local and flags.compatibility == "" and own and own.internal_ip and own.internal_ip.ip != to):
        return ""
    is_ruled = came_by_tunnel or (own.subnet is not None and own.subnet.overlaps(host_cidr(source)))
    if not (is_ruled and flags.encapsulates(own.internal_ip, to) and _is_beside(tables, own, to)):
        return ""
    return (
        f"only if the other node with {to} accepts IPIP packets: {stated(tables, here)}, and its location has {to}"
    )


def _is_beside(tables: RoutingTables, own: Node, ip: IPAddress) -> bool:
    """Return whether another node of a location has an internal IP."""
    segment = tables.topology.segment_of(own.name)
    having = (one for one in tables.owners(ip).nodes if one.internal_ip and one.internal_ip.ip == ip)
    return any(one.name != own.name and tables.topology.segment_of(one.name) is segment for one in having)


def stated(tables: RoutingTables, node: Place) -> str:
    """Return the known value of --encapsulate on a node, as text."""
    return f"kg on {node} has --encapsulate={tables.flags.encapsulate}"
