"""The changes that create the Peers that a cluster needs, in a safe order."""

import enum
from collections.abc import Iterable, Sequence

from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.peering.planning.remote_peer import RemotePeer
from kgctl_py.value import Value
from kgctl_py.wireguard import Key

SEGMENT_GONE = "its segment no longer exists"


class Action(enum.StrEnum):
    """A change of a Peer. TOUCH makes agents read a Peer again that they just dropped."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    TOUCH = "touch"


class Change(Value, frozen=True, kw_only=True):
    """A change of one Peer: its current and its desired state, and the reason."""

    action: Action
    name: str
    before: Peer | None = None
    after: RemotePeer | None = None
    why: str = ""

    @property
    def prunes(self) -> bool:
        """Whether it removes a Peer without a replacement."""
        return self.why == SEGMENT_GONE


def ordered_changes(
    existing: Iterable[Peer], desired: Iterable[RemotePeer], removed: Iterable[Change]
) -> tuple[Change, ...]:
    """Return the changes from `existing` to `desired` in a safe order, without those in `removed`.

    Agents keep Peers by public key, and forget a key when a Peer that had it is deleted or given another one,
    even if a second Peer has it by then (kilo pkg/mesh/mesh.go, syncPeers). So a key is released before another
    Peer gets it: deletions come first, then updates, each after the update that releases its key, and then
    creations. If updates form a circle, one Peer is deleted and created again.
    """
    deleted = tuple(removed)
    gone = {change.name for change in deleted}
    live = {peer.name: peer for peer in existing if peer.name not in gone}
    creations, updates, kept = [], [], []
    for remote in desired:
        before = live.get(remote.name)
        if before is None:
            creations.append(Change(action=Action.CREATE, name=remote.name, after=remote))
        elif differences := remote.differences(before):
            why = ", ".join(differences)
            updates.append(Change(action=Action.UPDATE, name=remote.name, before=before, after=remote, why=why))
        else:
            kept.append(before)
    deleted_first, created_last, updates = _released_first(updates)
    lost = {change.before.public_key for change in (*deleted, *updates) if change.before}
    touched = [
        Change(action=Action.TOUCH, name=peer.name, before=peer, why="another Peer that had its key changes")
        for peer in kept
        if peer.public_key in lost
    ]
    return (*deleted, *deleted_first, *updates, *touched, *creations, *created_last)


def _released_first(updates: Sequence[Change]) -> tuple[list[Change], list[Change], list[Change]]:
    """Return the deletions and creations that break circles, and the other updates in their order."""
    waiting = {change.name: change for change in updates}
    deletions: list[Change] = []
    creations: list[Change] = []
    done: list[Change] = []
    while waiting:
        free = [change for change in waiting.values() if not _waits(change, waiting.values())]
        if not free:
            change = next(iter(waiting.values()))
            deletions.append(Change(action=Action.DELETE, name=change.name, before=change.before, why="key moves"))
            creations.append(Change(action=Action.CREATE, name=change.name, after=change.after, why="key moves"))
            del waiting[change.name]
        for change in free:
            done.append(change)
            del waiting[change.name]
    return deletions, creations, done


def _waits(change: Change, others: Iterable[Change]) -> bool:
    key = _key_after(change)
    return any(_key_before(other) == key for other in others if other is not change)


def _key_before(change: Change) -> Key | None:
    return change.before.public_key if change.before else None


def _key_after(change: Change) -> Key | None:
    return change.after.public_key if change.after else None
