"""Remove a peering: only the Peers for the other cluster."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note
from kgctl_py.peering.apply_changes import PeerWriter
from kgctl_py.peering.members.member import stands_for
from kgctl_py.peering.members.read_members import Side, named, read_uid
from kgctl_py.peering.planning.peer_changes import Action, Change
from kgctl_py.peers.shared_key import update_sharers
from kgctl_py.value import Value
from kgctl_py.wireguard import Key

T = TypeVar("T")


class Removal(Value, frozen=True, kw_only=True):
    """The Peers of one cluster to remove; all are for the cluster `other`."""

    side: Side
    other: str
    peers: tuple[Peer, ...]


def removals_of_pair(first: Side, second: Side) -> tuple[Removal, ...]:
    """Return the Peers to remove from both clusters; raise KgctlError if one is unreadable, or another one."""
    uids = {side.name: _ask(side, read_uid) for side in (first, second)}
    if uids[first.name] and uids[first.name] == uids[second.name]:
        raise KgctlError(
            f'"{first.name}" and "{second.name}" are the same cluster', hint="name two different clusters"
        )
    return tuple(_removal(side, other, uids[other.name]) for side, other in ((first, second), (second, first)))


def removals_of_one(side: Side, other: str | None) -> tuple[Removal, ...]:
    """Return the Peers to remove from one cluster only, for any identity of the other one.

    Raise KgctlError if the cluster has several peerings and `other` selects none of them.
    """
    mesh = _ask(side, lambda cluster: cluster.mesh())
    found = sorted({peer.labels[names.PEERING] for peer in mesh.peers if names.PEERING in peer.labels})
    if other is None and len(found) > 1:
        raise KgctlError(
            f'"{side.name}" has several peerings: {", ".join(found)}',
            hint=f"to remove one of them: --peering {typed(found[0])}",
        )
    wanted = found[0] if other is None and found else other or ""
    peers = tuple(peer for peer in mesh.peers if found and peer.labels.get(names.PEERING) == wanted)
    return (Removal(side=side, other=wanted, peers=peers),)


def remove(removals: Sequence[Removal], tell: Tell, *, dry_run: bool = False) -> None:
    """Delete the Peers, one cluster after the other; raise KgctlError for the first that cannot be deleted."""
    for removal in removals:
        side = removal.side
        removed: dict[str, Key | None] = {}
        writer = PeerWriter(side.cluster, dry_run=dry_run)
        try:
            for peer in removal.peers:
                _delete(writer, side, peer)
                removed[peer.name] = peer.public_key
        finally:  # also for the Peers that were removed before an error
            if not dry_run:
                update_sharers(side.cluster.peers(), removed, tell)
        count = f"{len(removal.peers)} Peer{'s' if len(removal.peers) != 1 else ''}"
        place = side.folder or side.name
        done = f"would be removed from {place} (dry run)" if dry_run else f"removed from {place}"
        tell(note(f"{count} for {removal.other} {done}"))


def _delete(writer: PeerWriter, side: Side, peer: Peer) -> None:
    try:
        writer.apply(Change(action=Action.DELETE, name=peer.name, before=peer))
    except KgctlError as error:
        what = f'cluster "{side.name}": cannot delete peer "{peer.name}"'
        raise KgctlError(f"{what}: {error.message}", hint=error.hint or "run the command again") from None


def _removal(side: Side, other: Side, uid: str) -> Removal:
    mesh: Mesh = _ask(side, lambda cluster: cluster.mesh())
    labelled = [peer for peer in mesh.peers if peer.labels.get(names.PEERING) == other.name]
    peers = tuple(peer for peer in labelled if stands_for(peer, other.name, uid))
    if labelled and not peers:
        raise KgctlError(
            f'"{other.name}" is not the same cluster as before: {len(labelled)} '
            f"Peer{'s' if labelled[1:] else ''} in {side.name} {'are' if labelled[1:] else 'is'} for "
            "the cluster that had this name",
            hint=f"to remove only what is in {side.name}: kgctl peering rm {side.argument} --peering {other.name}",
        )
    renamed = next(
        (
            peer.labels[names.PEERING]
            for peer in mesh.peers
            if uid and names.PEERING in peer.labels and peer.annotations.get(names.PEERING_UID) == uid
        ),
        None,
    )
    if not peers and renamed:
        raise KgctlError(
            f'"{side.name}" knows the cluster "{other.name}" as "{renamed}"',
            hint=f"use that name: kgctl peering rm {side.argument} {other.argument_as(typed(renamed))}",
        )
    return Removal(side=side, other=other.name, peers=peers)


def _ask(side: Side, ask: Callable[[Cluster], T]) -> T:
    try:
        return ask(side.cluster)
    except KgctlError as error:
        raise named(side, error) from None
