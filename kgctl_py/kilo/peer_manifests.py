"""Peers in files: what Kilo reads from each, and the line and column of each field."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.kilo.peers import read_peer
from kgctl_py.kube.objects.raw_object import is_cut_off, is_list
from kgctl_py.kube.objects.yaml_places import Document, Region, documents
from kgctl_py.kube.objects.yaml_text import UnparsableError
from kgctl_py.mesh.nodes_and_peers import IgnoredValue, Peer
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.endpoint import NAME_RULE, is_dns_name

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "": ("apiVersion", "kind", "metadata", "spec"),
    "spec": ("allowedIPs", "endpoint", "persistentKeepalive", "presharedKey", "publicKey"),
    "spec.endpoint": ("dnsOrIP", "port"),
    "spec.endpoint.dnsOrIP": ("dns", "ip"),
}
"""The fields of a Peer (kilo manifests/crds.yaml)."""

_ALIKE = 0.75
"""The minimum similarity of a misspelled kind: `Pear` is similar, `Peering` and `ClusterMesh` are not."""


class PeerManifest(Value, frozen=True, kw_only=True):
    """A Peer in a file; `dropped` are the fields that an API server drops."""

    peer: Peer
    resource: Mapping[str, Any]
    """The Peer with all its fields, as it is in the file."""
    dropped: tuple[IgnoredValue, ...]
    document: Document
    root: str = ""
    """The path of the Peer in its document, such as `items[2].` in a list."""

    def region(self, field: str) -> Region:
        """Return the region of a field of the Peer."""
        return self.document.region(self.root + field)


def peer_manifests(text: bytes) -> Iterator[PeerManifest]:
    """Yield each Peer in a file, also those in lists; raise UnparsableError if the file is not YAML."""
    for document in documents(text, _may_hold_peers):
        if is_cut_off(document.value):
            raise UnparsableError("a list of objects ends without its kind", text.count(b"\n"))
        _check_items(document, document.value)
        manifests = [
            _manifest(document, root, value) for root, value in _objects(document.value) if _is_peer(value)
        ]
        _check_outside(document, [manifest.root for manifest in manifests])
        yield from manifests


def _check_items(document: Document, value: Any, root: str = "") -> None:
    """Raise UnparsableError if Peers of a list, or of an inner list, would be lost; `items: null` is allowed."""
    if not isinstance(value, dict):
        raise UnparsableError("a list has an item that is not an object", document.region(root).line)
    if not is_list(value):
        return
    kind, items = value["kind"], value.get("items", False)
    if items is not None and not isinstance(items, list):
        has_items = "items" in value
        why = f"a {kind} has items that are not a list" if has_items else f"a {kind} has no items"
        raise UnparsableError(why, document.region(f"{root}items" if has_items else f"{root}kind").line)
    for index, item in enumerate(items or ()):
        _check_items(document, item, f"{root}items[{index}].")


def _check_outside(document: Document, roots: list[str]) -> None:
    """Raise UnparsableError for a duplicate field outside a Peer: of two `items`, one would be lost."""
    for field in document.twice:
        if not any(field.startswith(root) for root in roots):
            raise UnparsableError(f'"{field}" exists twice', document.region(field).line)


def _may_hold_peers(kind: str, api_version: str) -> bool:
    return (
        kind == "List" or (api_version == "v1" and not kind) or _is_peer({"kind": kind, "apiVersion": api_version})
    )


def _objects(value: Any, root: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a document, also in nested lists, with its path."""
    if not is_list(value):
        yield root, value
        return
    head = {"apiVersion": value.get("apiVersion"), "kind": str(value["kind"]).removesuffix("List")}
    items = value.get("items")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield from _objects({**(head if head["kind"] else {}), **item}, f"{root}items[{index}].")


def _is_peer(value: Mapping[str, Any]) -> bool:
    """Return whether this is a Peer, or looks like one without a group, or with a misspelled group or kind.

    Other programs have kinds in Kilo's group, such as ClusterMesh.
    """
    group, kind = str(value.get("apiVersion") or "").partition("/")[0], str(value.get("kind") or "")
    if group != names.GROUP:
        return kind == names.PEER_KIND and (not group or names.is_like_group(group))
    singular = kind.removesuffix("List").lower().removesuffix("s")
    alike = difflib.SequenceMatcher(None, singular, names.PEER_KIND.lower()).ratio()
    return not kind or alike >= _ALIKE


def _manifest(document: Document, root: str, value: dict[str, Any]) -> PeerManifest:
    peer = read_peer(value)
    is_read = all(fault.field != "metadata" for fault in peer.faults)
    heads = (fault for fault in _head_faults(value) if is_read or fault.field != "metadata.name")
    faults = tuple(dict.fromkeys((*heads, *peer.faults)))
    twice = (field.removeprefix(root) for field in document.twice if field.startswith(root))
    dropped = (*(_fault(field, "exists twice") for field in twice), *_unknown(value))
    peer = replace(peer, faults=faults)
    return PeerManifest(peer=peer, resource=value, dropped=dropped, document=document, root=root)


def _head_faults(value: Mapping[str, Any]) -> Iterator[IgnoredValue]:
    """Yield the faults of version, kind, and name; a Peer with a `generateName` needs no name."""
    version, kind, metadata = value.get("apiVersion"), value.get("kind"), value.get("metadata")
    if version != names.API_VERSION:
        why = f'"{version}" is not an API version of Kilo' if version else "is missing"
        yield _fault("apiVersion", why, f"write apiVersion: {names.API_VERSION}")
    if kind != names.PEER_KIND:
        why = "is missing" if kind is None else f'"{kind}" is not a kind of Kilo'
        yield _fault("kind", why, f"write kind: {names.PEER_KIND}")
    if not isinstance(metadata, dict):
        yield _fault("metadata.name", "is missing")
        return
    name = metadata.get("name")
    if name in (None, "") and not metadata.get("generateName"):
        yield _fault("metadata.name", "is missing")
    if isinstance(name, str) and name and not is_dns_name(name):
        yield _fault("metadata.name", f'"{name}" is not a valid name: use {NAME_RULE}')


def _unknown(value: Any, path: str = "") -> Iterator[IgnoredValue]:
    """Yield the unknown fields of a Peer, each with the most similar known field."""
    known = _KNOWN.get(path, ())
    for name, inner in value.items() if known and isinstance(value, dict) else ():
        field = f"{path}.{name}" if path else str(name)
        if name not in known:
            near = difflib.get_close_matches(str(name).lower(), [field_name.lower() for field_name in known], n=1)
            meant = next((field_name for field_name in known if [field_name.lower()] == near), "")
            hint = f'did you mean "{meant}"?' if meant else f"known fields: {', '.join(known)}"
            yield _fault(field, "is not a field of a Peer", hint)
        yield from _unknown(inner, field)


def _fault(field: str, why: str, hint: str = "") -> IgnoredValue:
    return IgnoredValue(field=field, text="", why=why, hint=hint)
