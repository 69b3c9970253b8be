"""The Peer of this host: made, found or taken over at the start, and removed in the end if connect made it."""

import contextlib
import copy
import http
from collections.abc import Callable, Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import manifest
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.transport.background import Background
from kgctl_py.mesh import pool
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.model import Mesh, Peer
from kgctl_py.options import Options
from kgctl_py.peers.address_choice import AddressChoice
from kgctl_py.peers.claim_address import claim_address
from kgctl_py.peers.conflicts import check_addresses_free, check_key_free
from kgctl_py.terminal import terminal
from kgctl_py.value import Value
from kgctl_py.wireguard import Key

LAST_REQUEST_SECONDS = 3.0
LAST_SECONDS = 7.0
"""For all that is still asked of the API server when connect ends, which takes at most ten."""


class Asked(Value, frozen=True, kw_only=True):
    """What the Peer is to be; `mark` is what connect writes on those it makes: HOST/INTERFACE."""

    name: str
    mark: str
    key: Key
    allowed_ips: tuple[IPInterface, ...]
    keepalive: int
    update: bool


@contextlib.contextmanager
def registered(
    cluster: Cluster, options: Options, asked: Asked, say: Callable[[str], None], *, clean_up: bool
) -> Iterator[None]:
    """Have the Peer be there for the block, and say what was done about it.

    Raises KgctlError when there is one of that name that is not this host's: `update` makes it so.
    """
    store, mesh = cluster.peers(), cluster.mesh()
    check_key_free(mesh.without_peer(asked.name), asked.key)
    existing = next((peer for peer in mesh.peers if peer.name == asked.name), None)
    try:
        say(_made(cluster, store, mesh, asked) if existing is None else _taken(cluster, store, existing, asked))
        yield
    finally:
        if clean_up and remove_marked(cluster, options, asked.name, asked.mark):
            say(f'peer "{asked.name}" removed')


def remove_marked(cluster: Cluster, options: Options, name: str, mark: str) -> bool:
    """Remove the Peer if it carries the mark; soon, though the API server be gone. Tell whether there was one."""
    timeout = min(options.request_timeout, LAST_REQUEST_SECONDS)
    store = cluster.peers(request_timeout=timeout)
    try:
        return Background(lambda _: _remove_marked(store, name, mark)).result(LAST_SECONDS)
    except (KgctlError, TimeoutError) as error:
        why = getattr(error, "message", "") or "the API server did not answer"
        terminal.warn(f'peer "{name}" may be left on the cluster: {why}', f"kgctl peer rm {name}")
        return False


def _remove_marked(store: PeerStore, name: str, mark: str) -> bool:
    try:
        metadata = store.get(name)["metadata"]
        if _mark(metadata) != mark:
            return False
        store.delete(name, version=metadata["resourceVersion"])
    except ApiError as error:
        if error.status != http.HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


def _made(cluster: Cluster, store: PeerStore, mesh: Mesh, asked: Asked) -> str:
    addresses = AddressChoice(requested=asked.allowed_ips, services=cluster.networks().services)
    peer = Peer(
        name=asked.name,
        allowed_ips=addresses.choose(mesh),
        public_key=asked.key,
        persistent_keepalive=asked.keepalive,
    )
    created = store.create(manifest(peer, {names.CONNECTED: asked.mark}))
    _, peer = claim_address(cluster, store, created, peer, addresses.choose)
    return f'peer "{asked.name}" created: {", ".join(map(str, peer.allowed_ips))}'


def _taken(cluster: Cluster, store: PeerStore, existing: Peer, asked: Asked) -> str:
    """Use the Peer that is there, changed as far as it must be and may be."""
    mark = existing.annotations.get(names.CONNECTED, "")
    ours = mark == asked.mark
    differing = _differing(existing, asked, ours=ours)
    if not differing:
        return f'peer "{asked.name}" is there'
    if not ours and not asked.update:
        of = f', connected from "{mark}",' if mark else ""
        raise KgctlError(
            f'peer "{asked.name}"{of} exists with another {" and other ".join(differing)}',
            hint="--update changes it; or choose another name",
        )
    if "allowed IPs" in differing:
        check_addresses_free(asked.allowed_ips, pool.used_networks(cluster.mesh().without_peer(asked.name)))
    store.replace(_changed(store.get(asked.name), asked, ours=ours or bool(mark)))
    return f'peer "{asked.name}" {"taken over" if ours else "updated"}'


def _differing(existing: Peer, asked: Asked, *, ours: bool) -> list[str]:
    differing = []
    if existing.public_key != asked.key:
        differing.append("key")
    if asked.allowed_ips and existing.allowed_ips != asked.allowed_ips:
        differing.append("allowed IPs")
    if ours and existing.persistent_keepalive != asked.keepalive:
        differing.append("keepalive")
    return differing


def _changed(resource: dict[str, Any], asked: Asked, *, ours: bool) -> dict[str, Any]:
    changed = copy.deepcopy(resource)
    changed["spec"]["publicKey"] = str(asked.key)
    if asked.allowed_ips:
        changed["spec"]["allowedIPs"] = [str(cidr) for cidr in asked.allowed_ips]
    if ours:
        changed["spec"]["persistentKeepalive"] = asked.keepalive
        changed["metadata"]["annotations"][names.CONNECTED] = asked.mark
    return changed


def _mark(metadata: dict[str, Any]) -> str:
    return str((metadata.get("annotations") or {}).get(names.CONNECTED, ""))
