"""The sources of a mesh; a cluster reads each object once, and keeps it until `refresh`."""

import abc
from typing import TYPE_CHECKING

from kgctl_py.mesh.nodes_and_peers import Mesh

if TYPE_CHECKING:
    from kgctl_py.kilo.find_networks import Networks
    from kgctl_py.kube.objects.reader import Objects


class KeptReads(abc.ABC):
    """The part of a Cluster that keeps its mesh and its networks."""

    def __init__(self) -> None:
        self._mesh: Mesh | None = None
        self._networks: Networks | None = None

    def mesh(self) -> Mesh:
        """Return all Nodes and Peers, read once; raise KgctlError if they cannot be read completely."""
        if self._mesh is None:
            self._mesh = self._read_mesh()
        return self._mesh

    def networks(self) -> "Networks":
        """Return the network settings of the cluster, which are detected once."""
        if self._networks is None:
            self._networks = self._find_networks()
        return self._networks

    def refresh(self) -> None:
        """Discard what was read."""
        self._mesh = self._networks = None

    @abc.abstractmethod
    def objects(self) -> "Objects":
        """Return the reader of other objects."""

    @abc.abstractmethod
    def _read_mesh(self) -> Mesh:
        """Read all Nodes and Peers."""

    def _find_networks(self) -> "Networks":
        from kgctl_py.kilo.find_networks import find_networks  # most commands do not need it

        return find_networks(self.objects(), self.mesh)
