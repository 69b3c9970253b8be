"""The store that changes the Peers of an API server."""

import time
from collections.abc import Callable

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.cluster.peer_stores import PeerNames
from kgctl_py.kilo import resources
from kgctl_py.kube import decoding
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects.kinds import path_segment
from kgctl_py.mesh.nodes_and_peers import Mesh


class ApiPeerStore(PeerNames):
    """Creates, changes, and deletes Peers; with `dry_run`, the server validates a change and does not store it."""

    def __init__(self, client: Client, read_mesh: Callable[[], Mesh], *, dry_run: bool = False) -> None:
        super().__init__(read_mesh)
        self._client = client
        self._query = {"dryRun": "All"} if dry_run else {}

    def get(self, name: str) -> Manifest:
        """Return a Peer with all its fields, also those unknown to kgctl; raise ApiError."""
        return decoding.decode(self._client.get(_path(name)).body, Manifest, _path(name))

    def create(self, manifest: Manifest) -> Manifest:
        """Create a Peer, and return it as the server stores it; raise ApiError."""
        return self._send("POST", resources.PEERS_PATH, manifest)

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace a Peer that was read before; raise ApiError, with status 409 if it changed since then."""
        return self._send("PUT", _path(manifest["metadata"]["name"]), manifest)

    def touch(self, name: str) -> None:
        """Change an annotation of a Peer, so that every agent reads the Peer again; raise ApiError."""
        manifest = self.get(name)
        annotations = {**(manifest["metadata"].get("annotations") or {}), names.TOUCHED: str(time.time_ns())}
        manifest["metadata"]["annotations"] = annotations
        self.replace(manifest)

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete a Peer, with `version` only if it has this version; raise ApiError, 409 if it changed.

        The options are in the body, because the server ignores the query of a DELETE with a body.
        """
        options: Manifest = {"dryRun": ["All"]} if self._query else {}
        if version:
            options["preconditions"] = {"resourceVersion": version}
        self._send("DELETE", _path(name), options)

    def _send(self, method: str, path: str, body: Manifest) -> Manifest:
        return decoding.decode(self._client.send(method, path, body, self._query).body, Manifest, path)


def _path(name: str) -> str:
    return f"{resources.PEERS_PATH}/{path_segment(name)}"
