"""The source of a packet after its first node: kg masquerades packets from pods to networks outside of Kilo."""

import ipaddress

from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.whois import Kind, Place


def senders(tables: RoutingTables, start: Place, source: IPAddress, to: IPAddress) -> tuple[IPAddress, ...]:
    """Return the sources that a packet can have after its first node, first that with the default flags of kg.

    kg masquerades what a pod sends, but not to pods, nodes, peers, and Services (kilo pkg/mesh/routes.go, Rules).
    By default, a node reaches its leader through an interface that has an address of its pod CIDR.
    """
    if start.kind is not Kind.NODE or not _is_pod_of(tables, start, source) or _is_kept_for(tables, to):
        return (source,)
    route = tables.route(start, to)
    own = tables.own_address(start, route) if route and route.end != start else None
    if route is None or own is None or own.version != to.version:
        return (source,)
    is_encapsulated = route.end.kind is Kind.NODE and not route.tunnel
    return (source, own) if is_encapsulated else (own,)


def why_dropped_as_own(tables: RoutingTables, node: Place, source: IPAddress) -> str:
    """Return why a node drops a packet from its own IPv4 address, as Linux does; empty if it does not."""
    if node.kind is Kind.NODE and isinstance(source, ipaddress.IPv4Address):
        for one in tables.owners(source).nodes:
            if one.name == node.name and one.internal_ip and one.internal_ip.ip == source:
                return f"{node} drops the packet, because its source {source} is the internal IP of {node}"
    return ""


def _is_pod_of(tables: RoutingTables, node: Place, ip: IPAddress) -> bool:
    holders = tables.owners(ip).nodes
    return any(one.name == node.name and one.subnet and one.subnet.overlaps(host_cidr(ip)) for one in holders)


def _is_kept_for(tables: RoutingTables, to: IPAddress) -> bool:
    owners = tables.owners(to)
    in_segment = any(found.allowed_ips for found in owners.segments)
    return bool(owners.peers) or tables.service(to) is not None or in_segment
