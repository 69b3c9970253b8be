"""Choose the keys, addresses, and keepalives of new Peers that the files of a fleet leave out."""

from collections.abc import Iterable, Iterator, Sequence

from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.peers.address_choice import KEEPALIVE
from kgctl_py.peers.fleet.declared_peer import DeclaredPeer
from kgctl_py.value import replace
from kgctl_py.wireguard import Key, keygen


def completed(
    declared: Sequence[DeclaredPeer],
    meshes: Iterable[Mesh],
    pool: IPInterface,
    services: Iterable[IPInterface],
) -> Iterator[tuple[DeclaredPeer, Key | None, bool]]:
    """Yield each new Peer with all its fields, its generated private key, and whether its address was chosen.

    An address that something in one of the `meshes` has is not chosen; raise KgctlError if none is left.
    """
    used: dict[IPInterface, str] = {}
    services = tuple(services)
    for mesh in meshes:
        used |= free_address.used_networks(mesh, services)
    for one in declared:
        used |= dict.fromkeys(one.peer().allowed_ips, one.name)
    for one in declared:
        full, private, chooses = one, None, "allowedIPs" not in one.spec
        if one.is_disabled:
            full, chooses = one.with_spec(allowedIPs=[]), False
        elif chooses:
            address = free_address.next_free(pool, used)
            used[address] = one.name
            full = full.with_spec(allowedIPs=[str(address)])
        if "publicKey" not in one.spec:
            private = keygen.generate_private_key()
            full = full.with_spec(publicKey=str(keygen.public_key(private)))
        if "persistentKeepalive" not in one.spec:
            full = full.with_spec(persistentKeepalive=KEEPALIVE)
        yield _ordered(full), private, chooses


def _ordered(declared: DeclaredPeer) -> DeclaredPeer:
    """Return the same Peer with its fields by name, as kgctl writes every Peer."""
    return replace(declared, spec=dict(sorted(declared.spec.items())))
