"""Nodes and Peers in the Kubernetes API: the paths of their lists, and the JSON fields that Kilo reads."""

from collections.abc import Callable
from typing import Any

import msgspec

from kgctl_py import names
from kgctl_py.kube.decoding import InProtobuf, Metadata, Source

NODES_PATH = "/api/v1/nodes"
GROUP_PATH = f"/apis/{names.API_VERSION}"
PEERS = "peers"
PEERS_PATH = f"{GROUP_PATH}/{PEERS}"

CRD_COMMANDS = {names.PEERS_RESOURCE: "to create it: kgctl manifests --part crds --no-cel | kubectl apply -f -"}
"""The commands that create the CRDs of Kilo; CEL rules need Kubernetes 1.25."""


class NodeSpec(msgspec.Struct, frozen=True):
    """`spec` of a Node."""

    pod_cidr: str | None = msgspec.field(name="podCIDR", default=None)
    pod_cidrs: tuple[str, ...] | None = msgspec.field(name="podCIDRs", default=None)


class Node(msgspec.Struct, frozen=True):
    """A core/v1 Node."""

    metadata: Metadata
    spec: NodeSpec | None = None


class DNSOrIP(msgspec.Struct, frozen=True):
    """`spec.endpoint.dnsOrIP` of a Peer."""

    dns: str | None = None
    ip: str | None = None


class PeerEndpoint(msgspec.Struct, frozen=True):
    """`spec.endpoint` of a Peer."""

    dns_or_ip: DNSOrIP | None = msgspec.field(name="dnsOrIP", default=None)
    port: int | None = None


class PeerSpec(msgspec.Struct, frozen=True, rename="camel"):
    """`spec` of a Peer."""

    allowed_ips: tuple[str, ...] | None = msgspec.field(name="allowedIPs", default=None)
    endpoint: PeerEndpoint | None = None
    persistent_keepalive: int | None = None
    preshared_key: str | None = None
    public_key: str | None = None


class PeerMetadata(Metadata, frozen=True):
    """`metadata` of a Peer, which also says when it was created."""

    creation_timestamp: str | None = msgspec.field(name="creationTimestamp", default=None)


class Peer(msgspec.Struct, frozen=True):
    """A kilo.squat.ai/v1alpha1 Peer; its spec is decoded later, so that a malformed one does not fail the list."""

    metadata: PeerMetadata
    spec: Any = None


def _load_node_decoder() -> Callable[[bytes, int, int], Node]:
    from kgctl_py.kilo.node_protobuf import node_from_protobuf  # some servers respond in JSON

    return node_from_protobuf


NODE_LIST = Source(NODES_PATH, "NodeList", Node, InProtobuf(_load_node_decoder))
"""The list of Nodes, which servers send as JSON or protobuf."""
PEER_LIST = Source(PEERS_PATH, f"{names.PEER_KIND}List", Peer)
"""The list of Peers, which servers send only as JSON."""
