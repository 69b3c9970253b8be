"""The path of a packet from a node to an endpoint of a Service, and of the reply back to the node.

A pod replies to the source that it sees. Its reply must pass the node whose kube-proxy sent the packet, which
translates it back.
"""

from collections.abc import Iterator

from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.claims import Kind, Place, Role
from kgctl_py.mesh.routing.follow_packet import follow_packet
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.masquerade import senders
from kgctl_py.mesh.routing.service import Backend
from kgctl_py.value import Value


class BackendPath(Value, frozen=True, kw_only=True):
    """Whether a packet gets from a node to an endpoint of a Service, and the reply back to the node."""

    backend: Backend
    fault: str = ""
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.fault:
            return f"no: {self.fault}"
        return f"perhaps: {'; '.join(self.doubts)}" if self.doubts else "yes"


def path_to_backend(
    tables: RoutingTables, node: Place, source: IPAddress, backend: Backend, is_replaced: bool | None
) -> BackendPath:
    """Return the path to an endpoint, considering each source that kube-proxy can give the packet.

    For cluster IPs, kube-proxy keeps the addresses of pods, and replaces other sources if it knows which network
    pods are in.
    """
    route = tables.route(node, backend.address)
    if backend.node == node.name or (route and route.end == node):
        return BackendPath(backend=backend)
    if route is None:
        return _outside(tables, node, backend)
    own = tables.own_address(node, route)
    if own is None or is_replaced is not None:
        return _with_source(tables, node, own if own and is_replaced else source, backend)
    kept = _with_source(tables, node, source, backend)
    replaced = _with_source(tables, node, own, backend)
    if kept.fault and replaced.fault:
        return replaced
    if kept.fault or replaced.fault:
        return BackendPath(backend=backend, doubts=tuple(_depending(node, source, kept, replaced)))
    return BackendPath(backend=backend, doubts=tuple(dict.fromkeys((*kept.doubts, *replaced.doubts))))


def _depending(node: Place, source: IPAddress, kept: BackendPath, replaced: BackendPath) -> Iterator[str]:
    """Yield the conditions of a path that depends on whether kube-proxy replaces the source."""
    verb = "replaces" if kept.fault else "keeps"
    yield f"only if kube-proxy on {node} {verb} the source {source}: otherwise, {kept.fault or replaced.fault}"
    yield from replaced.doubts if kept.fault else kept.doubts


def _outside(tables: RoutingTables, node: Place, backend: Backend) -> BackendPath:
    """Return the path to an address that no route of Kilo leads to: it can be outside the mesh."""
    ip = backend.address
    if any(claim.role.is_routed or claim.role is Role.OTHER_POD_CIDR for claim in tables.claims(ip)):
        return BackendPath(backend=backend, fault=tables.why_no_route(node, ip))
    return BackendPath(backend=backend, doubts=(f"only if {node} reaches {ip}, which is outside the mesh",))


def _with_source(tables: RoutingTables, node: Place, source: IPAddress, backend: Backend) -> BackendPath:
    sender = senders(tables, node, source, backend.address).possible[0].address
    there = follow_packet(tables, node, source, backend.address, sender=sender)
    place, doubts = Place(Kind.NODE, backend.node), there.doubts
    if there.fault or there.end is None:
        return BackendPath(backend=backend, fault=there.fault)
    if backend.node and there.end != place and there.end.kind is Kind.NODE:
        return BackendPath(backend=backend, fault=f"{backend.address} leads to {there.end}, not to {place}")
    back = follow_packet(tables, there.end, backend.address, there.sender, there)
    passed = [hop.end for hop in back.hops]
    if node not in passed or (back.fault and passed.index(node) == len(passed) - 1):
        aside = f"the reply of {backend} to {there.sender} does not pass {node}, which must translate it back"
        return BackendPath(backend=backend, fault=back.fault or aside)
    used = back.hops[: passed.index(node) + 1]
    texts = (*doubts, *(text for hop in used for text in hop.doubts))
    return BackendPath(backend=backend, doubts=tuple(dict.fromkeys(texts)))
