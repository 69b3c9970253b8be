"""Clusters to measure with: Nodes as heavy as real ones, and Peers, from numbers alone."""

import base64
import dataclasses
import hashlib
import time
from collections.abc import Iterator
from typing import Any

from kgctl_py import names

Raw = dict[str, Any]

DAY = 24 * 3600


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many of what; without `locations` every node is a segment of its own."""

    nodes: int
    locations: int
    peers: int
    unready_peers: int = 0

    @property
    def granularity(self) -> str:
        """What the nodes state."""
        return "location" if self.locations else "full"


SMALL = Plan(nodes=3, locations=2, peers=3)
MIDDLE = Plan(nodes=1000, locations=150, peers=200)
LARGE = Plan(nodes=5000, locations=0, peers=950, unready_peers=50)


def nodes(plan: Plan) -> Iterator[Raw]:
    """Return the Nodes, 11 kB each, ready for a day."""
    for n in range(plan.nodes):
        yield _node(plan, n)


def peers(plan: Plan) -> Iterator[Raw]:
    """Return the Peers; those that are not ready have no allowed IP."""
    for n in range(plan.peers + plan.unready_peers):
        spec: Raw = {"allowedIPs": [f"10.5.{n // 256}.{n % 256}/32"], "publicKey": key(f"peer-{n}")}
        if n >= plan.peers:
            spec["allowedIPs"] = []
        if n % 2:
            spec |= {"persistentKeepalive": 25}
        metadata = {"name": f"peer-{n}"}
        yield {
            "apiVersion": names.API_VERSION,
            "kind": names.PEER_KIND,
            "metadata": metadata,
            "spec": spec,
        }


def key(owner: str) -> str:
    """Return a public key that only `owner` has."""
    return base64.b64encode(hashlib.sha256(owner.encode()).digest()).decode()


def _node(plan: Plan, n: int) -> Raw:
    name = f"node-{n:05}"
    high, low = divmod(n, 250)
    annotations = {
        names.ENDPOINT: f"203.{high}.113.{low + 1}:51820",
        names.GRANULARITY: plan.granularity,
        names.INTERNAL_IP: f"172.16.{high}.{low + 1}/16",
        names.KEY: key(name),
        names.LAST_SEEN: str(int(time.time()) + DAY),
        names.WIREGUARD_IP: f"10.4.{high}.{low + 1}/16",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    }
    if plan.locations:
        annotations[names.LOCATION] = f"location-{n % plan.locations}"
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": "m5.large",
        names.TOPOLOGY_LABEL: f"region-{n % 7}",
    }
    pod_cidr = f"10.{64 + n // 256}.{n % 256}.0/24"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "annotations": annotations, "labels": labels},
        "spec": {"podCIDR": pod_cidr, "podCIDRs": [pod_cidr], "providerID": f"aws:///eu-central-1a/i-{n:017x}"},
        "status": _status(name, n),
    }


def _status(name: str, n: int) -> Raw:
    """Return what kubelet reports: most of a Node's bytes, and nothing that Kilo reads."""
    images = [
        {"names": [f"registry.example.com/team-{i}/service-{i}@sha256:{n * 31 + i:064x}"], "sizeBytes": 10**7 + i}
        for i in range(50)
    ]
    conditions = [
        {
            "type": kind,
            "status": "False",
            "reason": f"KubeletHas{kind}",
            "message": f"kubelet has no {kind}",
            "lastHeartbeatTime": "2026-01-01T00:00:00Z",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
        for kind in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
    ]
    info = {
        "kernelVersion": "6.1.0",
        "osImage": "Debian GNU/Linux 12",
        "kubeletVersion": "v1.20.2",
        "machineID": f"{n:032x}",
    }
    resources = {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    return {
        "addresses": [{"type": "Hostname", "address": name}],
        "allocatable": resources,
        "capacity": resources,
        "conditions": conditions,
        "images": images,
        "nodeInfo": info,
    }
