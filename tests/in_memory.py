"""Clusters for tests: their objects as the API server gives them, and kgctl run on them in this process."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from typer.testing import Result

from kgctl_py import names
from kgctl_py.cluster import KeptReads
from kgctl_py.cluster.interface import Access, PeerStore, PodStore
from kgctl_py.cluster.object_informer import ObjectInformer, Place
from kgctl_py.errors import KgctlError
from kgctl_py.findings.cluster_facts import AgentMetrics, KgPod
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube import decoding
from kgctl_py.kube.object_store import ObjectStore
from kgctl_py.kube.objects.kinds import Kind
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build_with_agreed_settings import agreed_subnet
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.notice import Notice
from tests.cli.kgctl import kgctl

Raw = dict[str, Any]

NOW = 1767258000

EXAMPLE = Path(__file__).parents[1] / "docs" / "example-cluster.yaml"


def key(owner: str) -> str:
    """A public key that only `owner` has."""
    return base64.b64encode(hashlib.sha256(owner.encode()).digest()).decode()


def node(name: str, number: int = 1, location: str = "a", *, pod_cidr: str = "", **annotations: str | None) -> Raw:
    """A ready Node whose addresses end in `number`; an annotation of None is not there."""
    given: dict[str, str | None] = {
        "location": location,
        "granularity": "location",
        "endpoint": f"203.0.113.{number}:51820",
        "internal_ip": f"10.1.0.{number}/24",
        "key": key(name),
        "last_seen": str(NOW),
        "wireguard_ip": f"10.4.0.{number}/16",
        **annotations,
    }
    annotated = {names.PREFIX + k.replace("_", "-"): v for k, v in given.items() if v is not None}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "annotations": annotated},
        "spec": {"podCIDR": pod_cidr or f"10.42.{number}.0/24"},
    }


def peer(name: str, number: int = 1, **spec: Any) -> Raw:
    """A ready Peer whose address ends in `number`."""
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.PEER_KIND,
        "metadata": {"name": name},
        "spec": {"allowedIPs": [f"10.5.0.{number}/32"], "publicKey": key(name), **spec},
    }


def owned_peer(name: str, number: int, owner: str, **spec: Any) -> Raw:
    """A ready Peer with an owner."""
    raw = peer(name, number, **spec)
    return {**raw, "metadata": {**raw["metadata"], "annotations": {names.OWNER: owner}}}


def listening_peer(name: str, number: int = 1, **spec: Any) -> Raw:
    """A ready Peer that others can call: 192.0.2.NUMBER, port 51820."""
    return peer(name, number, endpoint={"dnsOrIP": {"ip": f"192.0.2.{number}"}, "port": 51820}, **spec)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Nodes and Peers in memory, and kgctl run on them."""

    nodes: Sequence[Raw] = ()
    peers: Sequence[Raw] = ()
    now: float = NOW

    def mesh(self) -> Mesh:
        nodes = (translate_node(decoding.convert(raw, resources.Node)) for raw in self.nodes)
        peers = (translate_peer(decoding.convert(raw, resources.Peer)) for raw in self.peers)
        return Mesh(
            tuple(sorted(nodes, key=lambda node: node.name)),
            tuple(sorted(peers, key=lambda peer: peer.name)),
            self.now,
        )

    def topology(self, granularity: Granularity = Granularity.LOCATION, viewpoint: str = "") -> Topology:
        mesh = self.mesh()
        return Topology.build(
            nodes=mesh.ready_nodes,
            peers=mesh.ready_peers,
            granularity=granularity,
            subnet=agreed_subnet(mesh),
            viewpoint=viewpoint,
        )

    def kgctl(self, *args: str) -> Result:
        """Run kgctl on this cluster, without looking up any name."""
        return kgctl(*args, "--no-resolve", cluster=InMemoryCluster(self.mesh))

    def as_list(self) -> str:
        """Return this cluster as kubectl prints it."""
        return json.dumps({"apiVersion": "v1", "kind": "List", "items": [*self.nodes, *self.peers]})


class InMemoryCluster(KeptReads):
    """A kgctl_py Cluster whose mesh is given; it has no other objects, and knows the addresses of some names."""

    source = "memory"
    is_live = True
    lookups_off = ""
    notices: tuple[Notice, ...] = ()

    def __init__(
        self,
        read: Callable[[], Mesh],
        addresses: Mapping[str, IPAddress] | None = None,
        store: PeerStore | None = None,
    ) -> None:
        super().__init__()
        self.read = read
        self.store = store
        self.addresses = addresses or {}
        self.looked_up: list[str] = []

    def objects(self) -> NoReturn:
        raise KgctlError("this cluster has no API server")

    def follow(self) -> NoReturn:
        raise KgctlError("this cluster has no API server")

    def peers(self, *, dry_run: bool = False, request_timeout: float | None = None) -> PeerStore:
        if self.store is None:
            raise KgctlError("this cluster has no API server")
        return self.store

    def access(self) -> Access:
        return Access(summary="a cluster in memory")

    def annotate_node(self, name: str, annotations: Mapping[str, str | None], *, dry_run: bool = False) -> None:
        raise KgctlError("this cluster has no API server")

    def pods(self, namespace: str) -> PodStore:
        raise KgctlError("this cluster has no API server")

    def object_store(self, kind: Kind[Any], namespace: str, *, dry_run: bool = False) -> ObjectStore:
        raise KgctlError("this cluster has no API server")

    def follow_objects(self, places: Collection[Place]) -> ObjectInformer:
        raise KgctlError("this cluster has no API server")

    def agents(self, pods: Collection[KgPod]) -> Mapping[str, AgentMetrics]:
        raise KgctlError("this cluster has no API server")

    def look_up(self, hosts: set[str]) -> Mapping[str, IPAddress]:
        self.looked_up += sorted(hosts)
        return {host: self.addresses[host] for host in hosts if host in self.addresses}

    def _read_mesh(self) -> Mesh:
        return self.read()
