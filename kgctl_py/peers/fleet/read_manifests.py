"""Peers in YAML and JSON: single objects, several documents, and Lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.kilo.peer_manifests import PeerManifest, peer_manifests
from kgctl_py.kilo.unknown_content import placeholders, stand_in, template, unjudged
from kgctl_py.kube.objects.yaml_text import UnparsableError
from kgctl_py.mesh.nodes_and_peers import IgnoredReason, IgnoredValue
from kgctl_py.peers.fleet.declared_peer import Declared, DeclaredPeer, PlacedError

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FILLED_IN = ("allowedIPs", "publicKey")
"""The fields that kgctl fills in if they are missing or empty."""


def read_manifests(file: str, content: bytes) -> Iterator[Declared]:
    """Yield the Peers in a file, and the mistakes of those that Kilo or an API server would not accept.

    Raise PlacedError for a file that cannot be read.
    """
    if found := stand_in(content):
        raise PlacedError(file, f"it is {found.what}", hint=found.hint("-f"))
    try:
        for manifest in peer_manifests(content):
            mistakes = tuple(_mistakes(file, manifest))
            yield from mistakes or (_declared(file, manifest),)
    except UnparsableError as error:
        if found := template(content):
            raise PlacedError(file, f"it is {found.what}", hint=found.hint("-f")) from None
        if _is_configuration(content):
            hint = "to create a Peer from it, use the option --adopt of kgctl peer add"
            raise PlacedError(file, "it is a WireGuard configuration", hint=hint) from None
        reason = f"it is incomplete, or not valid YAML or JSON: {error.reason}"
        raise PlacedError(f"{file}:{error.line or 1}", reason, hint=error.hint) from None


def _is_configuration(content: bytes) -> bool:
    from kgctl_py.wireguard.field_values import decode  # most files are manifests
    from kgctl_py.wireguard.parse_any import is_configuration

    try:
        return is_configuration(decode(content))
    except ValueError:
        return False


def _mistakes(file: str, manifest: PeerManifest) -> Iterator[PlacedError]:
    peer, spec = manifest.peer, _spec(manifest)
    if peer.faults or peer.ignored_values:
        peer = unjudged(peer, placeholders(manifest.resource))
    faults = [fault for fault in peer.faults if not _is_filled_in(fault, spec)]
    unusable = [value for value in peer.ignored_values if value.reason is IgnoredReason.PRESHARED_KEY]
    for fault in (*faults, *manifest.dropped, *unusable):
        place = f"{file}:{manifest.region(fault.field).line}"
        yield PlacedError(place, f'peer "{peer.name}": {fault}', hint=fault.hint)


def _is_filled_in(fault: IgnoredValue, spec: Mapping[str, Any]) -> bool:
    return fault.field in {f"spec.{field}" for field in _FILLED_IN if not spec.get(field)}


def _spec(manifest: PeerManifest) -> Mapping[str, Any]:
    spec = manifest.resource.get("spec")
    return spec if isinstance(spec, dict) else {}


def _declared(file: str, manifest: PeerManifest) -> DeclaredPeer:
    """Return the Peer with what the file declares; a preshared key that is missing in the file is kept."""
    peer = manifest.peer
    spec = {field: value for field, value in _spec(manifest).items() if value or field not in _FILLED_IN}
    annotations = {name: text for name, text in peer.annotations.items() if name != _LAST_APPLIED}
    annotations.pop(names.TOUCHED, None)
    return DeclaredPeer(
        name=peer.name,
        place=f"{file}:{manifest.region('metadata.name').line}",
        spec={"endpoint": None, "persistentKeepalive": None, **spec},
        annotations=annotations,
        labels=peer.labels,
    )
