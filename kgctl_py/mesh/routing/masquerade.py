"""The source of a packet after its first node: kg masquerades packets from pods to networks outside of Kilo."""

import ipaddress

from kgctl_py.mesh.address import IPAddress, host_cidr
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.routing.agent_flags import Encapsulate
from kgctl_py.mesh.routing.encapsulation import is_encapsulated, stated
from kgctl_py.mesh.routing.kg_routes import Route
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.value import Value


class Sender(Value, frozen=True, kw_only=True):
    """A source that a packet can have after its first node, if the condition holds that `depends` states.

    Without a condition, it is certain, or counts only to find the condition of another one.
    """

    address: IPAddress
    depends: str = ""


class Senders(Value, frozen=True, kw_only=True):
    """The sources that are possible, the likely one first, and one that `flag` of kg rules out."""

    possible: tuple[Sender, ...]
    excluded: IPAddress | None = None
    flag: str = ""


def senders(tables: RoutingTables, start: Place, source: IPAddress, to: IPAddress) -> Senders:
    """Return the sources that a packet can have after its first node.

    kg masquerades what a pod sends, but not to pods, nodes, peers, and Services (kilo pkg/mesh/routes.go, Rules).
    """
    kept = Senders(possible=(Sender(address=source),))
    if start.kind is not Kind.NODE or not _is_pod_of(tables, start, source) or _is_kept_for(tables, to):
        return kept
    route = tables.route(start, to)
    own = tables.own_address(start, route) if route and route.end != start else None
    if route is None or own is None or own.version != to.version:
        return kept
    if tables.flags.cni is False and route.end.kind is Kind.NODE:  # kg masquerades only beside its own location
        return _by_plugin(start, source, own)
    if route.end.kind is not Kind.NODE or route.tunnel:
        return Senders(possible=(Sender(address=own),))
    return _by_encapsulation(tables, start, route, source, own)


def _by_plugin(node: Place, source: IPAddress, own: IPAddress) -> Senders:
    """Return the sources without masquerading by kg: the CNI plugin can do it."""
    why = f"the source {source}, which kg with --cni=false does not masquerade"
    return Senders(
        possible=(
            Sender(address=source, depends=f"the CNI plugin on {node} keeps {why}"),
            Sender(address=own, depends=f"the CNI plugin on {node} replaces {why}"),
        )
    )


def _by_encapsulation(
    tables: RoutingTables, node: Place, route: Route, source: IPAddress, own: IPAddress
) -> Senders:
    """Return the sources by the interface to the leader: the tunnel of kg has an address of the pod CIDR."""
    flags, flag = tables.flags, stated(tables, node)
    encapsulated = is_encapsulated(tables, node, route)
    if encapsulated and flags.local:
        return Senders(possible=(Sender(address=source),), excluded=own, flag=flag)
    if encapsulated is False or flags.encapsulate is Encapsulate.NEVER:
        return Senders(possible=(Sender(address=own),), excluded=source, flag=flag)
    depends = f"kg on {node} has --encapsulate=always, which is its default"
    if flags.encapsulate:
        depends = f"{node} masquerades as an address of its pod CIDR, by --local and --compatibility of kg"
    return Senders(possible=(Sender(address=source, depends=depends), Sender(address=own)))


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
