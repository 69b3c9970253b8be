"""An address that one new peer alone has, though several people add peers at the same moment."""

import time
from collections.abc import Callable

from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh, Peer

TRIES = 20
PATIENCE = 4
"""Looks at a rival that has to move, before this one moves: the rival may have finished."""
PAUSE = 0.25


def claim_address(
    cluster: Cluster,
    store: PeerStore,
    created: Manifest,
    peer: Peer,
    choose: Callable[[Mesh], tuple[IPInterface, ...]],
    pause: float = PAUSE,
) -> tuple[Mesh, Peer]:
    """Return the mesh, and the peer with an address that it alone has, to which the created Peer is changed.

    Kilo gives an address to the peer whose name sorts first (kilo pkg/mesh/topology.go), so the other one moves.
    One that does not move has finished before, and its user has the address: then this one moves after all.
    """
    waited = 0
    for _ in range(TRIES):
        cluster.refresh()
        mesh = cluster.mesh()
        others = mesh.without_peer(peer.name)
        rivals = [other.name for other in others.peers if _overlap(other, peer)]
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


def _overlap(one: Peer, other: Peer) -> bool:
    return any(a.overlaps(b) for a in one.allowed_ips for b in other.allowed_ips)
