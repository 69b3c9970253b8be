"""Remove the expired Peers."""

from kgctl_py.cluster.interface import Cluster
from kgctl_py.notice import Tell, note
from kgctl_py.peers.dry_run import DryRun
from kgctl_py.peers.remove_peers import remove_peers


def remove_expired(cluster: Cluster, dry_run: DryRun | None, tell: Tell) -> tuple[str, ...]:
    """Remove the expired Peers, report each, and return their names."""
    mesh = cluster.mesh()
    due = tuple(peer.name for peer in mesh.peers if peer.is_expired(mesh.now))
    if not due:
        tell(note("no peer has expired"))
        return ()
    remove_peers(cluster, due, dry_run, tell)
    return due
