"""A cluster as a file for the administrators of another one, without secrets."""

from collections.abc import Iterator
from typing import Any

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Node
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import SYSTEM


def card(member: Member) -> dict[str, Any]:
    """Return a List of Kubernetes objects, which kgctl reads as a cluster.

    It has the identity of the cluster, its Service CIDRs, and the fields of each Node that Kilo reads.
    """
    return {"apiVersion": "v1", "kind": "List", "items": list(_items(member))}


def _items(member: Member) -> Iterator[dict[str, Any]]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM, "uid": member.uid}}
    if member.services:
        yield {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "ServiceCIDR",
            "metadata": {"name": "kubernetes"},
            "spec": {"cidrs": [str(cidr) for cidr in member.services]},
        }
    for node in member.mesh.nodes:
        metadata = {"name": node.name, "annotations": dict(_annotations(node, member))}
        spec = {"podCIDR": str(node.subnet)} if node.subnet else {}
        yield {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec}


def _annotations(node: Node, member: Member) -> Iterator[tuple[str, str]]:
    values = {
        names.ALLOWED_LOCATION_IPS: ",".join(map(str, node.allowed_location_ips)),
        names.CLUSTERMESH_ENDPOINT: node.clustermesh_endpoint,
        names.ENDPOINT: node.endpoint,
        names.GRANULARITY: node.granularity or member.topology.granularity,
        names.INTERNAL_IP: node.internal_ip,
        names.KEY: node.key,
        names.LAST_SEEN: node.last_seen,
        names.PERSISTENT_KEEPALIVE: node.persistent_keepalive,
        names.WIREGUARD_IP: node.wireguard_ip,
    }
    yield names.LOCATION, node.location
    if node.leader:
        yield names.LEADER, "true"
    for name, value in values.items():
        if value:
            yield name, str(value)
