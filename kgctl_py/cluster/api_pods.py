"""The store that runs pods in one namespace of an API server."""

from kgctl_py.cluster.interface import Manifest
from kgctl_py.kube import decoding
from kgctl_py.kube.client import Client
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import path_segment


class ApiPodStore:
    """Creates, reads, and deletes pods of a namespace; each method sends one request and raises ApiError."""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._path = kinds.POD.path(namespace)

    def create(self, manifest: Manifest) -> None:
        """Create a pod."""
        self._client.send("POST", self._path, manifest)

    def get(self, name: str) -> Manifest:
        """Return a pod with all its fields."""
        path = f"{self._path}/{path_segment(name)}"
        return decoding.decode(self._client.get(path).body, Manifest, path)

    def delete(self, name: str) -> None:
        """Delete a pod, which ends at once."""
        self._client.send("DELETE", f"{self._path}/{path_segment(name)}", {"gracePeriodSeconds": 0})
