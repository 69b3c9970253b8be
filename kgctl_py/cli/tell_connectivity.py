"""Print that the API server stops answering, and that it answers again."""

from typing import TYPE_CHECKING

from kgctl_py.cli.terminal import terminal
from kgctl_py.mesh.model import ago

if TYPE_CHECKING:
    from kgctl_py.kube.listwatch.connectivity import Connectivity


def tell_connectivity(connectivity: "Connectivity", before: "Connectivity") -> None:
    """Print on stderr that the API server is not reachable, or that it is again."""
    if connectivity.error:
        terminal.warn(f"{connectivity.error.message}: the mesh is taken to be as it was", connectivity.error.hint)
    else:
        terminal.say(f"the API server answers again, after {ago(int(connectivity.since - before.since))}")
