"""Addresses and keys that a Peer can be given: those that it asks for, or the next free address of a pool."""

from collections.abc import Iterable, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.mesh import pool as pools
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.model import Mesh
from kgctl_py.value import Value
from kgctl_py.wireguard import Key

DEFAULT_POOL = parse_cidr("10.5.0.0/16")
KEEPALIVE = 25
"""In seconds. Kilo treats a peer with a keepalive as roaming, and most routers forget a flow after 30 s."""


class AddressChoice(Value, frozen=True, kw_only=True):
    """How the addresses of one Peer are chosen, again if somebody takes them; `services` are never given away."""

    requested: tuple[IPInterface, ...] = ()
    pool: IPInterface = DEFAULT_POOL
    services: tuple[IPInterface, ...] = ()

    def choose(self, others: Mesh) -> tuple[IPInterface, ...]:
        """Return addresses that nothing in the mesh `others` has; raise KgctlError when there are none."""
        used = pools.used_networks(others, self.services)
        check_addresses_free(self.requested, used)
        return self.requested or (pools.next_free(self.pool, used),)


def check_addresses_free(allowed_ips: Iterable[IPInterface], used: Mapping[IPInterface, str]) -> None:
    """Raise KgctlError for addresses in a network that is used."""
    for cidr in allowed_ips:
        holder = pools.holder(cidr, used)
        if holder:
            raise KgctlError(f'the allowed IP "{cidr}" is already in use: {holder}')


def check_key_free(mesh: Mesh, key: Key) -> None:
    """Raise KgctlError for a public key that the mesh has: WireGuard would take the two for one."""
    holders = {node.key: f'node "{node.name}"' for node in mesh.nodes}
    holders |= {peer.public_key: f'peer "{peer.name}"' for peer in mesh.peers}
    if key in holders:
        raise KgctlError(f"the public key {key} is already in use by {holders[key]}")
