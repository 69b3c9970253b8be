"""Free addresses for a new Peer: the requested ones, or the next one of a pool; and whether its key is free."""

from collections.abc import Iterable, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface, parse_cidr, unusable
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.cidr import IPV6

DEFAULT_POOL = parse_cidr("10.5.0.0/16")
DEFAULT_IPV6_POOL = parse_cidr("fd00:5::/64")
"""The pool of a mesh whose pods have only IPv6, which an IPv4 address does not reach."""
DEFAULT_POOLS = f"default {DEFAULT_POOL}, or {DEFAULT_IPV6_POOL} if pods have only IPv6"

KEEPALIVE = 25
"""In seconds. Kilo treats a peer with a keepalive as roaming, and most routers forget a flow after 30 s."""

_CHOOSE = "choose another address"
_OUTSIDE = "choose an address outside of this network"


class AddressChoice(Value, frozen=True, kw_only=True):
    """How to choose the addresses of a Peer, also again after a conflict; `services` are never assigned.

    Without a `pool`, they are from the default one.
    """

    requested: tuple[IPInterface, ...] = ()
    pool: IPInterface | None = None
    services: tuple[IPInterface, ...] = ()

    def choose(self, others: Mesh) -> tuple[IPInterface, ...]:
        """Return addresses that are free in the mesh `others`; raise KgctlError if none is free."""
        used = free_address.used_networks(others, self.services)
        check_addresses_free(self.requested, used)
        if self.requested:
            return self.requested
        chosen = free_address.next_free(self.pool or default_pool(others), used)
        check_usable(chosen)
        return (chosen,)


def default_pool(mesh: Mesh) -> IPInterface:
    """Return the pool with addresses of the IP version that the pods have."""
    versions = {node.subnet.version for node in mesh.nodes if node.subnet}
    return DEFAULT_IPV6_POOL if versions == {IPV6} else DEFAULT_POOL


def check_addresses_free(
    allowed_ips: Iterable[IPInterface], used: Mapping[IPInterface, str], hint: str = ""
) -> None:
    """Raise KgctlError if an address is in a used network, or if no peer can have it."""
    for cidr in allowed_ips:
        check_usable(cidr, hint or _CHOOSE)
        holder = free_address.holder(cidr, used)
        if holder:
            raise KgctlError(f'the allowed IP "{cidr}" is already in use: {holder}', hint=hint or _OUTSIDE)


def check_usable(cidr: IPInterface, hint: str = _CHOOSE) -> None:
    """Raise KgctlError if no peer can have the address."""
    if why := unusable(cidr):
        raise KgctlError(f'the allowed IP "{cidr}" {why}, so no peer can have it', hint=hint)


def check_key_free(mesh: Mesh, key: Key) -> None:
    """Raise KgctlError if a node or peer already has the public key, because WireGuard would confuse the two."""
    holders = {node.key: f'node "{node.name}"' for node in mesh.nodes}
    holders |= {peer.public_key: f'peer "{peer.name}"' for peer in mesh.peers}
    if key in holders:
        raise KgctlError(f"the public key {key} is already in use by {holders[key]}")
