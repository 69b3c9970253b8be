"""Clusters for tests: their objects as the API server gives them, and kgctl run on them in this process."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from typer.testing import Result

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.kilo.nodes import translate_node
from kgctl_py.kilo.peers import translate_peer
from kgctl_py.kube.objects import decoding
from kgctl_py.mesh import agreement
from kgctl_py.mesh.model import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.session import Session
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


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A Backend that holds its objects in memory."""

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
            subnet=agreement.subnet(mesh),
            viewpoint=viewpoint,
        )

    def kgctl(self, *args: str) -> Result:
        """Run kgctl on this cluster, without looking up any name."""
        with mock.patch.object(Session, "backend", return_value=self):
            return kgctl(*args, "--no-resolve")

    def as_list(self) -> str:
        """Give this cluster as kubectl prints it."""
        return json.dumps({"apiVersion": "v1", "kind": "List", "items": [*self.nodes, *self.peers]})
