"""Take a Peer out of the mesh, and put it back; its key and its addresses stay reserved."""

from collections.abc import Iterable

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, Manifest
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note
from kgctl_py.peers.address_choice import check_addresses_free
from kgctl_py.peers.dry_run import DryRun, check_existing, open_store
from kgctl_py.peers.one_after_the_other import change_each


def disable_peers(cluster: Cluster, wanted: Iterable[str], dry_run: DryRun | None, tell: Tell) -> None:
    """Take Peers out of the mesh; raise KgctlError before any change if that is impossible for one of them."""
    peers = _chosen(cluster, wanted, dry_run)
    mesh = cluster.mesh()
    for peer in peers:
        _check_sole_holder(peer, mesh)
    known = {peer.name: peer for peer in peers}
    change_each(tuple(known), lambda name: _disable(cluster, known[name], dry_run, tell))


def _disable(cluster: Cluster, peer: Peer, dry_run: DryRun | None, tell: Tell) -> None:
    cidrs = ",".join(map(str, peer.allowed_ips))
    if cidrs:
        _replace(cluster, peer.name, [], {names.DISABLED_IPS: cidrs}, dry_run)
    _tell(cluster, peer, "disabled" if cidrs else "already disabled", dry_run, tell)


def enable_peers(cluster: Cluster, wanted: Iterable[str], dry_run: DryRun | None, tell: Tell) -> None:
    """Put Peers back into the mesh; raise KgctlError before any change if an address was taken since then."""
    peers = _chosen(cluster, wanted, dry_run)
    services = cluster.networks().services
    for peer in peers:
        if not peer.allowed_ips:
            others = cluster.mesh().without_peer(peer.name)
            hint = "choose another address with the option --ip of kgctl peer set"
            check_addresses_free(_kept(peer), free_address.used_networks(others, services), hint)
    known = {peer.name: peer for peer in peers}
    change_each(tuple(known), lambda name: _enable(cluster, known[name], dry_run, tell))


def _enable(cluster: Cluster, peer: Peer, dry_run: DryRun | None, tell: Tell) -> None:
    cidrs = list(map(str, peer.disabled_ips))
    if cidrs:
        _replace(cluster, peer.name, cidrs, {names.DISABLED_IPS: None}, dry_run)
    _tell(cluster, peer, "enabled" if cidrs else "already enabled", dry_run, tell)


def _chosen(cluster: Cluster, wanted: Iterable[str], dry_run: DryRun | None) -> tuple[Peer, ...]:
    store = open_store(cluster, dry_run)
    unique = tuple(dict.fromkeys(wanted))
    check_existing(cluster, dry_run, *unique)
    known = {peer.name: peer for peer in store.known_peers()}
    return tuple(known[name] for name in unique)


def _check_sole_holder(peer: Peer, mesh: Mesh) -> None:
    """Raise KgctlError for a key that another Peer has, because agents would treat both as one."""
    others = [
        other.name for other in mesh.peers if other.public_key == peer.public_key and other.name != peer.name
    ]
    if others:
        raise KgctlError(
            f'peer "{peer.name}" has the public key of peer "{others[0]}", which would also be disabled',
            hint=f"give it a key of its own: kgctl peer rotate {typed(peer.name)}",
        )


def _kept(peer: Peer) -> tuple[IPInterface, ...]:
    cidrs = peer.disabled_ips
    if not cidrs:
        raise KgctlError(
            f'peer "{peer.name}" has no addresses',
            hint="add an address with the option --ip of kgctl peer set",
        )
    return cidrs


def _replace(
    cluster: Cluster, name: str, cidrs: list[str], annotations: dict[str, str | None], dry_run: DryRun | None
) -> None:
    store = open_store(cluster, dry_run)
    manifest: Manifest = store.get(name)
    metadata = manifest["metadata"]
    merged = {**(metadata.get("annotations") or {}), **annotations}
    changed = {
        **manifest,
        "metadata": {**metadata, "annotations": {key: text for key, text in merged.items() if text is not None}},
        "spec": {**manifest["spec"], "allowedIPs": cidrs},
    }
    if dry_run is not DryRun.CLIENT:
        store.replace(changed)


def _tell(cluster: Cluster, peer: Peer, what: str, dry_run: DryRun | None, tell: Tell) -> None:
    title = cluster.peers().title(peer.name)
    tell(note(f"{title} {f'would be {what} (dry run)' if dry_run and 'already' not in what else what}"))
