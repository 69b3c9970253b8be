"""What a bundle contains of the objects: the annotations, labels, fields, and flags that kgctl reads."""

import re

from kgctl_py import names
from kgctl_py.kube.objects.kinds import SERVICE_NAME

NODE_ANNOTATIONS = frozenset(
    (
        names.ALLOWED_LOCATION_IPS,
        names.DISCOVERED_ENDPOINTS,
        names.ENDPOINT,
        names.FORCE_ENDPOINT,
        names.FORCE_INTERNAL_IP,
        names.GRANULARITY,
        names.INTERNAL_IP,
        names.KEY,
        names.LAST_SEEN,
        names.LEADER,
        names.LOCATION,
        names.PERSISTENT_KEEPALIVE,
        names.WIREGUARD_IP,
        names.CNI_COMPATIBILITY_IP,
        names.CLUSTERMESH_ENDPOINT,
    )
)
OWNERS = (names.OWNER, names.DESCRIPTION)
PEER_ANNOTATIONS = (
    names.PEERING_UID,
    names.PEERING_SEGMENT,
    names.PEERING_LEADER,
    names.PEERING_SERVICES,
    names.PEERING_OPTIONS,
    names.EXPIRES,
    names.DISABLED_IPS,
)
PEER_LABELS = (names.MANAGED_BY, names.PEERING, names.CLUSTERMESH)
NODE_LABEL = re.compile(r"([a-z0-9.-]+\.)?(kubernetes\.io|k8s\.io|kilo\.squat\.ai)/.*", re.DOTALL)
LABELS = (SERVICE_NAME, "app.kubernetes.io/name", "app.kubernetes.io/part-of", "component", "k8s-app")
PEER_SPEC = ("allowedIPs", "endpoint", "persistentKeepalive", "presharedKey", "publicKey")
FLAGS = frozenset(
    (
        # flags of kg (kilo cmd/kg/main.go)
        "backend",
        "clean-up-interface",
        "cni",
        "cni-path",
        "compatibility",
        "create-interface",
        "encapsulate",
        "hostname",
        "interface",
        "internal-cidr",
        "iptables-forward-rules",
        "listen",
        "local",
        "log-level",
        "mesh-granularity",
        "mtu",
        "port",
        "prioritise-private-addresses",
        "resync-period",
        "service-cidr",
        "subnet",
        "topology-label",
        # flags of API servers, k3s, and rke2
        "cluster-domain",
        "service-cluster-ip-range",
    )
)
SERVERS = ("server", "agent")
PROGRAMS = ("kilo", "kube-apiserver")
