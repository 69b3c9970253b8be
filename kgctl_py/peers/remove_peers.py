"""Remove Peers one after the other, after all of them were found."""

from collections.abc import Iterable

from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.notice import Tell, note
from kgctl_py.peers.dry_run import DryRun, check_existing, open_store
from kgctl_py.peers.one_after_the_other import change_each
from kgctl_py.peers.shared_key import update_sharers
from kgctl_py.wireguard import Key


def remove_peers(cluster: Cluster, names: Iterable[str], dry_run: DryRun | None, tell: Tell) -> None:
    """Remove the Peers, and report each; raise KgctlError before any change if one does not exist."""
    store = open_store(cluster, dry_run)
    unique = tuple(dict.fromkeys(names))
    check_existing(cluster, dry_run, *unique)
    keys = {peer.name: peer.public_key for peer in store.known_peers()}
    removed: dict[str, Key | None] = {}

    def remove(name: str) -> None:
        _remove(store, name, dry_run, tell)
        removed[name] = keys[name]

    try:
        change_each(unique, remove)
    finally:  # also for the Peers that were removed before an error
        if dry_run is None:
            update_sharers(store, removed, tell)


def _remove(store: PeerStore, name: str, dry_run: DryRun | None, tell: Tell) -> None:
    title = store.title(name)
    if dry_run is not DryRun.CLIENT:
        store.delete(name)
    tell(note(f"{title} {'would be removed (dry run)' if dry_run else 'removed'}"))
