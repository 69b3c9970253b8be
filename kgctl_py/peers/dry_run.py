"""Dry runs: changes of Peers that are validated but not stored."""

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster, PeerStore


class DryRun(enum.StrEnum):
    """`--dry-run`: who validates the changes."""

    CLIENT = "client"
    SERVER = "server"


def open_store(cluster: "Cluster", dry_run: DryRun | None) -> "PeerStore":
    """Return the store that changes Peers; the server does not store the changes of a dry run."""
    return cluster.peers(dry_run=dry_run is DryRun.SERVER)


def check_existing(cluster: "Cluster", dry_run: DryRun | None, *names: str) -> None:
    """Raise KgctlError unless the Peers exist, and the cluster can be changed or the server is not asked."""
    store = open_store(cluster, dry_run)
    if dry_run is not DryRun.CLIENT:
        store.check_existing()  # raises for a saved cluster
    store.check_existing(*names)
