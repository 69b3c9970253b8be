"""Find old Peers that no node has seen.

A node reports where it sees a peer after a handshake, and forgets it when its WireGuard interface is created again
(kilo pkg/mesh/mesh.go, discoverNATEndpoints).
"""

import contextlib
import datetime
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.value import Value


class UnseenPeer(Value, frozen=True):
    """A Peer that no node has seen, and its age in seconds."""

    peer: Peer
    age: float


def find_unseen(cluster: Cluster, older_than: float) -> tuple[UnseenPeer, ...]:
    """Return the ready Peers that no node has seen and that are older than a number of seconds, by name.

    Peers of `kgctl connect`, of a peering, and of a ClusterMesh are not among them. Raise KgctlError if the nodes
    report no endpoints at all, because they may not report any. Each Peer that was not seen costs a request.
    """
    mesh = cluster.mesh()
    unseen = tuple(_unseen(mesh))
    store = cluster.peers()
    aged = tuple((peer, _age(store, peer.name, mesh.now)) for peer in unseen)
    if aged and all(age is None for _, age in aged):
        raise KgctlError("the age of the peers is unknown: they have no creationTimestamp")
    return tuple(UnseenPeer(peer, age) for peer, age in aged if age is not None and age > older_than)


def _unseen(mesh: Mesh) -> Iterator[Peer]:
    seen = {key for node in mesh.nodes for key in node.discovered_endpoints}
    if not seen:
        raise KgctlError(
            "no node reports the endpoint of a peer, so kgctl does not know which peers have connected",
            hint="to see what nodes report: kgctl get peers -o wide",
        )
    for peer in mesh.ready_peers:
        if str(peer.public_key) not in seen and not _is_of_a_program(peer):
            yield peer


def _is_of_a_program(peer: Peer) -> bool:
    return bool({names.PEERING, names.CLUSTERMESH} & peer.labels.keys()) or names.CONNECTED in peer.annotations


def _age(store: PeerStore, name: str, now: float) -> float | None:
    """Return the age of a Peer in seconds; None if its time of creation cannot be read."""
    created = store.get(name)["metadata"].get("creationTimestamp")
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return now - datetime.datetime.fromisoformat(created).timestamp()
    return None
