"""The next free address of a pool, and the networks of a mesh that are used."""

from collections.abc import Iterable, Iterator, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface, host_cidr, masked
from kgctl_py.mesh.nodes_and_peers import Mesh, Node

KILO_SUBNET = "the Kilo subnet"
_HAS_BROADCAST = 4
_WIDEST = {4: 16, 6: 48}
"""Bits by IP version; a wider network of a node is that of a whole site, of which only a part is used."""


def used_networks(mesh: Mesh, services: Iterable[IPInterface] = ()) -> dict[IPInterface, str]:
    """Return every network of the nodes and peers, ready or not, with its owner."""
    from kgctl_py.mesh.build_with_agreed_settings import (  # `kgctl manifests` does not need this module
        agreed_subnet,
        stated_subnets,
    )

    used = dict.fromkeys(services, "a Service CIDR")
    used |= dict.fromkeys((agreed_subnet(mesh), *stated_subnets(mesh)), KILO_SUBNET)
    for node in mesh.nodes:
        used |= {cidr: f'the {what} of node "{node.name}"' for cidr, what in _of_node(node) if cidr}
    for peer in mesh.peers:
        used |= dict.fromkeys(peer.allowed_ips, f'an allowed IP of peer "{peer.name}"')
        used |= dict.fromkeys(peer.disabled_ips, f'an allowed IP of the disabled peer "{peer.name}"')
    return used


def _of_node(node: Node) -> Iterator[tuple[IPInterface | None, str]]:
    yield node.subnet, "pod CIDR"
    if node.internal_ip and node.internal_ip.prefixlen >= _WIDEST[node.internal_ip.version]:
        yield masked(node.internal_ip), "network"
    elif node.internal_ip:
        yield host_cidr(node.internal_ip.ip), "internal IP"
    if node.endpoint and node.endpoint.ip:
        yield host_cidr(node.endpoint.ip), "endpoint"
    for cidr in node.allowed_location_ips:
        yield cidr, "allowed location IP"


def holder(cidr: IPInterface, used: Mapping[IPInterface, str]) -> str:
    """Return the network that overlaps `cidr` and its owner, as text; empty if `cidr` is free."""
    for other, what in used.items():
        if cidr.overlaps(other):
            return f"{other} is {what}"
    return ""


def next_free(pool: IPInterface, used: Iterable[IPInterface]) -> IPInterface:
    """Return the first address of `pool` that is in no used network; raise KgctlError if all are used.

    The first address of the pool, and the last one for IPv4, are not used, because some routers reserve them.
    """
    network = pool.network
    taken = sorted(
        (cidr.network for cidr in used if cidr.version == network.version),
        key=lambda net: int(net.network_address),
    )
    candidate = int(network.network_address) + (network.num_addresses > 1)
    for other in taken:
        if int(other.network_address) <= candidate <= int(other.broadcast_address):
            candidate = int(other.broadcast_address) + 1
        elif int(other.network_address) > candidate:
            break
    last = int(network.broadcast_address) - (network.version == _HAS_BROADCAST and network.num_addresses > 1)
    if candidate > last:
        hint = "choose another network with --pool CIDR"
        raise KgctlError(f'the pool "{network}" has no free address left', hint=hint)
    return host_cidr(type(network.network_address)(candidate))
