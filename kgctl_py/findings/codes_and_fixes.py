"""The codes of findings: each with its severity, its meaning, why it matters, and how to fix it."""

import enum

from kgctl_py import names


class Severity(enum.IntEnum):
    """How much a finding matters."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    @property
    def level(self) -> str:
        """The severity as a word: note, warning, or error."""
        return self.name.lower()


_NOTE, _WARNING, _ERROR = Severity


class Code(enum.StrEnum):
    """The codes of findings; `docs/findings.md` is generated from this table."""

    severity: Severity
    meaning: str
    why: str
    fix: str
    command: str
    """The command that fixes it, to paste as it is; NAME and FIELD are those of the finding."""

    def __new__(cls, code: str, severity: Severity, meaning: str, why: str, fix: str, command: str = "") -> "Code":
        """Create a member whose value is only the code."""
        self = str.__new__(cls, code)
        self._value_ = code
        self.severity, self.meaning, self.why, self.fix, self.command = severity, meaning, why, fix, command
        return self

    # The cluster.
    API = (
        "K-API",
        _ERROR,
        "kgctl cannot reach the API server.",
        "Without the API server, kgctl knows nothing about the mesh.",
        "Check the kubeconfig, the network, and the server.",
    )
    RBAC = (
        "K-RBAC",
        _ERROR,
        "You are not allowed to list Nodes or Peers.",
        "kgctl needs both to compute the mesh.",
        "Ask an administrator for the RBAC rule in the hint.",
    )
    CRD = (
        "K-CRD",
        _ERROR,
        "The CustomResourceDefinition of Peers is missing.",
        "Kilo is not installed, or not completely. Its agent kg does not start without the definition.",
        "Create it.",
        "kgctl manifests --part crds --no-cel | kubectl apply -f -",
    )
    CRD_SCOPE = (
        "K-CRD-SCOPE",
        _ERROR,
        "The scope in the CustomResourceDefinition of Peers is Namespaced, not Cluster.",
        (
            "Kilo expects the scope Cluster. It uses Peers without a namespace, so the API server refuses to get, "
            "create, change, or delete a Peer."
        ),
        (
            "Save the Peers, delete the CustomResourceDefinition (which deletes all Peers), apply Kilo's own, and "
            "create the Peers again with kgctl peer apply."
        ),
    )
    CLOCK = (
        "K-CLOCK",
        _WARNING,
        "The clocks of this machine and of the API server differ.",
        (
            "kgctl uses the clock of the server instead. Other programs on this machine can refuse valid "
            "certificates and tokens."
        ),
        "Set the clock of this machine, for example with NTP.",
    )

    # Each node.
    NO_NODES = (
        "K-NO-NODES",
        _ERROR,
        "No node is part of the mesh.",
        "Peers have nothing to connect to.",
        "Fix the problems that are reported for each node.",
    )
    NODE_NOKILO = (
        "K-NODE-NOKILO",
        _WARNING,
        "The node has no annotations of Kilo.",
        "The node is not part of the mesh, so peers cannot reach its pods.",
        (
            "Check whether the DaemonSet of Kilo runs a pod on the node; if the node should stay outside the "
            "mesh, ignore this."
        ),
    )
    NODE_NOENDPOINT = (
        "K-NODE-NOENDPOINT",
        _ERROR,
        "The node has no endpoint.",
        "Kilo leaves out a node that other nodes cannot connect to.",
        (
            "Read the log of kg on the node; if kg finds no address, set the annotation "
            f"{names.FORCE_ENDPOINT} of the node to the address and the port that others reach."
        ),
    )
    NODE_NOKEY = (
        "K-NODE-NOKEY",
        _ERROR,
        "The node has no public key.",
        "WireGuard identifies nodes by their key, so Kilo leaves the node out.",
        "Read the log of kg on the node. kg generates the key and stores it in /var/lib/kilo.",
    )
    NODE_NOCIDR = (
        "K-NODE-NOCIDR",
        _ERROR,
        "The node has no pod CIDR in spec.podCIDR.",
        "Kilo does not know the pod addresses of the node, so it leaves the node out.",
        (
            "Let the controller manager allocate pod CIDRs (--allocate-node-cidrs, --cluster-cidr), and use a"
            " CNI plugin that reads spec.podCIDR."
        ),
    )
    NODE_UNSEEN = (
        "K-NODE-UNSEEN",
        _ERROR,
        "The node has an endpoint or a key, but Kilo has never reported that it is alive.",
        "kg reports every 30 seconds that the node is alive. Kilo leaves out a node without such a report.",
        "Read the log of kg on the node, and check that kg is allowed to patch Nodes.",
    )
    NODE_STALE = (
        "K-NODE-STALE",
        _ERROR,
        "The node has not reported for a minute or more.",
        (
            "Kilo has removed the node from the mesh: peers cannot reach its pods. If it was a leader, "
            "another node of its location leads now, if there is one."
        ),
        "Check that the node and its kg are running, and that the clock of the node is right.",
    )
    KG_POD = (
        "K-KG-POD",
        _ERROR,
        "The Kilo pod on the node is not running correctly.",
        "Without it, the node does not follow changes of the mesh.",
        "Read its log: its container is named kilo.",
    )
    VALUE = (
        "K-VALUE",
        _WARNING,
        "Kilo ignores a value because it is invalid.",
        "The setting has no effect.",
        "Correct the value, or remove it if nothing needs it.",
    )
    NODE_DNS_NUMBER = (
        "K-NODE-DNS-NUMBER",
        _ERROR,
        "The host name of a node's endpoint ends in a number, or has a label of more than 63 characters.",
        "No host has such a name: a number is probably a mistyped address. A name that does not resolve stops kg.",
        f"Set the annotation {names.FORCE_ENDPOINT} of the node to the right address and port.",
    )
    NODE_ANNOTATION = (
        "K-NODE-ANNOTATION",
        _WARNING,
        "An annotation has the prefix of Kilo, but Kilo does not know it.",
        "It is misspelled or from an older Kilo, so it has no effect.",
        "Set the right annotation if you need it, and remove this one.",
        "kubectl annotate node NAME FIELD-",
    )
    NODE_CLOCK_AHEAD = (
        "K-NODE-CLOCK-AHEAD",
        _WARNING,
        "A node reported a time in the future: its clock is ahead.",
        "If the node stops, Kilo treats it as alive for that much longer.",
        "Set the clock of the node, for example with NTP; kg updates the time within half a minute.",
    )
    LEADER_FALSE = (
        "K-LEADER-FALSE",
        _WARNING,
        "The leader annotation says false, but Kilo reads it as true.",
        "Kilo only checks whether the annotation exists, so the node can become the leader of its location.",
        "Remove the annotation.",
        f"kubectl annotate node NAME {names.LEADER}-",
    )
    FORCE_ENDPOINT = (
        "K-FORCE-ENDPOINT",
        _WARNING,
        "Kilo ignores a force-endpoint annotation because it is invalid.",
        "kg uses the endpoint that it detects, which is often the wrong one.",
        (
            "Write a host and a port; the host is an IP address (IPv6 in brackets) or a lower-case DNS name; "
            "if kg detects the right endpoint, remove the annotation."
        ),
        f"kubectl annotate node NAME {names.FORCE_ENDPOINT}-",
    )
    KEEPALIVE = (
        "K-KEEPALIVE",
        _ERROR,
        "A keepalive is outside the range of WireGuard, 0 to 65535.",
        "kgctl prints it as 0, which turns keepalives off. What Kilo does with it is undefined.",
        "Set it in seconds; 25 suits most networks.",
    )
    POD_CIDR_UNREAD = (
        "K-POD-CIDR-UNREAD",
        _WARNING,
        "The node has a second pod CIDR, which Kilo does not use.",
        "Kilo reads only spec.podCIDR, so peers cannot reach pods at addresses in the second pod CIDR.",
        "Use only pod addresses in spec.podCIDR; Kilo has no setting for the others.",
    )
    ENDPOINT_PRIVATE = (
        "K-ENDPOINT-PRIVATE",
        _WARNING,
        "Other locations probably cannot reach the endpoint of a leader.",
        (
            "The endpoint is private or local to the machine, other endpoints are public, and no keepalive "
            "keeps a path through NAT open."
        ),
        (
            f"Set the annotation {names.FORCE_ENDPOINT} of the node to the address that others see; for a node "
            f"behind NAT without a forwarded port, set {names.PERSISTENT_KEEPALIVE} to 25."
        ),
    )

    ENDPOINT_VERSION = (
        "K-ENDPOINT-VERSION",
        _WARNING,
        "The endpoint of a leader has an IP version that no other leader is known to have.",
        (
            "Kilo knows one endpoint and one internal IP of each node. A tunnel to this leader opens only if one "
            "of its ends also has an address of the IP version of the other end."
        ),
        (
            "If the node has an address of the other IP version that others reach, set its annotation "
            f"{names.FORCE_ENDPOINT} to it; otherwise give the other leaders an address of this IP version."
        ),
    )
    IP_VERSION = (
        "K-IP-VERSION",
        _ERROR,
        "A pod CIDR or an internal IP has another IP version than the Kilo subnet.",
        (
            "In other locations, the gateway of its route is a WireGuard IP, and kg cannot set a route through a "
            "gateway of another IP version. kg stops at such a route, so others are set late."
        ),
        (
            "Use one IP version for the pod CIDRs, the internal IPs, and the Kilo subnet; the annotation "
            f"{names.FORCE_INTERNAL_IP} of a node sets its internal IP."
        ),
    )

    # The mesh as a whole.
    GRANULARITY = (
        "K-GRANULARITY",
        _WARNING,
        "Ready nodes have different granularities.",
        "Nodes with different granularities build different meshes, and some parts do not connect.",
        "Give every kg the same --mesh-granularity, and restart kg on all nodes.",
    )
    GRANULARITY_UNKNOWN = (
        "K-GRANULARITY-UNKNOWN",
        _WARNING,
        "The granularity of a node is unknown to this kgctl.",
        "Its kg is newer than this kgctl, or patched, so kgctl cannot compute what it does.",
        (
            f"If kg is newer, use a newer kgctl. Do not change the annotation {names.GRANULARITY}: kg writes it, "
            "and the mesh does not depend on it."
        ),
    )
    GRANULARITY_NONE = (
        "K-GRANULARITY-NONE",
        _ERROR,
        "No ready node reports a granularity.",
        "Without it, kgctl does not know which nodes share a tunnel.",
        (
            "Read the log of kg to see why, or pass kgctl the granularity of the mesh with --mesh-granularity "
            "location, full, or cross."
        ),
    )
    KG_GRANULARITY = (
        "K-KG-GRANULARITY",
        _WARNING,
        "The granularity that nodes report is not the one in the DaemonSet of Kilo.",
        "The DaemonSet changed, but some of its pods have not restarted, or some kg was started by hand.",
        (
            "If the DaemonSet is right, restart its pods during maintenance, because tunnels and configurations "
            "of peers change; if the nodes are right, correct the flag of the DaemonSet."
        ),
    )
    SUBNET = (
        "K-SUBNET",
        _WARNING,
        "Nodes report different Kilo subnets.",
        "Nodes with different subnets assign different WireGuard IPs.",
        "Give every kg the same --subnet, and restart kg on all nodes.",
    )
    SUBNET_OVERLAP = (
        "K-SUBNET-OVERLAP",
        _WARNING,
        "The Kilo subnet overlaps another network of the cluster.",
        "A WireGuard IP can also be the address of a pod, a Service, or a node, and only one is reachable.",
        "Give every kg another --subnet, and restart kg on all nodes.",
    )
    SUBNET_NONE = (
        "K-SUBNET-NONE",
        _WARNING,
        "No node has a WireGuard IP yet.",
        "kg has not built the mesh yet. kgctl assumes the default subnet of kg, 10.4.0.0/16.",
        "Wait a minute; if nothing changes, read the log of kg.",
    )
    KG_SUBNET = (
        "K-KG-SUBNET",
        _WARNING,
        "The Kilo subnet that nodes report is not the one in the DaemonSet of Kilo.",
        (
            "The DaemonSet changed, but some of its pods have not restarted. When they restart, WireGuard IPs "
            "change."
        ),
        (
            "If the DaemonSet is right, restart its pods during maintenance, because tunnels and configurations "
            "of peers change; if the nodes are right, correct the flag of the DaemonSet."
        ),
    )
    SUBNET_FULL = (
        "K-SUBNET-FULL",
        _WARNING,
        "The Kilo subnet is almost full.",
        (
            "Each location (or each node, with granularity full) needs an address. If none is left, kg "
            "stops updating the mesh."
        ),
        "Plan a larger --subnet for kg; all WireGuard IPs change with it.",
    )
    SUBNET_EXHAUSTED = (
        "K-SUBNET-EXHAUSTED",
        _ERROR,
        "The Kilo subnet has fewer addresses than the mesh has segments.",
        "kg fails with an error and no longer updates the mesh.",
        "Give kg a larger --subnet, or use --mesh-granularity location.",
    )
    TOPOLOGY_LABEL = (
        "K-TOPOLOGY-LABEL",
        _WARNING,
        "kgctl reads locations from a different label than Kilo.",
        "The locations that kgctl computes differ from those of Kilo, so leaders and addresses differ.",
        "Pass kgctl the label that kg has in the DaemonSet (its flag --topology-label): use the same option.",
    )
    LEADER_DRIFT = (
        "K-LEADER-DRIFT",
        _WARNING,
        "The leader that nodes report is not the leader that kgctl computes.",
        (
            "Nodes have not seen a change yet, or read locations and endpoints differently. The output of "
            "kgctl can be wrong."
        ),
        "Wait a minute; if nothing changes, check --topology-label, DNS endpoints, and the log of kg.",
    )
    WIREGUARD_IP_DRIFT = (
        "K-WIREGUARD-IP-DRIFT",
        _WARNING,
        "The WireGuard IP that a leader reports is not the one that kgctl computes.",
        "Nodes count locations differently, so packets to the expected address get lost.",
        (
            "Wait a minute; if nothing changes, check --topology-label, nodes that are not ready, and the log"
            " of kg."
        ),
    )
    AGENT_LEADER = (
        "K-AGENT-LEADER",
        _WARNING,
        "The agent of a node and the annotations of the node do not agree on whether it leads.",
        (
            "kg cannot update the Node, or has not applied what it reported. Peers and other nodes use what the "
            "Node says."
        ),
        "Wait a minute; if nothing changes, read the log of kg on the node.",
    )
    AGENT_COUNTS = (
        "K-AGENT-COUNTS",
        _WARNING,
        "The agent of a node sees another number of nodes or peers than the cluster has.",
        "The agent missed a change, or cannot read the API server, so its node has an old configuration.",
        "Wait a minute; if nothing changes, read the log of kg on the node.",
    )
    AGENT_ERRORS = (
        "K-AGENT-ERRORS",
        _NOTE,
        "The agent of a node has counted errors since it started.",
        "Some errors are normal while a node starts. Many of them mean that kg cannot apply the mesh.",
        "Read the log of kg on the node; the message names the events that failed.",
    )
    LEADER_PUBLIC = (
        "K-LEADER-PUBLIC",
        _WARNING,
        "Kilo chose a leader because of an address that is not public.",
        (
            "Kilo treats 100.64.0.0/10, 127.0.0.0/8, and most of fc00::/7 as public, so it can prefer a node that "
            "others cannot reach."
        ),
        (
            "Choose the leader yourself: on a node of this segment that others reach, set the annotation "
            f"{names.LEADER} to true."
        ),
    )
    NODE_OVERLAP = (
        "K-NODE-OVERLAP",
        _ERROR,
        "Two nodes have the same addresses.",
        "WireGuard sends the packets for an address to one peer, so one of the two nodes is unreachable.",
        (
            "Use different networks in each site; if it is an internal IP that nothing uses, set the annotation "
            f"{names.FORCE_INTERNAL_IP} of the node to a dash."
        ),
    )
    ENDPOINT_TWICE = (
        "K-ENDPOINT-TWICE",
        _WARNING,
        "Two leaders have the same endpoint.",
        "If both are behind one router, it forwards a port to only one of them.",
        (
            f"Forward another port to one node, and set its annotation {names.FORCE_ENDPOINT} to the address and "
            "that port."
        ),
    )
    KEY_TWICE = (
        "K-KEY-TWICE",
        _ERROR,
        "A public key is used twice.",
        "WireGuard treats both as one peer and keeps only the later settings.",
        (
            "Decide which of the two keeps the key, and replace the key of the other one: for a peer, run kgctl "
            "peer rotate; for a cloned node, remove /var/lib/kilo/key, and restart its kg."
        ),
    )
    DNS_FAIL = (
        "K-DNS-FAIL",
        _ERROR,
        "The DNS name of an endpoint does not resolve.",
        (
            "If the nodes cannot resolve it either, every kg stops before it changes anything, and another "
            "node can become the leader."
        ),
        (
            "First check whether the nodes resolve the name, because this machine may not see an internal zone; "
            "if they do not, correct the DNS record or the endpoint."
        ),
    )
    LOCIP_CLASH = (
        "K-LOCIP-CLASH",
        _WARNING,
        "An allowed location IP is not routed because another location has it.",
        (
            "Only one location can have it. Kilo drops it from the location whose name sorts first, "
            "without a message."
        ),
        (
            f"Decide which location has it, and remove it from the annotation {names.ALLOWED_LOCATION_IPS} of the "
            "nodes of the other one."
        ),
    )
    LOCIP_ROUTED = (
        "K-LOCIP-ROUTED",
        _WARNING,
        "Kilo ignores an allowed location IP because it overlaps a node, pods, or the Kilo subnet.",
        "Kilo already has other routes to these addresses. It reports no error.",
        (
            f"Remove the allowed location IP from the annotation {names.ALLOWED_LOCATION_IPS} of the nodes of "
            "this segment: list only networks that Kilo does not know."
        ),
    )
    LOCIP_PEER = (
        "K-LOCIP-PEER",
        _WARNING,
        "An allowed location IP is not routed because a peer has the address.",
        "Kilo drops the entry without a message.",
        (
            "Decide who has it, and change the other one: the allowed IPs of the peer, or the annotation "
            f"{names.ALLOWED_LOCATION_IPS} of the nodes of this segment."
        ),
    )
    LOOP = (
        "K-LOOP",
        _WARNING,
        "An endpoint is inside the allowed IPs of the same configuration.",
        "wg-quick would send the packets of the tunnel into the tunnel.",
        (
            "Use -o wg-quick, which leaves out the route to a single host; for a wider network, set "
            f"{names.FORCE_ENDPOINT} to an address outside of it."
        ),
    )

    # Each peer, and peers together.
    PEER_INVALID = (
        "K-PEER-INVALID",
        _ERROR,
        "The Peer is invalid.",
        "Kilo skips it without a message.",
        "Correct the field in an editor.",
        f"kubectl edit {names.PEERS_RESOURCE} NAME",
    )
    PEER_NOIPS = (
        "K-PEER-NOIPS",
        _ERROR,
        "The Peer has no allowed IPs.",
        "Nothing can be routed to the peer, so Kilo skips it.",
        "Give it an address that is free, with kgctl peer set and its option --ip.",
    )
    PEER_DISABLED = (
        "K-PEER-DISABLED",
        _NOTE,
        "The Peer is disabled.",
        "kgctl peer disable took it out of the mesh. Its key and its addresses stay reserved.",
        "To put the peer back into the mesh, enable it.",
        "kgctl peer enable NAME",
    )
    PEER_EXPIRED = (
        "K-PEER-EXPIRED",
        _WARNING,
        "The Peer has expired, or the time at which it expires cannot be read.",
        "Kilo does not read this time: the peer has access until you remove it.",
        "Remove all expired peers with kgctl peer expire, or keep this one for longer.",
        "kgctl peer set NAME --expires 7d",
    )
    PEER_NOKEY = (
        "K-PEER-NOKEY",
        _ERROR,
        "The public key of the Peer is all zeros.",
        "For WireGuard this means no key, so Kilo skips the Peer.",
        "Give it a new key.",
        "kgctl peer rotate NAME --yes",
    )
    PEER_ROAM = (
        "K-PEER-ROAM",
        _WARNING,
        "The Peer has neither an endpoint nor a keepalive.",
        (
            "Kilo recognizes a roaming peer by its keepalive. Without one, every 30 seconds Kilo resets the "
            "endpoint that WireGuard learned, and the tunnel breaks."
        ),
        "Set a keepalive.",
        "kgctl peer set NAME --keepalive 25",
    )
    PEER_DUP = (
        "K-PEER-DUP",
        _ERROR,
        "Two Peers have the same allowed IP.",
        "Only one of them gets the traffic, and Kilo does not report it.",
        (
            "Give one of them another address with kgctl peer set and its option --ip, and update the "
            "configuration of its machine."
        ),
    )
    PEER_OVERLAP = (
        "K-PEER-OVERLAP",
        _WARNING,
        "An allowed IP of a Peer overlaps a network of the cluster.",
        "Traffic for pods, Services, or nodes can go to the peer, and traffic for the peer to them.",
        (
            "Give the peer other addresses with kgctl peer set and its option --ip, and update the "
            "configuration of its machine."
        ),
    )
    PEER_UNUSABLE = (
        "K-PEER-UNUSABLE",
        _WARNING,
        "An allowed IP or the endpoint of the Peer is an address that no host in the mesh can have.",
        (
            "Nodes and other peers send no packets through a tunnel to a loopback, link-local, multicast, or "
            "broadcast address. They do not reach an endpoint at a multicast, broadcast, or unspecified address."
        ),
        (
            "Give the peer another address with kgctl peer set and its option --ip or --endpoint, and update the "
            "configuration of its machine."
        ),
    )
    PEER_PSK = (
        "K-PEER-PSK",
        _ERROR,
        "The preshared key of the Peer is invalid.",
        "Kilo ignores it. If the peer itself uses a preshared key, no handshake succeeds.",
        (
            "Generate new keys with kgctl peer rotate and its option --psk, and bring the new configuration to "
            "its machine: the old one stops working at once."
        ),
    )
    PEER_DNS_AND_IP = (
        "K-PEER-DNS-AND-IP",
        _WARNING,
        "The endpoint of the Peer has both a DNS name and an IP address.",
        "Kilo uses the name, although its documentation says otherwise.",
        "Keep only one of them; Kilo uses the name.",
    )
    PEER_DNS_NUMBER = (
        "K-PEER-DNS-NUMBER",
        _ERROR,
        "The DNS name of the Peer's endpoint ends in a number, or has a label of more than 63 characters.",
        "No host has such a name. The Go kgctl writes the port into this field.",
        "Set the endpoint to the name of the host, with kgctl peer set and its option --endpoint.",
    )
    HOST_BITS = (
        "K-HOST-BITS",
        _WARNING,
        "An allowed IP has host bits set.",
        "It looks like one address but means the whole network.",
        "Write one host with /32 or /128, and a network without host bits set.",
    )
    KEEPALIVE_OWN = (
        "K-KEEPALIVE-OWN",
        _NOTE,
        "The keepalive of the Peer does not apply to the nodes.",
        (
            "The keepalive of a Peer applies only to the peer itself. Nodes send keepalives if they have the "
            f"annotation {names.PERSISTENT_KEEPALIVE}."
        ),
        (
            "Do nothing, unless nodes are behind NAT; for such nodes, set the annotation "
            f"{names.PERSISTENT_KEEPALIVE}."
        ),
    )
    PEER_UNSEEN = (
        "K-PEER-UNSEEN",
        _NOTE,
        "No node has seen the Peer.",
        "After the first handshake of a peer, nodes report its endpoint. A new peer may not have connected yet.",
        "To check for a handshake, use --local with kgctl check on the machine of the peer.",
    )
    NAME_TWICE = (
        "K-NAME-TWICE",
        _NOTE,
        "The Peer has the same name as a node.",
        "In DOT output, the node and the Peer become one object.",
        "Draw a picture with -o svg, png, or pdf, or rename the Peer.",
    )

    # Files: Peers that are not in a cluster yet, and bundles.
    FILE = (
        "K-FILE",
        _ERROR,
        "A file is incomplete, or is not valid YAML, JSON, or a WireGuard configuration.",
        "kgctl cannot read its content.",
        "Correct the file at the line in the message.",
    )
    FIELD = (
        "K-FIELD",
        _ERROR,
        "A Peer in a file has an unknown or duplicate field.",
        "The API server drops an unknown field, and keeps only the last of duplicate ones.",
        "Correct the field as the hint says, or remove it.",
    )
    PEER_NAME = (
        "K-PEER-NAME",
        _ERROR,
        "Two Peers in files have the same name.",
        "They are the same object, so the one applied last replaces the other.",
        "Rename one of them.",
    )
    PEER_WITHIN = (
        "K-PEER-WITHIN",
        _WARNING,
        "An allowed IP of a Peer in a file is inside a wider one of another Peer.",
        "Traffic goes to the Peer with the narrower network, which may not be what you want.",
        "Give one of them other addresses, or leave it if this is intended.",
    )

    REDACTED = (
        "K-REDACTED",
        _WARNING,
        "kgctl gather removed the preshared key of a Peer from the bundle.",
        "The configuration is incomplete without it.",
        "Insert the key where the configuration says so, or read the configuration from the cluster.",
    )

    # The tunnel of this machine.
    LOCAL_NONE = (
        "K-LOCAL-NONE",
        _ERROR,
        "This machine does not have the WireGuard interface, or kgctl is not allowed to read it.",
        "Without the interface there is no tunnel.",
        "Bring up its configuration with wg-quick, or run kgctl as root to read the interface.",
    )
    LOCAL_DOWN = (
        "K-LOCAL-DOWN",
        _ERROR,
        "The WireGuard interface of this machine is down.",
        "The machine sends nothing through it.",
        "Check again for missing routes after you bring the interface up.",
        "sudo ip link set dev NAME up",
    )
    LOCAL_KEY = (
        "K-LOCAL-KEY",
        _ERROR,
        "No Peer and no leader has the key of the interface.",
        "The nodes do not answer it.",
        (
            "Bring up the configuration of the Peer, which kgctl showconf with -o wg-quick prints; if the key was "
            "rotated, create the configuration again."
        ),
    )
    LOCAL_ADDRESS = (
        "K-LOCAL-ADDRESS",
        _ERROR,
        "The interface has none of the addresses of its Peer.",
        "This machine does not accept the packets that nodes send to these addresses.",
        (
            "Write the configuration of the Peer again with kgctl showconf and -o wg-quick, and apply it with "
            "kgctl sync."
        ),
    )
    LOCAL_PEERS = (
        "K-LOCAL-PEERS",
        _WARNING,
        "The interface does not match the current mesh.",
        "This machine cannot reach the parts of the mesh that changed after the interface was configured.",
        (
            "Write the configuration of the Peer again with kgctl showconf and -o wg-quick, and apply it with "
            "kgctl sync."
        ),
    )
    LOCAL_ROUTE = (
        "K-LOCAL-ROUTE",
        _ERROR,
        "An allowed IP of a WireGuard peer has no route through the interface.",
        "This machine sends packets for these addresses elsewhere.",
        (
            "Bring the interface down and up with wg-quick, which creates the routes unless the configuration "
            "contains Table = off."
        ),
    )
    LOCAL_HANDSHAKE = (
        "K-LOCAL-HANDSHAKE",
        _ERROR,
        "A leader does not complete a handshake, although this machine sends packets to it.",
        (
            "The UDP port is closed, the endpoint is wrong, or the leader does not know the key of this "
            "machine. WireGuard does not report which."
        ),
        "Check that UDP to the endpoint is open, that the node is running, and that it has the Peer.",
    )
    LOCAL_QUIET = (
        "K-LOCAL-QUIET",
        _NOTE,
        "This machine has not sent anything to a leader yet.",
        "WireGuard is silent until there is traffic, so kgctl does not know whether the tunnel works.",
        "Send packets to an address behind the leader, such as that of a pod.",
    )
    LOCAL_SERVICES = (
        "K-LOCAL-SERVICES",
        _WARNING,
        "No allowed IP of the interface covers the Service CIDR.",
        "This machine cannot reach Services by their cluster IPs.",
        (
            "Write its configuration again with kgctl showconf, -o wg-quick, and --services auto, and apply it "
            "with kgctl sync."
        ),
    )
    LOCAL_DNS = (
        "K-LOCAL-DNS",
        _ERROR,
        "The cluster DNS does not answer through the tunnel.",
        "This machine cannot resolve the names of Services.",
        "Fix other findings first, and then check that CoreDNS is running.",
    )
