"""Changes of Peers that are judged and not made."""

import enum

from kgctl_py.cluster.interface import Cluster, PeerStore


class DryRun(enum.StrEnum):
    """`--dry-run`: who judges what would be done."""

    CLIENT = "client"
    SERVER = "server"


def open_store(cluster: Cluster, dry_run: DryRun | None) -> PeerStore:
    """Return where Peers are changed; the server forgets the changes of a dry run."""
    return cluster.peers(dry_run=dry_run is DryRun.SERVER)
