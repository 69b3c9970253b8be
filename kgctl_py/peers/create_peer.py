"""Create a Peer, and remove it again if its configuration, which has the only copy of the key, is not written."""

import contextlib
import http
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import typed
from kgctl_py.kilo.peers import manifest
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peers.address_choice import AddressChoice, check_key_free
from kgctl_py.peers.claim_address import claim_address
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore


class PlannedPeer(Value, frozen=True):
    """A Peer to create, and how to choose its addresses again if somebody takes them."""

    peer: Peer
    addresses: AddressChoice

    def manifest(self) -> "Manifest":
        """Return the Peer as a resource."""
        return manifest(self.peer, self.peer.annotations)


def plan_peer(
    cluster: "Cluster", draft: Peer, requested: tuple[IPInterface, ...], pool: IPInterface | None
) -> PlannedPeer:
    """Return `draft` with addresses; raise KgctlError if its name, its key, or its addresses are taken."""
    mesh = cluster.mesh()
    cluster.peers().check_new(draft.name)
    if draft.public_key:
        check_key_free(mesh, draft.public_key)
    addresses = AddressChoice(requested=requested, pool=pool, services=cluster.networks().services)
    return PlannedPeer(draft.with_allowed_ips(addresses.choose(mesh)), addresses)


@contextlib.contextmanager
def create_peer(cluster: "Cluster", planned: PlannedPeer, tell: Tell) -> Iterator[tuple[Mesh, Peer]]:
    """Create the Peer for the block, and yield the mesh and the Peer with its unique addresses.

    If the block fails or is interrupted, or the server does not respond, the Peer is removed again.
    """
    store = cluster.peers()
    with created_for_block(store, planned.manifest(), tell) as created:
        yield claim_address(cluster, store, created, planned.peer, planned.addresses.choose)


@contextlib.contextmanager
def created_for_block(store: "PeerStore", resource: "Manifest", tell: Tell) -> "Iterator[Manifest]":
    """Create the Peer `resource`, and yield it as it is stored; remove it again if the block fails."""
    created: Manifest | None = None
    try:
        created = store.create(resource)
        yield created
    except BaseException as error:  # also for Ctrl-C: the Peer must not stay
        if created or not _is_refused(error):  # refused: nothing was created
            _remove(store, resource, tell)
        raise


def _is_refused(error: BaseException) -> bool:
    from kgctl_py.kube.api_error import ApiError  # most Peers are created

    return isinstance(error, UsageError) or (isinstance(error, ApiError) and error.refused)


def _remove(store: "PeerStore", resource: "Manifest", tell: Tell) -> None:
    """Remove the Peer if it exists and has our key; report if that fails or is unknown."""
    name = resource["metadata"]["name"]
    try:
        if store.get(name)["spec"]["publicKey"] != resource["spec"]["publicKey"]:
            return
        store.delete(name)
        tell(note(f'peer "{name}" removed again'))
    except KgctlError as error:
        if getattr(error, "status", None) != http.HTTPStatus.NOT_FOUND:
            text = f'peer "{name}" may still exist in the cluster: {error.message}'
            tell(warning(text, f"to remove it: kgctl peer rm {typed(name)}"))
