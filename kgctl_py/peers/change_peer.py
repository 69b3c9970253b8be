"""Change the addresses, the endpoint, or the annotations of a Peer, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, Manifest
from kgctl_py.kilo.peers import endpoint_spec
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface
from kgctl_py.notice import Tell
from kgctl_py.peers.address_choice import check_addresses_free
from kgctl_py.peers.dry_run import DryRun, check_existing, open_store
from kgctl_py.value import Value, field, replace
from kgctl_py.wireguard import Endpoint


class PeerChange(Value, frozen=True, kw_only=True):
    """The changes of a Peer; None and empty values keep the old ones. A keepalive of 0 is off."""

    allowed_ips: tuple[IPInterface, ...] = ()
    keepalive: int | None = None
    endpoint: Endpoint | None = None
    removes_endpoint: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict)
    removed_annotations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(dict(self._spec()) or self.annotations or self.removed_annotations)

    def apply(self, manifest: Manifest) -> Manifest:
        """Return the resource with the change; a disabled Peer stays disabled and gets its addresses later."""
        if self.allowed_ips and _is_disabled(manifest):
            later = {names.DISABLED_IPS: ",".join(map(str, self.allowed_ips))}
            return replace(self, allowed_ips=(), annotations={**self.annotations, **later}).apply(manifest)
        spec = (manifest.get("spec") or {}) | dict(self._spec())
        changed = {**manifest, "spec": {key: value for key, value in spec.items() if value is not None}}
        if self.annotations or self.removed_annotations:
            metadata = manifest["metadata"]
            annotations = {**(metadata.get("annotations") or {}), **self.annotations}
            kept = {name: text for name, text in annotations.items() if name not in self.removed_annotations}
            changed["metadata"] = {**metadata, "annotations": kept}
        return changed

    def _spec(self) -> Iterator[tuple[str, Any]]:
        """Return the fields of `spec` that change; None removes one."""
        if self.allowed_ips:
            yield "allowedIPs", [str(cidr) for cidr in self.allowed_ips]
        if self.keepalive is not None:
            yield "persistentKeepalive", self.keepalive or None
        if self.endpoint or self.removes_endpoint:
            yield "endpoint", endpoint_spec(self.endpoint) if self.endpoint else None


def _is_disabled(manifest: Manifest) -> bool:
    annotations = manifest["metadata"].get("annotations") or {}
    return names.DISABLED_IPS in annotations and not (manifest.get("spec") or {}).get("allowedIPs")


def change_peer(
    cluster: Cluster, name: str, change: PeerChange, dry_run: DryRun | None, tell: Tell
) -> tuple[str, bool]:
    """Change the Peer, and return its title, and whether it differs now.

    Raise KgctlError if it does not exist or an address is taken.
    """
    store = open_store(cluster, dry_run)
    check_existing(cluster, dry_run, name)
    if change.allowed_ips:
        others = cluster.mesh().without_peer(name)
        for notice in cluster.notices:
            tell(notice)
        check_addresses_free(change.allowed_ips, free_address.used_networks(others, cluster.networks().services))
    current = store.get(name)
    changed = change.apply(current)
    if changed != current and dry_run is not DryRun.CLIENT:
        store.replace(changed)
    return store.title(name), changed != current
