"""The addresses of a new Peer: the requested ones, or the next free one of a pool."""

from kgctl_py.mesh import pool as pools
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.model import Mesh
from kgctl_py.peers.conflicts import check_addresses_free
from kgctl_py.value import Value

DEFAULT_POOL = parse_cidr("10.5.0.0/16")


class AddressChoice(Value, frozen=True, kw_only=True):
    """Chooses the addresses of one Peer, also again if somebody takes them, and none in `services`."""

    requested: tuple[IPInterface, ...] = ()
    pool: IPInterface = DEFAULT_POOL
    services: tuple[IPInterface, ...] = ()

    def choose(self, others: Mesh) -> tuple[IPInterface, ...]:
        """Return addresses that nothing in the mesh `others` has; raise KgctlError if there are none."""
        used = pools.used_networks(others, self.services)
        check_addresses_free(self.requested, used)
        return self.requested or (pools.next_free(self.pool, used),)
