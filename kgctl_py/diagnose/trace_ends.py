"""The ends of `kgctl trace`: resolve SRC and DST of the command line in a mesh."""

import contextlib

from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import typed
from kgctl_py.mesh.address import IPAddress, parse_cidr
from kgctl_py.mesh.claims import Kind, Place
from kgctl_py.mesh.find_by_name import similar_names
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.routing.look_up_route import RoutingTables
from kgctl_py.mesh.routing.trace import Trace, trace
from kgctl_py.mesh.routing.trace_targets import Target, destination_at, node_target, peer_target, source_at
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard.endpoint import parse_endpoint, parse_ip

End = IPAddress | Place


def find_end(text: str, mesh: Mesh) -> End:
    """Return an address unchanged, or the node or peer with the name.

    Raise KgctlError if nothing has the name, or UsageError if both a node and a peer have it.
    """
    ip = parse_ip(text)
    if ip:
        return ip
    places = {str(place): place for place in _places(mesh)}
    candidates = [places[name] for name in (text, f"node/{text}", f"peer/{text}") if name in places]
    if len(candidates) > 1:
        shown = " or ".join(f"{str(place).partition('/')[0]}/{typed(place.name)}" for place in candidates)
        raise UsageError(f'"{text}" is both a node and a peer', hint=f"use {shown}")
    if not candidates:
        raise KgctlError(
            f'node or peer "{text}" not found in the cluster, and it is not an IP address',
            hint=_one_address(text) or similar_names("names", text, {place.name for place in places.values()}),
        )
    return candidates[0]


def _one_address(text: str) -> str:
    """Return the hint for an address with a port or a prefix length, which `trace` does not accept."""
    with contextlib.suppress(ValueError):
        ip = parse_endpoint(text).ip
        return f"leave out the port: {ip}" if ip else ""
    with contextlib.suppress(ValueError):
        cidr = parse_cidr(text)
        is_network = cidr == cidr.masked() and cidr.prefixlen < cidr.max_prefixlen
        one = cidr._replace(number=cidr.number + 1) if is_network else cidr
        return f"use one address of the network, such as {one.ip}"
    return ""


def trace_between(tables: RoutingTables, source: End, destination: End) -> Trace:
    """Return the path of a packet from `source` to `destination`, and the path back."""
    mesh, topology = tables.mesh, tables.topology
    return trace(
        tables,
        source_target(source, mesh, topology),
        _member(destination, mesh, topology) if isinstance(destination, Place) else destination_at(destination),
    )


def source_target(source: End, mesh: Mesh, topology: Topology) -> Target:
    """Return the source of a trace."""
    return _member(source, mesh, topology) if isinstance(source, Place) else source_at(source, mesh, topology)


def _places(mesh: Mesh) -> list[Place]:
    nodes = [Place(Kind.NODE, node.name) for node in mesh.nodes]
    return nodes + [Place(Kind.PEER, peer.name) for peer in mesh.peers]


def _member(place: Place, mesh: Mesh, topology: Topology) -> Target:
    if place.kind is Kind.NODE:
        return node_target(next(node for node in mesh.nodes if node.name == place.name), mesh, topology)
    return peer_target(next(peer for peer in mesh.peers if peer.name == place.name))
