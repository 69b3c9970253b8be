"""Where a mesh is read from, whatever that is."""

from typing import Protocol

from kgctl_py.mesh.model import Mesh


class Backend(Protocol):
    """A place that holds Nodes and Peers: an API server, a file."""

    def mesh(self) -> Mesh:
        """Read all Nodes and Peers; raise KgctlError when they cannot be had whole."""
        ...
