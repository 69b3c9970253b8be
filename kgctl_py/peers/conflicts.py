"""Conflicts: addresses and keys that another member of the mesh already has."""

from collections.abc import Iterable, Mapping

from kgctl_py.errors import KgctlError
from kgctl_py.mesh import pool
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh
from kgctl_py.wireguard import Key


def check_addresses_free(allowed_ips: Iterable[IPInterface], used: Mapping[IPInterface, str]) -> None:
    """Raise KgctlError for addresses in a used network."""
    for cidr in allowed_ips:
        holder = pool.holder(cidr, used)
        if holder:
            raise KgctlError(f'the allowed IP "{cidr}" is already in use: {holder}')


def check_key_free(mesh: Mesh, key: Key) -> None:
    """Raise KgctlError for a public key in the mesh, because WireGuard would treat both as one peer."""
    holders = {node.key: f'node "{node.name}"' for node in mesh.nodes}
    holders |= {peer.public_key: f'peer "{peer.name}"' for peer in mesh.peers}
    if key in holders:
        raise KgctlError(f"the public key {key} is already in use by {holders[key]}")
