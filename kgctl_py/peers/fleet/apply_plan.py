"""Carry out the plan for a fleet, and remove new Peers again if their configurations are not written."""

import contextlib
from collections.abc import Callable, Sequence

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import read_peer
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note
from kgctl_py.peers.address_choice import AddressChoice
from kgctl_py.peers.claim_address import claim_address, rivals_of
from kgctl_py.peers.create_peer import created_for_block
from kgctl_py.peers.dry_run import DryRun, open_store
from kgctl_py.peers.fleet.differences import differences
from kgctl_py.peers.fleet.fleet_plan import Creation, FleetPlan, Update
from kgctl_py.peers.shared_key import update_sharers
from kgctl_py.system import delayed_interrupts
from kgctl_py.value import replace
from kgctl_py.wireguard import Key

Deliver = Callable[[Mesh, Sequence[Creation]], contextlib.AbstractContextManager[Callable[[], None]]]
"""Prepares the configurations of the new Peers in a mesh, and yields the function that delivers them."""


def ordered_updates(updates: Sequence[Update]) -> tuple[Update, ...]:
    """Return the changes in an order in which a Peer releases its key before another one takes it.

    Agents keep Peers by public key, and forget a key when a Peer that had it gets another one, even if a second
    Peer has it by then (kilo pkg/mesh/mesh.go, syncPeers). Raise KgctlError if Peers exchange their keys.
    """
    waiting, done = list(updates), []
    while waiting:
        free = [one for one in waiting if not _waits(one, waiting)]
        if not free:
            exchanged = ", ".join(f'"{one.before.name}"' for one in waiting)
            raise KgctlError(
                f"peers {exchanged} exchange their public keys, which is not possible in one step",
                hint="give one of them another key first",
            )
        done += free
        waiting = [one for one in waiting if one not in free]
    return tuple(done)


def _waits(update: Update, others: Sequence[Update]) -> bool:
    key = update.after.public_key
    return key != update.before.public_key and any(
        other.before.public_key == key for other in others if other is not update
    )


def apply_plan(cluster: Cluster, plan: FleetPlan, dry_run: DryRun | None, tell: Tell, deliver: Deliver) -> None:
    """Remove, change, and create the Peers, and report each; raise KgctlError at the first that fails.

    If a new Peer cannot be created, or the configurations cannot be delivered, all new Peers are removed again.
    """
    store = open_store(cluster, dry_run)
    released: dict[str, Key | None] = {creation.peer.name: None for creation in plan.creations}
    try:
        _remove_and_change(store, plan, released, tell)
        if dry_run:
            for creation in plan.creations:
                store.create(creation.declared.resource())
        else:
            _create(cluster, store, plan, tell, deliver)
    finally:  # also for what was changed before an error
        if not dry_run:
            update_sharers(store, released, tell)


def _remove_and_change(store: PeerStore, plan: FleetPlan, released: dict[str, Key | None], tell: Tell) -> None:
    """Remove and change Peers, and add to `released` the keys that they no longer have."""
    updates = ordered_updates(plan.updates)
    for peer in plan.removals:
        _remove(store, peer, tell)
        released[peer.name] = peer.public_key
    for update in updates:
        _change(store, update, tell)
        before, after = update.before, update.after
        released[before.name] = before.public_key if before.public_key != after.public_key else None


def _create(cluster: Cluster, store: PeerStore, plan: FleetPlan, tell: Tell, deliver: Deliver) -> None:
    with contextlib.ExitStack() as stack:
        made = [
            stack.enter_context(created_for_block(store, creation.declared.resource(), tell))
            for creation in plan.creations
        ]
        mesh, creations = _with_unique_addresses(cluster, store, plan, made)
        for creation in creations:
            cidrs = ", ".join(map(str, creation.peer.allowed_ips)) or "disabled"
            tell(note(f"{store.title(creation.peer.name)} created: {cidrs}"))
        finish = stack.enter_context(deliver(mesh, creations))
        with delayed_interrupts():  # either the Peers and their configurations stay, or neither
            finish()
            stack.close()


def _remove(store: PeerStore, peer: Peer, tell: Tell) -> None:
    title = store.title(peer.name)
    current = _current(store, peer)
    store.delete(peer.name, version=current["metadata"].get("resourceVersion", ""))
    tell(note(f"{title} removed"))


def _change(store: PeerStore, update: Update, tell: Tell) -> None:
    store.replace(update.declared.apply(_current(store, update.before)))
    tell(note(f"{store.title(update.before.name)} changed: {'; '.join(map(str, update.differences))}"))


def _current(store: PeerStore, peer: Peer) -> Manifest:
    """Return the Peer as it is stored; raise KgctlError if it changed since the plan."""
    current = store.get(peer.name)
    now = read_peer(current)
    if differences(peer, now) or now.labels.get(names.SET) != peer.labels.get(names.SET):
        raise KgctlError(f'another program changed peer "{peer.name}"', hint="run the command again")
    return current


def _with_unique_addresses(
    cluster: Cluster, store: PeerStore, plan: FleetPlan, made: Sequence[Manifest]
) -> tuple[Mesh, list[Creation]]:
    """Return the mesh with the new Peers, of which some have another address if somebody took theirs."""
    if made:
        cluster.refresh()
    mesh, creations = cluster.mesh() if made else plan.new, []
    for creation, manifest in zip(plan.creations, made, strict=True):
        peer = creation.peer
        if creation.takes_address and rivals_of(peer, mesh):
            choice = AddressChoice(pool=plan.pool, services=plan.services)
            mesh, peer = claim_address(cluster, store, manifest, peer, choice.choose)
        creations.append(replace(creation, peer=peer))
    return mesh, creations
