"""The Peer of this machine: create it, use it, or take it over, and remove it if connect created it."""

import contextlib
import http
import socket
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore
from kgctl_py.cluster.open import Options
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.kilo.peers import manifest
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.background_thread import Background
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peers.address_choice import AddressChoice, check_addresses_free, check_key_free
from kgctl_py.peers.claim_address import claim_address
from kgctl_py.value import Value
from kgctl_py.wireguard import Key

LAST_REQUEST_SECONDS = 3.0
LAST_SECONDS = 7.0
"""The seconds for the last requests to the API server, so that connect ends within ten seconds."""

_OTHER_ADDRESSES = "other allowed IPs"


class HostPeer(Value, frozen=True, kw_only=True):
    """The desired Peer of this machine; `mark` is the annotation of the Peers that connect creates."""

    name: str
    mark: str
    key: Key
    allowed_ips: tuple[IPInterface, ...]
    keepalive: int
    update: bool


def host_mark(interface: str) -> str:
    """Return the annotation of Peers that connect creates: HOST/INTERFACE."""
    return f"{socket.gethostname().lower()}/{interface}"


@contextlib.contextmanager
def register(
    cluster: Cluster, options: Options, host_peer: HostPeer, tell: Tell, *, clean_up: bool
) -> Iterator[None]:
    """Register the Peer for the block, and report what was done.

    Raise KgctlError if another Peer has its name, unless `update` is set, or has its key.
    """
    store, mesh = cluster.peers(), cluster.mesh()
    store.check_existing()  # raises for a saved cluster, before anything is created
    check_key_free(mesh.without_peer(host_peer.name), host_peer.key)
    existing = next((peer for peer in mesh.peers if peer.name == host_peer.name), None)
    try:
        if existing is None:
            tell(note(_create(cluster, store, mesh, host_peer)))
        else:
            tell(note(_take_over(cluster, store, existing, host_peer)))
        yield
    finally:
        if clean_up:
            _unregister(cluster, options, host_peer, tell)


def _unregister(cluster: Cluster, options: Options, host_peer: HostPeer, tell: Tell) -> None:
    """Remove the Peer if connect created it, and report that it was removed, or why it may still exist."""
    name = host_peer.name
    try:
        if remove_marked_peer(cluster, options, name, host_peer.mark):
            tell(note(f'peer "{name}" removed'))
    except KgctlError as error:
        text = f'peer "{name}" may still exist in the cluster: {error.message}'
        tell(warning(text, f"to remove it: kgctl peer rm {typed(name)}"))


def remove_marked_peer(cluster: Cluster, options: Options, name: str, mark: str) -> bool:
    """Remove the Peer if it has the mark, and return whether it was removed.

    Raise KgctlError if the API server cannot be reached, or does not respond within a few seconds.
    """
    timeout = min(options.request_timeout, LAST_REQUEST_SECONDS)
    store = cluster.peers(request_timeout=timeout)
    try:
        return Background(lambda _: _remove_marked(store, name, mark)).result(LAST_SECONDS)
    except TimeoutError:
        raise KgctlError("the API server did not answer") from None


def _remove_marked(store: PeerStore, name: str, mark: str) -> bool:
    try:
        metadata = store.get(name)["metadata"]
        if (metadata.get("annotations") or {}).get(names.CONNECTED, "") != mark:
            return False
        store.delete(name, version=metadata["resourceVersion"])
    except ApiError as error:
        if error.status != http.HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


def _create(cluster: Cluster, store: PeerStore, mesh: Mesh, host_peer: HostPeer) -> str:
    addresses = AddressChoice(requested=host_peer.allowed_ips, services=cluster.networks().services)
    peer = Peer(
        name=host_peer.name,
        allowed_ips=addresses.choose(mesh),
        public_key=host_peer.key,
        persistent_keepalive=host_peer.keepalive,
    )
    created = store.create(manifest(peer, {names.CONNECTED: host_peer.mark}))
    _, peer = claim_address(cluster, store, created, peer, addresses.choose)
    return f'peer "{host_peer.name}" created: {", ".join(map(str, peer.allowed_ips))}'


def _take_over(cluster: Cluster, store: PeerStore, existing: Peer, host_peer: HostPeer) -> str:
    """Use the existing Peer, and change it if necessary and allowed."""
    mark = existing.annotations.get(names.CONNECTED, "")
    ours = mark == host_peer.mark
    differing = _differing(existing, host_peer, ours=ours)
    if not differing:
        return f'using the existing peer "{host_peer.name}"'
    if not ours and not host_peer.update:
        where = f' (connected from "{mark}")' if mark else ""
        raise KgctlError(
            f'peer "{host_peer.name}" already exists with {" and ".join(differing)}{where}',
            hint="choose another name, or add --update if no other machine uses this peer",
        )
    if _OTHER_ADDRESSES in differing:
        used = free_address.used_networks(cluster.mesh().without_peer(host_peer.name))
        check_addresses_free(host_peer.allowed_ips, used)
    store.replace(_changed(store.get(host_peer.name), host_peer, marked=ours or bool(mark)))
    return f'peer "{host_peer.name}" {"taken over" if ours else "updated"}'


def _differing(existing: Peer, host_peer: HostPeer, *, ours: bool) -> list[str]:
    differing = []
    if existing.public_key != host_peer.key:
        differing.append("another key")
    if host_peer.allowed_ips and existing.allowed_ips != host_peer.allowed_ips:
        differing.append(_OTHER_ADDRESSES)
    if ours and existing.persistent_keepalive != host_peer.keepalive:
        differing.append("another keepalive")
    return differing


def _changed(resource: Manifest, host_peer: HostPeer, *, marked: bool) -> Manifest:
    """Return the resource with the key and addresses of this machine, and with its mark if it had a mark."""
    spec, metadata = {**resource["spec"], "publicKey": str(host_peer.key)}, resource["metadata"]
    if host_peer.allowed_ips:
        spec["allowedIPs"] = [str(cidr) for cidr in host_peer.allowed_ips]
    if marked:
        spec["persistentKeepalive"] = host_peer.keepalive
        metadata = {**metadata, "annotations": {**metadata["annotations"], names.CONNECTED: host_peer.mark}}
    return {**resource, "metadata": metadata, "spec": spec}
