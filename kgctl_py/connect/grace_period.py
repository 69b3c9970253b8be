"""Nodes that could not renew their last-seen while the API server was away are ready for another while."""

from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.model import READY_SECONDS, Mesh
from kgctl_py.value import replace


class GracePeriod:
    """The time after an outage in which nodes are judged as if it had not been: they renew last-seen in it."""

    def __init__(self) -> None:
        self._outage = 0.0
        self._end = 0.0

    def on_connectivity(self, now: Connectivity, before: Connectivity) -> None:
        """Note that the API server does not answer any more, or answers again."""
        if before.error and not now.error:
            self._outage = now.since - before.since
            self._end = now.since + READY_SECONDS

    def judged(self, mesh: Mesh, now: float) -> Mesh:
        """Return the mesh as it is judged at the local Unix time `now`."""
        return replace(mesh, now=mesh.now - self._outage) if now < self._end else mesh
