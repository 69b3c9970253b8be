"""The leaders that are behind NAT according to the mesh, and that must open their tunnels themselves."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from kgctl_py.mesh.address import IPAddress, is_reachable
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.mesh.topology import Topology
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.conf import clamped


def leaders_behind_nat(topology: Topology) -> frozenset[str]:
    """Return the names of the leaders that are known to be behind NAT.

    Nodes behind NAT need a keepalive, and Kilo records the endpoint at which others see a node with a keepalive.
    So a leader with a keepalive is behind NAT if another location sees it at an endpoint that is not its own.
    If no other location has seen it, it counts as behind NAT if its endpoint is private and another one is not.
    """
    sightings, private = _sightings(topology), leaders_with_private_endpoint(topology)
    leaders = [segment.leader for segment in topology.segments]
    return frozenset(
        leader.name
        for leader in leaders
        if clamped(leader.persistent_keepalive)
        and _is_translated(leader, sightings[str(leader.key)], is_private=leader.name in private)
    )


def leaders_with_private_endpoint(topology: Topology) -> frozenset[str]:
    """Return the names of the leaders with a private address as their endpoint, if others have a public one."""
    addresses = {segment.leader.name: _address(segment.leader.endpoint) for segment in topology.segments}
    private = frozenset(name for name, ip in addresses.items() if ip and not is_reachable(ip))
    others = any(ip and name not in private for name, ip in addresses.items())
    return private if others else frozenset()


def _sightings(topology: Topology) -> Mapping[str, list[tuple[str, Endpoint]]]:
    """Return each endpoint at which a node sees a public key, with the location of the node, by key."""
    found: dict[str, list[tuple[str, Endpoint]]] = defaultdict(list)
    for segment in topology.segments:
        for node in segment.nodes:
            for key, endpoint in node.discovered_endpoints.items():
                found[key].append((node.location, endpoint))
    return found


def _is_translated(leader: Node, sightings: Collection[tuple[str, Endpoint]], *, is_private: bool) -> bool:
    if leader.endpoint is None or leader.endpoint.ip is None:  # a name that is not resolved can be any address
        return False
    own = (leader.endpoint.ip, leader.endpoint.port)
    internal = leader.internal_ip and leader.internal_ip.ip
    seen = [endpoint for location, endpoint in sightings if location != leader.location and endpoint.ip]
    if not seen:
        return is_private
    return any((endpoint.ip, endpoint.port) != own and endpoint.ip != internal for endpoint in seen)


def _address(endpoint: Endpoint | None) -> IPAddress | None:
    return endpoint.ip if endpoint else None
