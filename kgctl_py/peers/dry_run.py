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
