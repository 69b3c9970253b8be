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
        """The severity as a word: note, warning or error."""
        return self.name.lower()


_NOTE, _WARNING, _ERROR = Severity


class Code(enum.StrEnum):
    """The codes of findings, by which to search for them; `docs/findings.md` is made from this table."""

    severity: Severity
    meaning: str
    why: str
    mend: str

    def __new__(cls, code: str, severity: Severity, meaning: str, why: str, mend: str) -> "Code":
        """Make a member whose value is the code alone."""
        self = str.__new__(cls, code)
        self._value_ = code
        self.severity, self.meaning, self.why, self.mend = severity, meaning, why, mend
        return self

    # The cluster that is asked.
    API = (
        "K-API",
        _ERROR,
        "The API server cannot be asked.",
        "Nothing is known of the mesh without it.",
        "Follow the hint beside it: it is the kubeconfig, the network on the way, or the server itself.",
    )
    RBAC = (
        "K-RBAC",
        _ERROR,
        "The API server does not allow to list Nodes or Peers.",
        "kgctl reads both, and half a mesh would be a wrong one.",
        "Ask for the RBAC rule in the hint.",
    )
    CRD = (
        "K-CRD",
        _ERROR,
        "The API server has no Peers: their CustomResourceDefinition is missing.",
        "Kilo is not installed, or only in part, and kg does not start without it.",
        "Apply the manifest in the hint.",
    )
    CRD_SCOPE = (
        "K-CRD-SCOPE",
        _ERROR,
        "The CustomResourceDefinition of Peers is namespaced.",
        "Kilo's Peers belong to the whole cluster, so kg sees none of them.",
        "Delete the CustomResourceDefinition, which deletes its Peers, and apply Kilo's own.",
    )
    CLOCK = (
        "K-CLOCK",
        _WARNING,
        "The clocks of this machine and of the API server disagree.",
        "Whether a node is alive is judged by time; the server's clock is used.",
        "Set the clock of this machine, best by NTP.",
    )

    # What a node is by itself.
    NO_NODES = (
        "K-NO-NODES",
        _ERROR,
        "No node takes part in the mesh.",
        "There is nothing to connect to.",
        "Mend what is told of each node.",
    )
    NODE_NOKILO = (
        "K-NODE-NOKILO",
        _WARNING,
        "Kilo has never written anything to the node.",
        "The node does not take part in the mesh, so no peer reaches its pods.",
        "Look whether the DaemonSet of Kilo runs a pod on it; a node that is not to take part may stay so.",
    )
    NODE_NOENDPOINT = (
        "K-NODE-NOENDPOINT",
        _ERROR,
        "The node has no endpoint.",
        "Kilo leaves a node out that nobody could call.",
        (
            "Look into the log of its kg; if it finds no address: kubectl annotate node NAME "
            f"{names.FORCE_ENDPOINT}=HOST:PORT"
        ),
    )
    NODE_NOKEY = (
        "K-NODE-NOKEY",
        _ERROR,
        "The node has no public key.",
        "Kilo leaves the node out: WireGuard knows everybody by the key.",
        "Look into the log of its kg, which makes the key and keeps it in /var/lib/kilo.",
    )
    NODE_NOCIDR = (
        "K-NODE-NOCIDR",
        _ERROR,
        "The node has no pod CIDR in spec.podCIDR.",
        "Kilo leaves it out for ever: it does not know which pods are there.",
        (
            "Let the controller manager allocate them (--allocate-node-cidrs, --cluster-cidr), "
            "and choose a CNI plugin that uses spec.podCIDR."
        ),
    )
    NODE_UNSEEN = (
        "K-NODE-UNSEEN",
        _ERROR,
        "The node has an endpoint or a key, and was never seen.",
        "Kilo leaves a node out that does not check in every 30 seconds.",
        "Look into the log of its kg, and whether it may patch Nodes.",
    )
    NODE_STALE = (
        "K-NODE-STALE",
        _ERROR,
        "The node has not been seen for a minute or more.",
        "Kilo has left it out: its pods cannot be reached, and if it led, another node leads now.",
        "Look whether the node and its kg are alive, and whether the node's clock is right.",
    )
    KG_POD = (
        "K-KG-POD",
        _ERROR,
        "The pod of Kilo on the node does not run as it should.",
        "Without it nothing on the node follows the changes of the mesh.",
        "Look into its log: kubectl -n kube-system logs POD -c kilo",
    )
    VALUE = (
        "K-VALUE",
        _WARNING,
        "A value cannot be read, and Kilo passes over it without a word.",
        "What somebody wanted is not what happens.",
        "Mend the annotation: kubectl annotate --overwrite node NAME FIELD=VALUE, or FIELD- to take it away",
    )
    NODE_DNS_NUMBER = (
        "K-NODE-DNS-NUMBER",
        _ERROR,
        "The host name of a node's endpoint ends in a number.",
        "No host has such a name: it is a mistyped address, and a name that does not resolve stops every kg.",
        f"kubectl annotate --overwrite node NAME {names.FORCE_ENDPOINT}=HOST:PORT",
    )
    NODE_ANNOTATION = (
        "K-NODE-ANNOTATION",
        _WARNING,
        "An annotation in Kilo's name is read by no Kilo.",
        "It is misspelt, or belongs to an older Kilo, so what somebody wanted is not what happens.",
        "Write the annotation that is meant, and take this one away: kubectl annotate node NAME FIELD-",
    )
    NODE_CLOCK_AHEAD = (
        "K-NODE-CLOCK-AHEAD",
        _WARNING,
        "A node says that it was seen in the future: its clock is ahead.",
        "Kilo will take it for alive for as long after it is gone.",
        "Set the clock of the node, best by NTP; within half a minute its kg writes the time anew.",
    )
    LEADER_FALSE = (
        "K-LEADER-FALSE",
        _WARNING,
        "The leader annotation says no, and Kilo takes it for yes.",
        "Kilo only asks whether the annotation is there, so the node volunteers to lead its location.",
        f"kubectl annotate node NAME {names.LEADER}-",
    )
    FORCE_ENDPOINT = (
        "K-FORCE-ENDPOINT",
        _WARNING,
        "A force-endpoint is ignored because it cannot be read.",
        "The endpoint that kg found by itself is used, which is often the wrong one.",
        (
            f"kubectl annotate --overwrite node NAME {names.FORCE_ENDPOINT}=HOST:PORT, the host an IP "
            "address, IPv6 in brackets, or a lower-case DNS name."
        ),
    )
    KEEPALIVE = (
        "K-KEEPALIVE",
        _ERROR,
        "A keepalive is outside of what WireGuard takes, 0 to 65535.",
        "It is printed as 0, which turns it off, and what agents make of it is not defined.",
        (
            "Give it in seconds, 25 suits almost everybody: of a peer kgctl peer set NAME --keepalive 25, "
            f"of a node kubectl annotate --overwrite node NAME {names.PERSISTENT_KEEPALIVE}=25"
        ),
    )
    POD_CIDR_UNREAD = (
        "K-POD-CIDR-UNREAD",
        _WARNING,
        "The node has a second pod CIDR, which Kilo does not use.",
        "Kilo reads spec.podCIDR alone, so pods are not reached by their addresses of the other family.",
        "Reach pods by the first family; no setting of Kilo changes it.",
    )
    ENDPOINT_PRIVATE = (
        "K-ENDPOINT-PRIVATE",
        _WARNING,
        "A leader's endpoint can hardly be called from elsewhere.",
        (
            "It is private, or of the machine itself, while others are public, and there is no keepalive "
            "that would keep a way open from within."
        ),
        (
            f"kubectl annotate --overwrite node NAME {names.FORCE_ENDPOINT}=HOST:PORT with what others "
            f"see of it, or, behind NAT, {names.PERSISTENT_KEEPALIVE}=25"
        ),
    )

    # What the mesh is as a whole.
    GRANULARITY = (
        "K-GRANULARITY",
        _WARNING,
        "Ready nodes state different granularities.",
        "Agents that disagree build different meshes, and parts of each do not meet.",
        "Give all kg the same --mesh-granularity, and let every node's kg restart.",
    )
    GRANULARITY_UNKNOWN = (
        "K-GRANULARITY-UNKNOWN",
        _WARNING,
        "A node states a granularity that this kgctl does not know.",
        "Its kg is newer than this kgctl, or patched, so kgctl cannot compute what it does.",
        "Use a newer kgctl; the annotation is kg's own, and changing it changes nothing in the mesh.",
    )
    GRANULARITY_NONE = (
        "K-GRANULARITY-NONE",
        _ERROR,
        "No ready node states a granularity.",
        "Without it nobody can tell which nodes share a tunnel.",
        "Look into the log of kg, and choose one for kgctl with --mesh-granularity.",
    )
    KG_GRANULARITY = (
        "K-KG-GRANULARITY",
        _WARNING,
        "Nodes state another granularity than the DaemonSet of Kilo is told.",
        "The DaemonSet was changed and its pods were not all replaced, or some kg is started by hand.",
        "Let its pods be replaced: kubectl -n kube-system rollout restart daemonset kilo",
    )
    SUBNET = (
        "K-SUBNET",
        _WARNING,
        "Nodes state different Kilo subnets.",
        "Agents that disagree give different WireGuard IPs.",
        "Give all kg the same --subnet, and let every node's kg restart.",
    )
    SUBNET_NONE = (
        "K-SUBNET-NONE",
        _WARNING,
        "No node has a WireGuard IP yet.",
        "kg has not built a mesh so far; its default subnet, 10.4.0.0/16, is assumed.",
        "Wait a minute; if it stays so, look into the log of kg.",
    )
    KG_SUBNET = (
        "K-KG-SUBNET",
        _WARNING,
        "Nodes state another Kilo subnet than the DaemonSet of Kilo is told.",
        "The DaemonSet was changed and its pods were not all replaced, so addresses will change.",
        "Let its pods be replaced: kubectl -n kube-system rollout restart daemonset kilo",
    )
    SUBNET_FULL = (
        "K-SUBNET-FULL",
        _WARNING,
        "The Kilo subnet is nearly exhausted.",
        "Each location, or with full granularity each node, needs an address; without one the mesh stands still.",
        "Give kg a larger --subnet in time; all WireGuard IPs change with it.",
    )
    SUBNET_EXHAUSTED = (
        "K-SUBNET-EXHAUSTED",
        _ERROR,
        "The Kilo subnet has fewer addresses than there are segments.",
        "kg stops with an error, and nothing of the mesh is kept up to date.",
        "Give kg a larger --subnet, or use --mesh-granularity location.",
    )
    TOPOLOGY_LABEL = (
        "K-TOPOLOGY-LABEL",
        _WARNING,
        "kgctl reads locations from another label than Kilo does.",
        "Nodes fall into other locations here than there, so leaders and addresses differ.",
        "Give kgctl the label that the DaemonSet names: --topology-label.",
    )
    LEADER_DRIFT = (
        "K-LEADER-DRIFT",
        _WARNING,
        "Another node leads than should by what all nodes state.",
        (
            "Agents have not heard of a change yet, or read locations and endpoints otherwise; "
            "what kgctl prints may not fit."
        ),
        "Wait a minute; then look at --topology-label, at DNS endpoints, and into the log of kg.",
    )
    WIREGUARD_IP_DRIFT = (
        "K-WIREGUARD-IP-DRIFT",
        _WARNING,
        "A leader has another WireGuard IP than should follow from what all nodes state.",
        "Agents count locations otherwise; packets to the address that is expected go astray.",
        "Wait a minute; then look at --topology-label, at nodes that are not ready, and into the log of kg.",
    )
    LEADER_PUBLIC = (
        "K-LEADER-PUBLIC",
        _WARNING,
        "A leader was preferred for an address that is not really public.",
        "Kilo takes 100.64.0.0/10, 127.0.0.0/8 and most of fc00::/7 for public.",
        (f"Choose the leader yourself, by the name of the node: kubectl annotate node LEADER {names.LEADER}=true"),
    )
    NODE_OVERLAP = (
        "K-NODE-OVERLAP",
        _ERROR,
        "Two nodes have the same addresses.",
        "WireGuard knows one peer for each address, so one of the two cannot be reached.",
        (
            "Give the sites different networks; or, where it is an internal IP that nobody needs: kubectl "
            f"annotate --overwrite node NAME {names.FORCE_INTERNAL_IP}=-"
        ),
    )
    ENDPOINT_TWICE = (
        "K-ENDPOINT-TWICE",
        _WARNING,
        "Two leaders have the same endpoint.",
        "Behind one router both cannot have the same port, so only one is reached.",
        (
            "Forward another port to the node, and name it: kubectl annotate --overwrite node NAME "
            f"{names.FORCE_ENDPOINT}=HOST:PORT"
        ),
    )
    KEY_TWICE = (
        "K-KEY-TWICE",
        _ERROR,
        "The same public key is there twice.",
        "WireGuard takes the two for one, and the later settings win.",
        "Make a new key for one: kgctl peer rotate; of a cloned node remove /var/lib/kilo/key and restart its kg.",
    )
    DNS_FAIL = (
        "K-DNS-FAIL",
        _ERROR,
        "The DNS name of an endpoint does not resolve.",
        "One such name is enough for every kg to stop before it changes anything, and another node may lead.",
        (
            "Mend the name or take it away: kubectl edit node NAME, or kgctl peer set NAME --endpoint none; "
            "if nodes can resolve it, mend the name server of this machine."
        ),
    )
    LOCIP_CLASH = (
        "K-LOCIP-CLASH",
        _WARNING,
        "An allowed location IP is not routed: another location declares it, too.",
        "The location that sorts first loses it, without a word.",
        (f"Take it away at a node of one of the two: kubectl annotate node NODE {names.ALLOWED_LOCATION_IPS}-"),
    )
    LOCIP_ROUTED = (
        "K-LOCIP-ROUTED",
        _WARNING,
        "An allowed location IP is not routed: its address is one of a node, of pods, or of the Kilo subnet.",
        "Kilo routes that already, and drops the entry without a word.",
        (
            "Declare only networks that Kilo does not know: kubectl annotate --overwrite node NODE "
            f"{names.ALLOWED_LOCATION_IPS}=CIDR"
        ),
    )
    LOCIP_PEER = (
        "K-LOCIP-PEER",
        _WARNING,
        "An allowed location IP is not routed: a peer has the addresses.",
        "Kilo drops the entry without a word.",
        (
            "Take one of the two away: kgctl peer set PEER --ip ADDRESS, or kubectl annotate node NODE "
            f"{names.ALLOWED_LOCATION_IPS}-"
        ),
    )
    LOOP = (
        "K-LOOP",
        _WARNING,
        "An endpoint lies in the allowed IPs of the same configuration.",
        "wg-quick would send the tunnel's own packets into the tunnel.",
        (
            "Use -o wg-quick, which leaves a single host out; for a wider network annotate a "
            f"{names.FORCE_ENDPOINT} outside it."
        ),
    )

    # What a peer is, by itself and beside others.
    PEER_INVALID = (
        "K-PEER-INVALID",
        _ERROR,
        "The Peer does not pass Kilo's validation.",
        "Kilo skips it without a word.",
        "kubectl edit peers.kilo.squat.ai NAME",
    )
    PEER_NOIPS = (
        "K-PEER-NOIPS",
        _ERROR,
        "The Peer has no allowed IPs.",
        "Kilo skips it: there is nothing to route to it.",
        "kgctl peer set NAME --ip ADDRESS",
    )
    PEER_NOKEY = (
        "K-PEER-NOKEY",
        _ERROR,
        "The Peer's public key is all zeros.",
        "WireGuard takes that for no key, and Kilo skips the Peer.",
        "kgctl peer rotate NAME",
    )
    PEER_ROAM = (
        "K-PEER-ROAM",
        _WARNING,
        "The Peer has no endpoint and no keepalive.",
        (
            "For Kilo only a keepalive says that a peer roams: without it the endpoint that WireGuard has "
            "learned is overwritten every 30 seconds, and the tunnel breaks off."
        ),
        "kgctl peer set NAME --keepalive 25",
    )
    PEER_DUP = (
        "K-PEER-DUP",
        _ERROR,
        "Two Peers claim the same allowed IP.",
        "Only one of them gets it, and nobody is told.",
        "Give one of them another address: kgctl peer set NAME --ip ADDRESS",
    )
    PEER_OVERLAP = (
        "K-PEER-OVERLAP",
        _WARNING,
        "An allowed IP of a Peer overlaps a network of the cluster.",
        "Nodes send to the peer what is meant for pods, Services or nodes, or the other way round.",
        "Give the peer addresses of its own: kgctl peer set NAME --ip ADDRESS",
    )
    PEER_PSK = (
        "K-PEER-PSK",
        _ERROR,
        "The Peer's preshared key cannot be read.",
        "Kilo goes on without one; the peer itself may have one, and then no handshake succeeds.",
        "kgctl peer rotate NAME --psk",
    )
    PEER_DNS_AND_IP = (
        "K-PEER-DNS-AND-IP",
        _WARNING,
        "The Peer's endpoint has a DNS name and an IP address.",
        "The name wins, though Kilo's documentation says otherwise.",
        "Say the one that is meant: kgctl peer set NAME --endpoint HOST:PORT",
    )
    PEER_DNS_NUMBER = (
        "K-PEER-DNS-NUMBER",
        _ERROR,
        "The DNS name of the Peer's endpoint ends in a number.",
        "No host has such a name: it is a mistyped address, or the port, by the Go kgctl; and it stops every kg.",
        "Write the address or the name of the host: kgctl peer set NAME --endpoint HOST:PORT",
    )
    HOST_BITS = (
        "K-HOST-BITS",
        _WARNING,
        "An allowed IP has host bits.",
        "It looks like one address, and stands for the whole network.",
        "Write the network, or the one host with /32 or /128: kgctl peer set NAME --ip ADDRESS",
    )
    KEEPALIVE_OWN = (
        "K-KEEPALIVE-OWN",
        _NOTE,
        "The Peer's keepalive is not what nodes send it.",
        f"Nodes send keepalives by their own {names.PERSISTENT_KEEPALIVE}; a peer's is for its own side.",
        "Nothing, unless nodes are behind NAT: then annotate them.",
    )
    PEER_UNSEEN = (
        "K-PEER-UNSEEN",
        _NOTE,
        "No node has heard of the Peer.",
        "Nodes tell where they have seen a peer once there was a handshake; a new one may not have called yet.",
        "On the peer, look for a handshake: kgctl check --local",
    )
    NAME_TWICE = (
        "K-NAME-TWICE",
        _NOTE,
        "The Peer has the name of a node.",
        "In DOT, as Kilo's own kgctl writes it, the two are one.",
        "Draw a picture: kgctl graph -o svg; or rename the Peer.",
    )

    # What only files have: Peers that no cluster has yet, and bundles.
    FILE = (
        "K-FILE",
        _ERROR,
        "A file is neither YAML, nor JSON, nor a WireGuard configuration, or is cut off.",
        "What stands in it cannot be known.",
        "Mend it at the line that is named.",
    )
    FIELD = (
        "K-FIELD",
        _ERROR,
        "A Peer in a file has a field that no Peer has, or one twice.",
        "An API server drops the one, and takes only the last of the other.",
        "Write it as the hint says, or take it out.",
    )
    PEER_NAME = (
        "K-PEER-NAME",
        _ERROR,
        "Two Peers in files have the same name.",
        "They are one object, and what was applied last is all that stays of it.",
        "Rename one of them.",
    )
    PEER_WITHIN = (
        "K-PEER-WITHIN",
        _WARNING,
        "An allowed IP of a Peer in a file lies in a wider one of another Peer.",
        "The narrower one gets the packets, which may not be what was meant.",
        "Give one of them other addresses, or leave it so if it is meant.",
    )

    REDACTED = (
        "K-REDACTED",
        _WARNING,
        "The preshared key of a Peer was left out of a bundle of kgctl gather.",
        "A configuration is not complete without it.",
        "Put it in where the configuration says so, or ask the cluster itself.",
    )

    # What this machine's tunnel is, beside what it should be.
    LOCAL_NONE = (
        "K-LOCAL-NONE",
        _ERROR,
        "This machine has no such WireGuard interface, or it may not be read.",
        "Without it there is no tunnel.",
        "Bring it up: wg-quick up FILE; to read an interface takes root: sudo kgctl check --local",
    )
    LOCAL_DOWN = (
        "K-LOCAL-DOWN",
        _ERROR,
        "The WireGuard interface of this machine is down.",
        "Nothing is sent through it.",
        "ip link set dev NAME up, or wg-quick down and up.",
    )
    LOCAL_KEY = (
        "K-LOCAL-KEY",
        _ERROR,
        "The interface has a key that no Peer and no leader of the mesh has.",
        "No node of the mesh answers to it.",
        (
            "Bring up the configuration of the Peer: kgctl showconf peer PEER -o wg-quick; "
            "if its key was rotated, make it anew."
        ),
    )
    LOCAL_ADDRESS = (
        "K-LOCAL-ADDRESS",
        _ERROR,
        "The interface has none of the addresses that its Peer has.",
        "What nodes send back to the Peer's addresses is not taken here.",
        "Make the configuration anew: kgctl showconf peer PEER -o wg-quick",
    )
    LOCAL_PEERS = (
        "K-LOCAL-PEERS",
        _WARNING,
        "The interface knows less, or otherwise, than what the mesh is now.",
        "What has changed since it was configured is not reached.",
        "Make the configuration anew: kgctl showconf peer PEER -o wg-quick, and wg syncconf",
    )
    LOCAL_ROUTE = (
        "K-LOCAL-ROUTE",
        _ERROR,
        "An allowed IP of the interface has no route through it.",
        "The machine sends these packets elsewhere.",
        "ip route get ADDRESS shows where; wg-quick makes the routes unless it is told Table = off.",
    )
    LOCAL_HANDSHAKE = (
        "K-LOCAL-HANDSHAKE",
        _ERROR,
        "There is no handshake with a leader, though packets were sent to it.",
        (
            "Its UDP port is closed on the way, its endpoint is wrong, or it does not know this machine's key; "
            "WireGuard does not say which."
        ),
        "Look whether UDP to the endpoint is open, and whether the node is alive and has the Peer.",
    )
    LOCAL_QUIET = (
        "K-LOCAL-QUIET",
        _NOTE,
        "A leader has never been talked to, and nothing was sent to it.",
        "WireGuard is silent until there is something to send, so nothing can be told.",
        "Send something: ping an address behind it.",
    )
    LOCAL_SERVICES = (
        "K-LOCAL-SERVICES",
        _WARNING,
        "The Service CIDR is in no allowed IPs of the interface.",
        "Services are not reached by their cluster IPs.",
        "Make the configuration anew: kgctl showconf peer PEER -o wg-quick --services auto",
    )
    LOCAL_DNS = (
        "K-LOCAL-DNS",
        _ERROR,
        "The cluster's DNS does not answer through the tunnel.",
        "Names of Services do not resolve here.",
        "If other codes stand beside it, mend them first; else look whether CoreDNS runs.",
    )
