"""Claim a unique address for a new peer, even if several people add peers at the same time."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore

TRIES = 20
PATIENCE = 4
"""The number of checks whether the other peer moves, before this one moves."""
PAUSE = 0.25


def claim_address(
    cluster: "Cluster",
    store: "PeerStore",
    created: "Manifest",
    peer: Peer,
    choose: Callable[[Mesh], tuple[IPInterface, ...]],
    pause: float = PAUSE,
) -> tuple[Mesh, Peer]:
    """Change the created Peer to a unique address; return the mesh and the peer.

    Kilo gives an address to the peer whose name sorts first (kilo pkg/mesh/topology.go), so the other one moves.
    If the other one does not move, its command already finished and its user has the address, so this one moves.
    """
    waited = 0
    for _ in range(TRIES):
        cluster.refresh()
        mesh = cluster.mesh()
        others = mesh.without_peer(peer.name)
        rivals = rivals_of(peer, mesh)
        if not rivals:
            return mesh, peer
        if min(rivals) > peer.name and waited < PATIENCE:
            waited += 1
            time.sleep(pause)
            continue
        waited = 0
        peer = peer.with_allowed_ips(choose(others))
        allowed_ips = [str(cidr) for cidr in peer.allowed_ips]
        created = store.replace({**created, "spec": {**created["spec"], "allowedIPs": allowed_ips}})
    raise KgctlError(f'peer "{peer.name}" cannot get a free address: other processes keep taking them')


def rivals_of(peer: Peer, mesh: Mesh) -> list[str]:
    """Return the names of other peers in `mesh` that have an address of `peer`."""
    return [other.name for other in mesh.peers if other.name != peer.name and _overlap(other, peer)]


def _overlap(one: Peer, other: Peer) -> bool:
    return any(a.overlaps(b) for a in one.allowed_ips for b in other.allowed_ips)
