"""Create, change, and delete objects of one kind in one namespace, with all their fields."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from kgctl_py.kube import decoding
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects.kinds import Kind, Object, path_segment
from kgctl_py.kube.objects.reader import NO_LABELS
from kgctl_py.kube.paging import list_pages

Manifest = dict[str, Any]


class ObjectStore(Protocol):
    """Objects of one kind in one namespace. Every method costs one request, and raises KgctlError."""

    def list(self, labels: Mapping[str, str]) -> tuple[Manifest, ...]:
        """Return the objects with these labels; without a namespace, those of all namespaces."""
        ...

    def get(self, name: str) -> Manifest:
        """Return an object."""
        ...

    def create(self, manifest: Manifest) -> Manifest:
        """Create an object, and return it as it is stored."""
        ...

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace an object that was read before; `status` 409 if it changed since then."""
        ...

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete an object; with `version`, only if it still has this version."""
        ...


class ApiObjectStore:
    """The objects of an API server; with `dry_run`, it validates each change and does not store it."""

    def __init__(self, client: Client, kind: Kind[Object], namespace: str, *, dry_run: bool = False) -> None:
        self._client = client
        self._kind = kind
        self._path = kind.path(namespace)
        self._query = {"dryRun": "All"} if dry_run else {}

    def list(self, labels: Mapping[str, str] = NO_LABELS) -> tuple[Manifest, ...]:
        """Return the objects with these labels; raise ApiError."""
        query = {"labelSelector": ",".join(f"{label}={value}" for label, value in labels.items())}
        pages = (
            page
            for page, _ in list_pages(
                self._client, self._path, self._kind.of_list, decoding.Page[msgspec.Raw], query if labels else {}
            )
        )
        return tuple(self._decode(bytes(raw)) for page in pages for raw in page.items or ())

    def get(self, name: str) -> Manifest:
        """Return an object; raise ApiError, with status 404 if it does not exist."""
        return decoding.decode(self._client.get(self._place(name)).body, Manifest, self._path)

    def create(self, manifest: Manifest) -> Manifest:
        """Create an object; raise ApiError, with status 409 if it exists."""
        return self._send("POST", self._path, manifest, self._query)

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace an object; raise ApiError, with status 409 if it changed since it was read."""
        return self._send("PUT", self._place(manifest["metadata"]["name"]), manifest, self._query)

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete an object; raise ApiError. The options are in the body: a server then ignores the query."""
        options: Manifest = {"dryRun": ["All"]} if self._query else {}
        if version:
            options["preconditions"] = {"resourceVersion": version}
        self._send("DELETE", self._place(name), options, {})

    def _decode(self, item: bytes) -> Manifest:
        decoding.check_name(decoding.decode(item, Object, self._path), self._path)
        return decoding.decode(item, Manifest, self._path)

    def _place(self, name: str) -> str:
        return f"{self._path}/{path_segment(name)}"

    def _send(self, method: str, path: str, body: Manifest, query: Mapping[str, str]) -> Manifest:
        return decoding.decode(self._client.send(method, path, body, query).body, Manifest, path)
