"""Two people adding a peer at one moment must not both get the same address."""

import time
from collections.abc import Callable
from typing import Any

from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh, Peer

TRIES = 20
PATIENCE = 4
"""Looks at a rival that must give way, before giving way to it: it may have finished and be gone."""
PAUSE = 0.25


def claim_address(
    cluster: Cluster,
    store: PeerStore,
    created: dict[str, Any],
    peer: Peer,
    choose: Callable[[Mesh], tuple[IPInterface, ...]],
    pause: float = PAUSE,
) -> tuple[Mesh, Peer]:
    """Return the mesh and the peer with an address that it alone has, changing the created Peer until it has.

    Kilo gives an address to the peer whose name sorts first (kilo pkg/mesh/topology.go), so the other moves;
    one that could no longer be told is not taken from: then this one moves after all.
    """
    waited = 0
    for _ in range(TRIES):
        cluster.refresh()
        mesh = cluster.mesh()
        others = mesh.without_peer(peer.name)
        rivals = [other.name for other in others.peers if _share(other, peer)]
        if not rivals:
            return mesh, peer
        if min(rivals) > peer.name and waited < PATIENCE:
            waited += 1
            time.sleep(pause)
            continue
        waited = 0
        peer = peer.with_allowed_ips(choose(others))
        created["spec"]["allowedIPs"] = [str(cidr) for cidr in peer.allowed_ips]
        created = store.replace(created)
    raise KgctlError(f'peer "{peer.name}" found no address that it alone has: others keep taking them')


def _share(one: Peer, other: Peer) -> bool:
    return any(a.overlaps(b) for a in one.allowed_ips for b in other.allowed_ips)
