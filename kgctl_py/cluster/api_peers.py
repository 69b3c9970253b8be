"""The Peers of an API server, as something to change."""

import time
from collections.abc import Callable

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.cluster.peer_names import PeerNames
from kgctl_py.kilo import resources
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import decoding
from kgctl_py.kube.path import path_segment
from kgctl_py.mesh.model import Mesh


class ApiPeerStore(PeerNames):
    """Creates, changes and deletes Peers; a `dry_run` is judged by the server and then forgotten."""

    def __init__(self, client: Client, read_mesh: Callable[[], Mesh], *, dry_run: bool = False) -> None:
        super().__init__(read_mesh)
        self._client = client
        self._query = {"dryRun": "All"} if dry_run else {}

    def get(self, name: str) -> Manifest:
        """Read a Peer whole, with what kgctl does not know of; raise ApiError."""
        return decoding.decode(self._client.get(_path(name)).body, Manifest, _path(name))

    def create(self, manifest: Manifest) -> Manifest:
        """Create a Peer, and give it as the server keeps it; raise ApiError when it refuses."""
        return self._send("POST", resources.PEERS_PATH, manifest)

    def replace(self, manifest: Manifest) -> Manifest:
        """Replace a Peer that was read before; raise ApiError, 409 when somebody else changed it meanwhile."""
        return self._send("PUT", _path(manifest["metadata"]["name"]), manifest)

    def touch(self, name: str) -> None:
        """Change an annotation of a Peer, so that every agent reads it anew; raise ApiError."""
        manifest = self.get(name)
        annotations = {**(manifest["metadata"].get("annotations") or {}), names.TOUCHED: str(time.time_ns())}
        manifest["metadata"]["annotations"] = annotations
        self.replace(manifest)

    def delete(self, name: str, *, version: str = "") -> None:
        """Delete a Peer, with `version` only as it was read then; raise ApiError, 409 when it has changed.

        What is asked for stands in the body: of a DELETE that has one the server reads no query.
        """
        options: Manifest = {"dryRun": ["All"]} if self._query else {}
        if version:
            options["preconditions"] = {"resourceVersion": version}
        self._send("DELETE", _path(name), options)

    def _send(self, method: str, path: str, body: Manifest) -> Manifest:
        return decoding.decode(self._client.send(method, path, body, self._query).body, Manifest, path)


def _path(name: str) -> str:
    return f"{resources.PEERS_PATH}/{path_segment(name)}"
