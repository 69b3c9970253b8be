"""The sections of `check`, each with its checks."""

from kgctl_py.findings import Kind
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.findings.report import Check, Section

KUBERNETES = Section(
    name="kubernetes",
    kinds=frozenset({Kind.CLUSTER, Kind.MACHINE}),
    checks=(
        Check("the API server answers", (Code.API,)),
        Check("Nodes and Peers can be listed", (Code.RBAC,)),
        Check(
            "the CustomResourceDefinition of Peers is installed with the scope Cluster", (Code.CRD, Code.CRD_SCOPE)
        ),
        Check("the clocks of this machine and the API server agree", (Code.CLOCK,)),
    ),
)
NODES = Section(
    name="nodes",
    kinds=frozenset({Kind.NODE, Kind.NODES}),
    checks=(
        Check("at least one node is ready", (Code.NO_NODES,)),
        Check(
            "all nodes are ready",
            (
                *(Code.NODE_NOKILO, Code.NODE_NOENDPOINT, Code.NODE_NOKEY, Code.NODE_NOCIDR),
                *(Code.NODE_UNSEEN, Code.NODE_STALE),
            ),
        ),
        Check("no node reported a time in the future", (Code.NODE_CLOCK_AHEAD,)),
        Check("all Kilo pods are running", (Code.KG_POD,)),
        Check(
            "all node annotations are valid",
            (
                *(Code.VALUE, Code.LEADER_FALSE, Code.FORCE_ENDPOINT, Code.KEEPALIVE),
                *(Code.NODE_DNS_NUMBER, Code.NODE_ANNOTATION, Code.GRANULARITY_UNKNOWN),
            ),
        ),
        Check("Kilo reads all pod CIDRs", (Code.POD_CIDR_UNREAD,)),
        Check("no two nodes have the same address or key", (Code.NODE_OVERLAP, Code.KEY_TWICE)),
        Check("the endpoints of all nodes resolve", (Code.DNS_FAIL,)),
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
        Check("granularity and subnet match the DaemonSet of Kilo", (Code.KG_GRANULARITY, Code.KG_SUBNET)),
        Check("kgctl and Kilo read locations from the same label", (Code.TOPOLOGY_LABEL,)),
        Check("the Kilo subnet has free addresses", (Code.SUBNET_FULL, Code.SUBNET_EXHAUSTED)),
        Check("the Kilo subnet overlaps no other network", (Code.SUBNET_OVERLAP,)),
        Check("the computed leaders match those that nodes report", (Code.LEADER_DRIFT,)),
        Check("the computed WireGuard IPs match those that nodes report", (Code.WIREGUARD_IP_DRIFT,)),
        Check("the agents of Kilo see the mesh that nodes report", (Code.AGENT_LEADER, Code.AGENT_COUNTS)),
        Check("the agents of Kilo report no errors", (Code.AGENT_ERRORS,)),
        Check(
            "the endpoints of all leaders look reachable",
            (Code.LEADER_PUBLIC, Code.ENDPOINT_PRIVATE, Code.ENDPOINT_VERSION, Code.ENDPOINT_TWICE),
        ),
        Check("kg can set all routes between locations", (Code.IP_VERSION,)),
        Check("Kilo drops no allowed location IPs", (Code.LOCIP_CLASH, Code.LOCIP_ROUTED, Code.LOCIP_PEER)),
        Check("no endpoint is routed into its own tunnel", (Code.LOOP,)),
    ),
)
PEERS = Section(
    name="peers",
    kinds=frozenset({Kind.PEER}),
    checks=(
        Check("Kilo uses all peers", (Code.PEER_INVALID, Code.PEER_NOIPS, Code.PEER_NOKEY, Code.PEER_DISABLED)),
        Check("no peer has expired", (Code.PEER_EXPIRED,)),
        Check("all roaming peers have a keepalive", (Code.PEER_ROAM,)),
        Check("no two peers have the same address or key", (Code.PEER_DUP, Code.KEY_TWICE)),
        Check("no peer overlaps a network of the cluster", (Code.PEER_OVERLAP,)),
        Check(
            "all peer fields are valid",
            (
                *(Code.PEER_UNUSABLE, Code.PEER_PSK, Code.PEER_DNS_AND_IP, Code.PEER_DNS_NUMBER, Code.HOST_BITS),
                Code.KEEPALIVE,
            ),
        ),
        Check("the endpoints of all peers resolve", (Code.DNS_FAIL,)),
        Check("nodes have seen all peers", (Code.PEER_UNSEEN,)),
        Check("at least one leader sends keepalives, or no peer does", (Code.KEEPALIVE_OWN,)),
        Check("no peer has the same name as a node", (Code.NAME_TWICE,)),
    ),
)
LOCAL = Section(
    name="local",
    kinds=frozenset({Kind.MACHINE, Kind.INTERFACE, Kind.FILE}),
    checks=(
        Check("the WireGuard interface exists and is up", (Code.LOCAL_NONE, Code.LOCAL_DOWN)),
        Check("its key and addresses match a Peer", (Code.LOCAL_KEY, Code.LOCAL_ADDRESS)),
        Check("it has all peers and allowed IPs of the current mesh", (Code.LOCAL_PEERS,)),
        Check("all allowed IPs are routed through it", (Code.LOCAL_ROUTE,)),
        Check("all leaders answer over UDP", (Code.LOCAL_HANDSHAKE, Code.LOCAL_QUIET)),
        Check("the Service CIDR is routed through it", (Code.LOCAL_SERVICES,)),
        Check("the cluster DNS answers", (Code.LOCAL_DNS,)),
    ),
)
SECTIONS = (KUBERNETES, NODES, TOPOLOGY, PEERS, LOCAL)
