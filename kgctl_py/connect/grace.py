"""Nodes that could not tell that they are there, because the API server was not, are not taken for gone."""

from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.model import READY_SECONDS, Mesh
from kgctl_py.value import replace


class Grace:
    """After an outage nodes are judged as if it had not been, for as long as each has to tell that it is there."""

    def __init__(self) -> None:
        self._outage = 0.0
        self._end = 0.0

    def connectivity(self, now: Connectivity, before: Connectivity) -> None:
        """Learn that the API server is gone, or that it is back."""
        if before.error and not now.error:
            self._outage = now.since - before.since
            self._end = now.since + READY_SECONDS

    def judged(self, mesh: Mesh, now: float) -> Mesh:
        """Give the mesh as it is to be judged at the local Unix time `now`."""
        return replace(mesh, now=mesh.now - self._outage) if now < self._end else mesh
