"""The CustomResourceDefinition of Peers, as Kilo deploys it."""

from typing import Any

from kgctl_py.k8s import names

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

_STRING = {"type": "string"}
_ENDPOINT = {
    "type": "object",
    "required": ["dnsOrIP", "port"],
    "properties": {
        "dnsOrIP": {"type": "object", "properties": {"dns": _STRING, "ip": _STRING}},
        "port": {"type": "integer", "format": "int32"},
    },
}
_SPEC = {
    "type": "object",
    "required": ["allowedIPs", "publicKey"],
    "properties": {
        "allowedIPs": {"type": "array", "items": _STRING},
        "endpoint": _ENDPOINT,
        "persistentKeepalive": {"type": "integer"},
        "presharedKey": _STRING,
        "publicKey": _STRING,
    },
}
_PEER = {
    "type": "object",
    "required": ["spec"],
    "properties": {"apiVersion": _STRING, "kind": _STRING, "metadata": {"type": "object"}, "spec": _SPEC},
}

PEER_CRD: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": names.PEERS_RESOURCE},
    "spec": {
        "group": names.GROUP,
        "scope": "Cluster",
        "names": {"kind": names.PEER_KIND, "listKind": "PeerList", "plural": "peers", "singular": "peer"},
        "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": _PEER}}],
    },
}
