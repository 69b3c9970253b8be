"""Kilo's annotations, labels, API group, and resources (kilo pkg/k8s/backend.go, manifests/crds.yaml)."""

PREFIX = "kilo.squat.ai/"

ALLOWED_LOCATION_IPS = PREFIX + "allowed-location-ips"
DISCOVERED_ENDPOINTS = PREFIX + "discovered-endpoints"
ENDPOINT = PREFIX + "endpoint"
FORCE_ENDPOINT = PREFIX + "force-endpoint"
FORCE_INTERNAL_IP = PREFIX + "force-internal-ip"
GRANULARITY = PREFIX + "granularity"
INTERNAL_IP = PREFIX + "internal-ip"
KEY = PREFIX + "key"
LAST_SEEN = PREFIX + "last-seen"
LEADER = PREFIX + "leader"
LOCATION = PREFIX + "location"
PERSISTENT_KEEPALIVE = PREFIX + "persistent-keepalive"
WIREGUARD_IP = PREFIX + "wireguard-ip"

CNI_COMPATIBILITY_IP = PREFIX + "cni-compatibility-ip"
"""The address of the interface of the CNI plugin, for the routes of kg; not used in configurations."""
CLUSTERMESH_ENDPOINT = PREFIX + "clustermesh-endpoint"
"""The endpoint of a node for other clusters, read by kilo-clustermesh-operator."""
NODE_ANNOTATIONS = frozenset(
    (
        *(
            ALLOWED_LOCATION_IPS,
            CNI_COMPATIBILITY_IP,
            DISCOVERED_ENDPOINTS,
            ENDPOINT,
            FORCE_ENDPOINT,
            FORCE_INTERNAL_IP,
        ),
        *(GRANULARITY, INTERNAL_IP, KEY, LAST_SEEN, LEADER, LOCATION, PERSISTENT_KEEPALIVE, WIREGUARD_IP),
        CLUSTERMESH_ENDPOINT,
    )
)
"""Every annotation of a Node that a program reads."""

OWNER = "kgctl." + PREFIX + "owner"
DESCRIPTION = "kgctl." + PREFIX + "description"
"""Annotations of a Peer for people, which kgctl writes and Kilo does not read."""
EXPIRES = "kgctl." + PREFIX + "expires"
"""The annotation of a Peer that `kgctl peer expire` removes after this time, in RFC 3339."""
DISABLED_IPS = "kgctl." + PREFIX + "disabled-allowed-ips"
"""The annotation with the allowed IPs that a disabled Peer gets back."""
SET = "kgctl." + PREFIX + "set"
"""The label of a Peer that `kgctl peer apply --set` created or changed: the name of its set."""
CONNECTED = "kgctl." + PREFIX + "connected"
"""The annotation of a Peer that `kgctl connect` created: HOST/INTERFACE."""
TOUCHED = "kgctl." + PREFIX + "touched"
"""The annotation that kgctl changes so that agents read a Peer again."""
PEERING = "kgctl." + PREFIX + "peering"
"""The label of a Peer that stands for a segment of another cluster: what that cluster is called here."""
PEERING_UID = PEERING + "-uid"
"""The annotation of such a Peer: the UID of the other cluster's Namespace kube-system."""
PEERING_SEGMENT = PEERING + "-segment"
PEERING_LEADER = PEERING + "-leader"
PEERING_SERVICES = PEERING + "-services"
"""The annotation of the one Peer that also carries the other cluster's Service CIDRs."""
PEERING_OPTIONS = PEERING + "-options"
"""The annotation of such a Peer: the options of `kgctl peering connect` that concern both clusters."""
PEERING_KEEPALIVE = PEERING + "-keepalive"
"""The annotation of a Node whose keepalive `kgctl peering connect --annotate` set: that keepalive."""
MANAGED_BY = "app.kubernetes.io/managed-by"
CLUSTERMESH = "kilo-clustermesh.io/mesh"
"""The label of a Peer that kilo-clustermesh-operator created."""

TOPOLOGY_LABEL = "topology.kubernetes.io/region"
ZONE_LABEL = "topology.kubernetes.io/zone"

GROUP = "kilo.squat.ai"
API_VERSION = GROUP + "/v1alpha1"
OUTPUT_API_VERSION = "kgctl." + GROUP + "/v1"
"""The version of the output for programs: fields can be added, but not removed or renamed."""
PEER_KIND = "Peer"
PEERS_RESOURCE = "peers." + GROUP
_ALIKE = 0.8


def is_like_group(text: str) -> bool:
    """Return whether a text is Kilo's group with its words in another order, or with a few wrong letters."""
    if sorted(text.lower().split(".")) == sorted(GROUP.split(".")):
        return True
    import difflib  # names that are right need no comparison

    return difflib.SequenceMatcher(None, text.lower(), GROUP).ratio() > _ALIKE
