"""The sections of `check`, each with its checks."""

from kgctl_py.findings.catalog import Code
from kgctl_py.findings.finding import Kind
from kgctl_py.findings.report import Check, Section

KUBERNETES = Section(
    name="kubernetes",
    kinds=frozenset({Kind.CLUSTER, Kind.MACHINE}),
    checks=(
        Check("the API server answers", (Code.API,)),
        Check("Nodes and Peers may be listed", (Code.RBAC,)),
        Check("Peers are there, for the whole cluster", (Code.CRD, Code.CRD_SCOPE)),
        Check("this machine's clock agrees with the API server's", (Code.CLOCK,)),
    ),
)
NODES = Section(
    name="nodes",
    kinds=frozenset({Kind.NODE, Kind.NODES}),
    checks=(
        Check("there are nodes that are ready", (Code.NO_NODES,)),
        Check("Kilo has been on every node", (Code.NODE_NOKILO,)),
        Check("every pod of Kilo runs", (Code.KG_POD,)),
        Check(
            "every node has an endpoint, a key and a pod CIDR",
            (Code.NODE_NOENDPOINT, Code.NODE_NOKEY, Code.NODE_NOCIDR),
        ),
        Check(
            "every node was seen within the last minute",
            (Code.NODE_UNSEEN, Code.NODE_STALE, Code.NODE_CLOCK_AHEAD),
        ),
        Check(
            "every annotation is used as it stands",
            (
                *(Code.VALUE, Code.LEADER_FALSE, Code.FORCE_ENDPOINT, Code.KEEPALIVE),
                *(Code.NODE_DNS_NUMBER, Code.NODE_ANNOTATION, Code.GRANULARITY_UNKNOWN),
            ),
        ),
        Check("every pod CIDR is used", (Code.POD_CIDR_UNREAD,)),
        Check("no two nodes have the same address or key", (Code.NODE_OVERLAP, Code.KEY_TWICE)),
        Check("every node's endpoint resolves", (Code.DNS_FAIL,)),
    ),
)
TOPOLOGY = Section(
    name="topology",
    kinds=frozenset({Kind.NODE, Kind.NODES, Kind.SEGMENT, Kind.SECTION}),
    checks=(
        Check(
            "nodes agree on the granularity and the Kilo subnet",
            (Code.GRANULARITY, Code.GRANULARITY_NONE, Code.SUBNET, Code.SUBNET_NONE),
        ),
        Check("both are what Kilo's DaemonSet is told", (Code.KG_GRANULARITY, Code.KG_SUBNET)),
        Check("locations are read from the label that Kilo reads", (Code.TOPOLOGY_LABEL,)),
        Check("the Kilo subnet has room", (Code.SUBNET_FULL, Code.SUBNET_EXHAUSTED)),
        Check("the computed leaders are those that nodes report", (Code.LEADER_DRIFT,)),
        Check("the computed WireGuard IPs are those that nodes report", (Code.WIREGUARD_IP_DRIFT,)),
        Check(
            "every leader can be called from elsewhere",
            (Code.LEADER_PUBLIC, Code.ENDPOINT_PRIVATE, Code.ENDPOINT_TWICE),
        ),
        Check("every allowed location IP is routed", (Code.LOCIP_CLASH, Code.LOCIP_ROUTED, Code.LOCIP_PEER)),
        Check("no endpoint is routed into its own tunnel", (Code.LOOP,)),
    ),
)
PEERS = Section(
    name="peers",
    kinds=frozenset({Kind.PEER}),
    checks=(
        Check("Kilo uses every peer", (Code.PEER_INVALID, Code.PEER_NOIPS, Code.PEER_NOKEY)),
        Check("every peer that roams says so", (Code.PEER_ROAM,)),
        Check("no two peers have the same address or key", (Code.PEER_DUP, Code.KEY_TWICE)),
        Check("no peer overlaps a network of the cluster", (Code.PEER_OVERLAP,)),
        Check(
            "every value of a peer is used as it stands",
            (Code.PEER_PSK, Code.PEER_DNS_AND_IP, Code.PEER_DNS_NUMBER, Code.HOST_BITS, Code.KEEPALIVE),
        ),
        Check("every peer's endpoint resolves", (Code.DNS_FAIL,)),
        Check("nodes have heard of every peer", (Code.PEER_UNSEEN,)),
        Check("nodes send peers the keepalive that these send", (Code.KEEPALIVE_OWN,)),
        Check("no peer has the name of a node", (Code.NAME_TWICE,)),
    ),
)
LOCAL = Section(
    name="local",
    kinds=frozenset({Kind.MACHINE, Kind.INTERFACE, Kind.FILE}),
    checks=(
        Check("the WireGuard interface is there and up", (Code.LOCAL_NONE, Code.LOCAL_DOWN)),
        Check("its key and addresses are those of a Peer", (Code.LOCAL_KEY, Code.LOCAL_ADDRESS)),
        Check("it knows the mesh as it is now", (Code.LOCAL_PEERS,)),
        Check("every allowed IP is routed through it", (Code.LOCAL_ROUTE,)),
        Check("every leader answers over UDP", (Code.LOCAL_HANDSHAKE, Code.LOCAL_QUIET)),
        Check("the Service CIDR goes through it", (Code.LOCAL_SERVICES,)),
        Check("the cluster's DNS answers", (Code.LOCAL_DNS,)),
    ),
)
SECTIONS = (KUBERNETES, NODES, TOPOLOGY, PEERS, LOCAL)
