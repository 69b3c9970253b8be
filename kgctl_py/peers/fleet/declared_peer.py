"""A Peer that a file declares: the fields to set, and the fields to remove."""

from collections.abc import Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import read_peer
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.value import Value, field, replace


class DeclaredPeer(Value, frozen=True, kw_only=True):
    """A Peer in a file at `place`; None removes a field of `spec` or an annotation.

    Without `allowedIPs` or `publicKey`, an existing Peer keeps its own, and a new one gets them from kgctl.
    """

    name: str
    place: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    annotations: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def apply(self, manifest: Manifest) -> Manifest:
        """Return `manifest` with the declared fields, and all other fields unchanged."""
        metadata = {**manifest["metadata"]}
        for key, declared in (("labels", self.labels), ("annotations", self.annotations)):
            merged = _without_none({**(metadata.get(key) or {}), **declared})
            if merged or key in metadata:
                metadata[key] = merged
        spec = _without_none({**(manifest.get("spec") or {}), **self.spec})
        return {**manifest, "metadata": metadata, "spec": spec}

    def resource(self) -> Manifest:
        """Return the resource of a new Peer."""
        empty = {
            "kind": names.PEER_KIND,
            "apiVersion": names.API_VERSION,
            "metadata": {"name": self.name},
            "spec": {},
        }
        return self.apply(empty)

    def peer(self) -> Peer:
        """Return the Peer that Kilo reads from the resource."""
        return read_peer(self.resource())

    def with_spec(self, **spec: Any) -> "DeclaredPeer":
        """Return the same Peer with more fields of `spec`."""
        return replace(self, spec={**self.spec, **spec})

    @property
    def is_disabled(self) -> bool:
        """Whether the file contains a disabled Peer, such as one that `kubectl get` printed."""
        return names.DISABLED_IPS in self.annotations and "allowedIPs" not in self.spec


class PlacedError(KgctlError):
    """A mistake in a file; the message starts with its place."""

    def __init__(self, place: str, message: str, *, hint: str = "") -> None:
        super().__init__(f"{place}: {message}", hint=hint)


class MistakesError(KgctlError):
    """Several mistakes in files, in their order."""

    def __init__(self, mistakes: tuple[KgctlError, ...]) -> None:
        super().__init__(f"the files have {len(mistakes)} mistakes")
        self.mistakes = mistakes


Declared = DeclaredPeer | PlacedError
"""A Peer, or a mistake in it."""


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
