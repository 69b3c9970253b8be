"""Clusters in memory that can be written: their Peers, their identity and their Service CIDR."""

import copy
import ipaddress
import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster, Manifest, PeerStore, PodStore
from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.cluster.peer_stores import PeerNames
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.findings.cluster_facts import Setting
from kgctl_py.kilo import resources
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.kube.object_store import ObjectStore
from kgctl_py.kube.objects.kinds import Kind, Namespace, NamespaceMetadata
from kgctl_py.kube.objects.reader import NO_LABELS, Origin
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.cli.kgctl import kgctl
from tests.in_memory import NOW, InMemoryCluster, Raw, key, node
from tests.kube.object_store import Everywhere, Objects
from tests.peering.kubelet import Kubelet

Fault = Callable[[str, str], KgctlError | None]
"""Given a verb and the name of a Peer, returns what the server says instead of doing it."""


NO_ERRORS: Mapping[str, KgctlError] = MappingProxyType({})


def healthy(verb: str, name: str) -> None:
    """A server without faults."""


class Server(PeerNames):
    """The Peers of one cluster as an API server keeps them, with a record of all that was written."""

    def __init__(self, nodes: Sequence[Raw], peers: Sequence[Raw] = (), *, uid: str, services: str) -> None:
        self.nodes = [copy.deepcopy(one) for one in nodes]
        self.uid, self.services = uid, services
        self.objects: list[Raw] = []
        """Services and EndpointSlices."""
        self.api_server: Raw | KgctlError | None = kubernetes_service(services) if services else None
        """The Service of the API server, or why it cannot be read."""
        self.kubelet = Kubelet(
            str(self.nodes[0]["spec"]["podCIDR"]).rpartition(".")[0] if self.nodes else "10.0.0"
        )
        self.stores: dict[tuple[str, str], Objects] = {}
        """Objects of other kinds, by kind and namespace."""
        self.guesses_services = False
        """Whether the Service CIDR is only the smallest network around its Services."""
        self.now: float = NOW
        self.peers: dict[str, Manifest] = {}
        self.log: list[tuple[str, str]] = []
        self.fault: Fault = healthy
        self.clashes: list[str] = []
        """What was wrong at some moment: a key that two Peers had."""
        self._versions = itertools.count(1)
        super().__init__(self.mesh)
        for one in peers:
            self._put(copy.deepcopy(one))

    def mesh(self) -> Mesh:
        nodes = (translate_node(decoding.convert(raw, resources.Node)) for raw in self.nodes)
        peers = (translate_peer(decoding.convert(raw, resources.Peer)) for raw in tuple(self.peers.values()))
        return Mesh.of(nodes, peers, self.now)

    def get(self, name: str) -> Manifest:
        if name not in self.peers:
            raise ApiError(f'peers "{name}" not found', status=404)
        return copy.deepcopy(self.peers[name])

    def create(self, manifest: Manifest) -> Manifest:
        name = manifest["metadata"]["name"]
        self._asked("create", name)
        if name in self.peers:
            raise ApiError(f'peers "{name}" already exists', status=409)
        return self._put(copy.deepcopy(manifest))

    def replace(self, manifest: Manifest) -> Manifest:
        metadata = manifest["metadata"]
        self._asked("update", metadata["name"])
        if self.get(metadata["name"])["metadata"]["resourceVersion"] != metadata["resourceVersion"]:
            raise ApiError("the object has been modified", status=409)
        return self._put(copy.deepcopy(manifest))

    def touch(self, name: str) -> None:
        self._asked("touch", name)

    def delete(self, name: str, *, version: str = "") -> None:
        self._asked("delete", name)
        if version and self.get(name)["metadata"]["resourceVersion"] != version:
            raise ApiError("the object has been modified", status=409)
        del self.peers[name]

    def annotate(self, name: str, annotations: Mapping[str, str | None]) -> None:
        self._asked("annotate", name)
        metadata = next(one["metadata"] for one in self.nodes if one["metadata"]["name"] == name)
        merged = metadata["annotations"] | annotations
        metadata["annotations"] = {key: value for key, value in merged.items() if value is not None}

    def _asked(self, verb: str, name: str) -> None:
        if error := self.fault(verb, name):
            raise error
        self.log.append((verb, name))

    def _put(self, manifest: Manifest) -> Manifest:
        manifest["metadata"]["resourceVersion"] = str(next(self._versions))
        self.peers[manifest["metadata"]["name"]] = manifest
        keys = [one["spec"].get("publicKey") for one in self.peers.values()]
        self.clashes += [f"{self.log[-1:]}: {one}" for one in set(keys) if keys.count(one) > 1]
        return copy.deepcopy(manifest)


class DryServer:
    """A store that asks the server's faults, and writes nothing."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.get = server.get

    def _ask(self, verb: str, name: str) -> None:
        if error := self._server.fault(verb, name):
            raise error

    def create(self, manifest: Manifest) -> Manifest:
        self._ask("create", manifest["metadata"]["name"])
        return manifest

    def replace(self, manifest: Manifest) -> Manifest:
        self._ask("update", manifest["metadata"]["name"])
        return manifest

    def delete(self, name: str, *, version: str = "") -> None:
        self._ask("delete", name)


class Identity:
    """The Namespace kube-system, and what else a test gives."""

    def __init__(
        self, uid: str, objects: Sequence[Raw] = (), refused: Mapping[str, KgctlError] = NO_ERRORS
    ) -> None:
        self._uid, self._objects, self._refused = uid, objects, refused

    def of(
        self,
        kind: Kind[Any],
        *,
        namespace: str = "",
        name: str = "",
        labels: Mapping[str, str] = NO_LABELS,
        fields: str = "",
    ) -> tuple[Any, ...]:
        if name in self._refused:
            raise self._refused[name]
        if kind.name == "Namespace":
            return (Namespace(NamespaceMetadata(name=name, uid=self._uid)),)
        found = [decoding.convert(raw, kind.struct) for raw in self._objects if raw["kind"] == kind.name]
        return tuple(
            one
            for one in found
            if one.metadata.namespace == namespace
            and name in ("", one.metadata.name)
            and labels.items() <= (one.metadata.labels or {}).items()
        )

    def has_all(self, _: Kind[Any]) -> bool:
        return True

    def origin(self) -> Origin:
        return Origin(source="a test")


class FakeInformer:
    """A MeshInformer of a Server: it learns of changed Nodes when a test says so, and of its Peers at once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._last = server.mesh()
        self.changed = threading.Event()
        self.connectivity = Connectivity(0.0)
        self.is_answered = True
        self.refreshed = 0
        self.closed = False

    def mesh(self) -> Mesh:
        if not self.connectivity.error:
            self._last = Mesh(self._last.nodes, self._server.mesh().peers, self._last.now)
        return self._last

    def publish(self) -> None:
        """Learn of the Nodes as they are."""
        if not self.connectivity.error:
            self._last = self._server.mesh()
        self.changed.set()

    def refresh(self) -> None:
        self.refreshed += 1
        self.publish()

    def mind_the_time(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class WritableCluster(InMemoryCluster):
    """A Cluster of one Server, as one command opens it."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.mesh)
        self.server = server
        self.informer = FakeInformer(server)

    def follow(self) -> Any:
        return self.informer

    def objects(self) -> Identity:  # type: ignore[override] # it has some
        api_server = self.server.api_server
        found = [api_server] if isinstance(api_server, dict) else []
        refused = {"kubernetes": api_server} if isinstance(api_server, KgctlError) else {}
        return Identity(self.server.uid, [*self.server.objects, *self.server.nodes, *found], refused)

    def networks(self) -> Networks:
        cidrs = (self.server.services,) if self.server.services else ()
        dns = tuple(cidr.replace(".0/16", ".10") for cidr in cidrs)
        return Networks(
            service_cidrs=Setting(values=cidrs, source="a test", guess=self.server.guesses_services),
            dns=Setting(values=dns, source="a test") if dns else None,
        )

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        return DryServer(self.server) if dry_run else self.server  # type: ignore[return-value]

    def pods(self, namespace: str) -> PodStore:
        assert namespace == "kube-system"
        return self.server.kubelet

    def object_store(self, kind: Kind[Any], namespace: str, *, dry_run: bool = False) -> ObjectStore:
        stores = self.server.stores
        if not namespace:
            return Everywhere(store for (name, _), store in stores.items() if name == kind.name)  # type: ignore[return-value]
        if dry_run and (kind.name, namespace) in stores:
            return stores[kind.name, namespace].copy()
        return stores.setdefault((kind.name, namespace), Objects())

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        if not dry_run:
            self.server.annotate(name, annotations)


def kubernetes_service(cidr: str) -> Raw:
    """Return the Service of the API server, which has the first address of a CIDR."""
    return {
        "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {
            "clusterIPs": [str(next(ipaddress.ip_network(cidr).hosts()))],
            "ports": [{"name": "https", "port": 443}],
        },
    }


def aws(**changes: Any) -> Server:
    """Two nodes in one location, with a public leader."""
    nodes = [
        node("n1", 1, "eu-west", pod_cidr="10.42.1.0/24", key=key("aws n1")),
        node("n2", 2, "eu-west", pod_cidr="10.42.2.0/24", key=key("aws n2"), endpoint="10.1.0.2:51820"),
    ]
    return Server(**{"nodes": nodes, "uid": "uid-aws", "services": "10.43.0.0/16"} | changes)


def edge_node(name: str, number: int, location: str, **annotations: str | None) -> Raw:
    given: dict[str, str | None] = {
        "endpoint": f"198.51.100.{number}:51820",
        "internal_ip": f"10.9.0.{number}/24",
        "wireguard_ip": f"10.6.0.{1 if location == 'berlin' else 2}/16",
        "key": key(f"edge {name}"),
    }
    return node(name, number, location, pod_cidr=f"10.44.{number}.0/24", **given | annotations)


def edge(**changes: Any) -> Server:
    """A location with a public leader, and one behind NAT whose leader sends keepalives."""
    nodes = [
        edge_node("berlin-1", 11, "berlin"),
        edge_node("berlin-2", 12, "berlin"),
        edge_node(
            "home-1",
            21,
            "home",
            endpoint="192.168.7.21:51820",
            internal_ip="192.168.7.20/24",
            persistent_keepalive="25",
        ),
    ]
    return Server(**{"nodes": nodes, "uid": "uid-edge", "services": "10.45.0.0/16"} | changes)


class World:
    """Clusters by the names of their contexts, and kgctl run on them."""

    def __init__(self, **servers: Server | KgctlError) -> None:
        self.servers = servers

    def __call__(self, options: Options) -> Cluster:
        if options.from_file:
            return open_cluster(options)
        found = self.servers.get(options.context or "")
        if found is None:
            raise UsageError(f'context "{options.context}" does not exist')
        if isinstance(found, KgctlError):
            return Unreachable(found)
        return WritableCluster(found)

    def kgctl(self, *args: str, stdin: bytes = b"") -> Any:
        return kgctl("--no-resolve", "peering", *args, opener=self, stdin=stdin)

    def peers(self, name: str) -> dict[str, Manifest]:
        server = self.servers[name]
        assert isinstance(server, Server)
        return server.peers


class Unreachable(WritableCluster):
    """A Cluster whose API server does not answer."""

    def __init__(self, error: KgctlError) -> None:
        super().__init__(Server([], uid="", services=""))
        self._error = error

    def _read_mesh(self) -> Mesh:
        raise self._error

    def objects(self) -> Identity:  # type: ignore[override]
        raise self._error


def segments_of(peers: Mapping[str, Manifest]) -> dict[str, str]:
    """Return the segment that each Peer stands for."""
    return {name: one["metadata"]["annotations"][names.PEERING_SEGMENT] for name, one in peers.items()}
