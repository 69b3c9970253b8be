"""A grace period for nodes that could not update their last-seen while the API server was unreachable."""

from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.nodes_and_peers import READY_SECONDS, Mesh
from kgctl_py.value import replace


class GracePeriod:
    """The time after an outage in which nodes can update their last-seen; the outage does not count."""

    def __init__(self) -> None:
        self._outage = 0.0
        self._end = 0.0

    def on_connectivity(self, now: Connectivity, before: Connectivity) -> None:
        """Record that the API server stops or starts responding."""
        if before.error and not now.error:
            self._outage = now.since - before.since
            self._end = now.since + READY_SECONDS

    def judged(self, mesh: Mesh, now: float) -> Mesh:
        """Return the mesh with the time for deciding which nodes are ready; `now` is the local Unix time."""
        return replace(mesh, now=mesh.now - self._outage) if now < self._end else mesh
