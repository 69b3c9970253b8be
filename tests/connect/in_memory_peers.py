"""Peers in memory as an API server keeps them: with versions, and with errors that have a status."""

import copy
import http

from kgctl_py.cluster.interface import Manifest
from kgctl_py.cluster.peer_stores import PeerNames
from kgctl_py.kilo import resources
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import ApiError
from kgctl_py.mesh.nodes_and_peers import Mesh


class InMemoryPeers(PeerNames):
    """A PeerStore, and the mesh of its Peers; a method of a name in `errors` raises that error."""

    def __init__(self, *manifests: Manifest) -> None:
        super().__init__(self.mesh)
        self.manifests: dict[str, Manifest] = {}
        self.errors: dict[str, BaseException] = {}
        self._version = 0
        for manifest in manifests:
            self._keep(manifest)

    def mesh(self) -> Mesh:
        peers = (translate_peer(decoding.convert(raw, resources.Peer)) for raw in self.manifests.values())
        return Mesh((), tuple(sorted(peers, key=lambda peer: peer.name)), 0)

    def get(self, name: str) -> Manifest:
        self._fail("get")
        if name not in self.manifests:
            raise ApiError(f'peers "{name}" not found', status=http.HTTPStatus.NOT_FOUND)
        return copy.deepcopy(self.manifests[name])

    def create(self, manifest: Manifest) -> Manifest:
        self._fail("create")
        return self._keep(manifest)

    def replace(self, manifest: Manifest) -> Manifest:
        self._fail("replace")
        self._check_version(manifest["metadata"]["name"], manifest["metadata"]["resourceVersion"])
        return self._keep(manifest)

    def touch(self, name: str) -> None:
        self.replace(self.get(name))

    def delete(self, name: str, *, version: str = "") -> None:
        self._fail("delete")
        self._check_version(name, version)
        del self.manifests[name]

    def _keep(self, manifest: Manifest) -> Manifest:
        self._version += 1
        metadata = {**manifest["metadata"], "resourceVersion": str(self._version)}
        self.manifests[metadata["name"]] = copy.deepcopy({**manifest, "metadata": metadata})
        return self.get(metadata["name"])

    def _check_version(self, name: str, version: str) -> None:
        if version and version != self.get(name)["metadata"]["resourceVersion"]:
            raise ApiError(f'peers "{name}" was changed meanwhile', status=http.HTTPStatus.CONFLICT)

    def _fail(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]
