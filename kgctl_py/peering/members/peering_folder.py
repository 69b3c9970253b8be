"""A cluster whose Peers for other clusters are in a Git folder, which another program applies."""

from collections.abc import Collection

from kgctl_py import names
from kgctl_py.cluster.git.git_cluster import GitCluster
from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.cluster.interface import Cluster
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.value import replace


class PeeringFolder(GitCluster):
    """A Cluster whose Peers for `others` are in a locked folder, to join it with them or to separate it.

    Peers for `others` in the underlying cluster are ignored: they come from the folder, or must be added to it.
    None as `others` means all clusters with which this one is joined.
    """

    def __init__(self, folder: Folder, below: Cluster, others: Collection[str] | None) -> None:
        super().__init__(folder, below, needs_nodes=True)
        self._others = others

    def mesh(self) -> Mesh:
        """Return the mesh of the underlying cluster, with the Peers of the folder."""
        below = self._read_below()
        others = (peer for peer in below.peers if not self._is_for_others(peer))
        peers = {peer.name: peer for peer in (*others, *self._store.known_peers())}
        return replace(below, peers=tuple(peers[name] for name in sorted(peers)))

    def only_in_cluster(self) -> frozenset[str]:
        """Return the Peers of the underlying cluster that are not in the folder."""
        kept = {peer.name for peer in self._store.known_peers()}
        return frozenset(peer.name for peer in self._read_below().peers) - kept

    def names_for_others(self) -> frozenset[str]:
        """Return the Peers of the underlying cluster for the other clusters."""
        peers = self._read_below().peers
        return frozenset(peer.name for peer in peers if self._is_for_others(peer))

    def _is_for_others(self, peer: Peer) -> bool:
        other = peer.labels.get(names.PEERING)
        return other is not None and (self._others is None or other in self._others)
