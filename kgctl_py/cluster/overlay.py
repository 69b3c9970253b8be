"""A cluster that replaces some data of another one, and takes the rest from it."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from kgctl_py.mesh.address import IPAddress

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Access, Cluster, PodStore
    from kgctl_py.cluster.mesh_informer import MeshInformer
    from kgctl_py.cluster.object_informer import ObjectInformer, Place
    from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
    from kgctl_py.kilo.find_networks import Networks
    from kgctl_py.kube.object_store import ObjectStore
    from kgctl_py.kube.objects.kinds import Kind
    from kgctl_py.kube.objects.reader import Objects
    from kgctl_py.notice import Notice


class Overlay:
    """A Cluster that takes everything except its mesh and its Peers from the cluster below."""

    def __init__(self, below: "Cluster") -> None:
        self._below = below

    @property
    def source(self) -> str:
        """The source of the cluster below."""
        return self._below.source

    @property
    def is_live(self) -> bool:
        """Whether the cluster below may change."""
        return self._below.is_live

    @property
    def lookups_off(self) -> str:
        """Why host names are not looked up."""
        return self._below.lookups_off

    @property
    def notices(self) -> "tuple[Notice, ...]":
        """The notices of the cluster below."""
        return self._below.notices

    def refresh(self) -> None:
        """Discard what was read from the cluster below."""
        self._below.refresh()

    def follow(self) -> "MeshInformer":
        """Follow the cluster below."""
        return self._below.follow()

    def objects(self) -> "Objects":
        """Return the other objects of the cluster below."""
        return self._below.objects()

    def networks(self) -> "Networks":
        """Return the networks of the cluster below."""
        return self._below.networks()

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        """Set annotations of a Node of the cluster below."""
        self._below.annotate_node(name, annotations, dry_run=dry_run)

    def pods(self, namespace: str) -> "PodStore":
        """Return the store that runs pods in the cluster below."""
        return self._below.pods(namespace)

    def object_store(self, kind: "Kind[Any]", namespace: str, *, dry_run: bool = False) -> "ObjectStore":
        """Return the store that changes objects in the cluster below."""
        return self._below.object_store(kind, namespace, dry_run=dry_run)

    def follow_objects(self, places: "Collection[Place]") -> "ObjectInformer":
        """Follow objects of the cluster below."""
        return self._below.follow_objects(places)

    def agents(self, pods: "Collection[KgPod]") -> "Mapping[str, AgentMetrics]":
        """Return the metrics of the agents in pods of the cluster below."""
        return self._below.agents(pods)

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:
        """Return the addresses of host names."""
        return self._below.look_up(hosts)

    def access(self) -> "Access":
        """Return the connection to the cluster below."""
        return self._below.access()
