"""The codes of findings: each with its severity, its meaning, why it matters, and how to fix it."""

import enum
import re

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


def plain(text: str) -> str:
    """Return a text of a code without the backticks of Markdown."""
    return text.replace("`", "")


def _in_one_line(text: str) -> str:
    """Return sentences as a hint, which has no period; none of them may start with a proper name."""
    return re.sub(r"\. (\w)", lambda match: f"; {match[1].lower()}", plain(text))


_NOTE, _WARNING, _ERROR = Severity
_SYNC = (
    "Write the configuration again with `kgctl showconf peer NAME -o wg-quick -O FILE --force`, which keeps the "
    "private key in `FILE`. Apply it with `sudo kgctl sync INTERFACE --conf FILE`."
)
_SYNC_IN_WORDS = "Create the configuration of the Peer again with kgctl showconf, and apply it with kgctl sync."


class Code(enum.StrEnum):
    """The codes of findings; `docs/findings.md` is generated from this table, whose texts are Markdown."""

    severity: Severity
    meaning: str
    why: str
    fix: str
    command: str
    """The command that fixes it, to paste as it is; NAME and FIELD are those of the finding."""
    in_words: str
    """The fix without commands, for hints: a command in a hint can be pasted, and has no placeholder."""

    def __new__(
        cls, code: str, severity: Severity, meaning: str, why: str, fix: str, command: str = "", in_words: str = ""
    ) -> "Code":
        """Create a member whose value is only the code."""
        self = str.__new__(cls, code)
        self._value_ = code
        self.severity, self.meaning, self.why, self.fix, self.command = severity, meaning, why, fix, command
        self.in_words = in_words or _in_one_line(fix)
        return self

    # The cluster.
    API = (
        "K-API",
        _ERROR,
        "kgctl cannot read from the API server.",
        "kgctl reads the mesh from the API server.",
        "Check that the kubeconfig is right, and that the API server is running.",
    )
    RBAC = (
        "K-RBAC",
        _ERROR,
        "You are not allowed to list Nodes or Peers.",
        "kgctl computes the mesh from the Nodes and the Peers.",
        "Ask an administrator of the cluster for the RBAC rule in the hint of the finding.",
    )
    CRD = (
        "K-CRD",
        _ERROR,
        "The CustomResourceDefinition of Peers is missing.",
        "kg, the agent of Kilo, does not start without this definition.",
        "Create the CustomResourceDefinition.",
        "kgctl manifests --part crds --no-cel | kubectl apply -f -",
    )
    CRD_SCOPE = (
        "K-CRD-SCOPE",
        _ERROR,
        "The CustomResourceDefinition of Peers has the scope `Namespaced` instead of `Cluster`.",
        "kgctl and Kilo send no namespace, so they cannot get, create, change, or delete a Peer with this scope.",
        (
            "Save the Peers with `kubectl get peers.kilo.squat.ai -A -o yaml > peers.yaml`. Delete the "
            "definition with `kubectl delete crd peers.kilo.squat.ai`, which also deletes all Peers. Create it "
            "again with `kgctl manifests --part crds --no-cel | kubectl apply -f -`, and create the Peers again "
            "with `kgctl peer apply -f peers.yaml`."
        ),
        "",
        (
            "Save all Peers, replace the CustomResourceDefinition (this deletes all Peers), and create the "
            "Peers again."
        ),
    )
    CLOCK = (
        "K-CLOCK",
        _WARNING,
        "The clock of this machine differs from the clock of the API server.",
        (
            "kgctl uses the clock of the API server, but other programs on this machine can refuse valid "
            "certificates."
        ),
        "Set the clock of this machine, for example with NTP.",
    )

    # Each node.
    NO_NODES = (
        "K-NO-NODES",
        _ERROR,
        "No node is part of the mesh.",
        "Peers have no node to connect to.",
        "Fix the problems that kgctl reports for each node.",
    )
    NODE_NOKILO = (
        "K-NODE-NOKILO",
        _WARNING,
        "kg, the agent of Kilo, has not set its annotations on the node.",
        "The node is not part of the mesh, so peers and other nodes cannot reach its pods through Kilo.",
        (
            "List the Kilo pods with `kubectl get pods -A -o wide -l app.kubernetes.io/part-of=kilo`, and "
            "check that one runs on the node. If the node should stay outside of the mesh, ignore this "
            "finding."
        ),
        "",
        (
            "Check that a Kilo pod runs on the node; if the node should stay outside of the mesh, ignore this "
            "finding."
        ),
    )
    NODE_NOENDPOINT = (
        "K-NODE-NOENDPOINT",
        _ERROR,
        "The node has no endpoint.",
        "Kilo leaves a node without an endpoint out of the mesh.",
        (
            "Read the log of kg on the node, or set the endpoint yourself with the annotation "
            f"`{names.FORCE_ENDPOINT}`."
        ),
    )
    NODE_NOKEY = (
        "K-NODE-NOKEY",
        _ERROR,
        "The node has no public key.",
        "Kilo leaves a node without a public key out of the mesh.",
        "Read the log of kg on the node: kg generates the key when it starts.",
    )
    NODE_NOCIDR = (
        "K-NODE-NOCIDR",
        _ERROR,
        "The node has no pod CIDR in `spec.podCIDR`.",
        "Kilo leaves a node without a pod CIDR out of the mesh.",
        (
            "Start the controller manager with `--allocate-node-cidrs` and `--cluster-cidr`, so that it "
            "allocates pod CIDRs."
        ),
    )
    NODE_UNSEEN = (
        "K-NODE-UNSEEN",
        _ERROR,
        "kg has not reported that the node is alive.",
        "kg reports every 30 seconds, and Kilo leaves a node without a report out of the mesh.",
        "Read the log of kg on the node, and check that RBAC allows kg to patch Nodes.",
    )
    NODE_STALE = (
        "K-NODE-STALE",
        _ERROR,
        "kg has not reported for a minute or more that the node is alive.",
        "Kilo leaves the node out of the mesh, so peers and other nodes cannot reach its pods through Kilo.",
        "Check that the node and its Kilo pod are running, and that the clock of the node is right.",
    )
    KG_POD = (
        "K-KG-POD",
        _ERROR,
        "The Kilo pod on the node is not running correctly.",
        "Without a running Kilo pod, the node does not apply changes to the mesh.",
        (
            "Read the events of the pod with `kubectl -n NAMESPACE describe pod POD`, and the log of kg with "
            "`kubectl -n NAMESPACE logs POD -c kilo`."
        ),
    )
    VALUE = (
        "K-VALUE",
        _WARNING,
        "Kilo ignores a value because the value is invalid.",
        "A setting with an invalid value has no effect.",
        "Correct the value, or remove the setting.",
    )
    NODE_DNS_NUMBER = (
        "K-NODE-DNS-NUMBER",
        _ERROR,
        (
            "The endpoint of the node has an impossible host name: its last label is a number, or a label has "
            "more than 63 characters."
        ),
        "While an endpoint does not resolve, no kg applies changes to the mesh.",
        f"Set the annotation `{names.FORCE_ENDPOINT}` of the node to the right address and port.",
    )
    NODE_ANNOTATION = (
        "K-NODE-ANNOTATION",
        _WARNING,
        (
            "The node has an annotation or a label that looks like an annotation of Kilo, but that Kilo does "
            "not read."
        ),
        "A misspelled annotation, or one of an older version of Kilo, has no effect.",
        "If you need the setting, set the annotation with the right name. Then remove the unknown annotation.",
        "kubectl annotate node NAME FIELD-",
        "If you need the setting, set the annotation with the right name; then remove the unknown one.",
    )
    NODE_CLOCK_AHEAD = (
        "K-NODE-CLOCK-AHEAD",
        _WARNING,
        "The node reported a time more than a minute in the future, so its clock is ahead.",
        "If the node stops, Kilo keeps the node in the mesh until a minute after that time.",
        "Set the clock of the node, for example with NTP.",
    )
    LEADER_FALSE = (
        "K-LEADER-FALSE",
        _WARNING,
        f"The annotation `{names.LEADER}` has a value such as `false`, but Kilo treats it like `true`.",
        "Kilo checks only whether the annotation exists, so the node can become the leader of its location.",
        "Remove the annotation.",
        f"kubectl annotate node NAME {names.LEADER}-",
    )
    FORCE_ENDPOINT = (
        "K-FORCE-ENDPOINT",
        _WARNING,
        f"Kilo ignores the annotation `{names.FORCE_ENDPOINT}` because its value is invalid.",
        "kg uses the endpoint that it detects, which can be an address that other locations cannot reach.",
        (
            "Set the annotation to an IP address or a lower-case DNS name, and a port, such as "
            "`203.0.113.1:51820` or `[2001:db8::1]:51820`. If kg detects the right endpoint, remove the "
            "annotation."
        ),
        f"kubectl annotate node NAME {names.FORCE_ENDPOINT}-",
        "Correct the value to an address and a port, such as 203.0.113.1:51820, or remove the annotation.",
    )
    KEEPALIVE = (
        "K-KEEPALIVE",
        _ERROR,
        "A keepalive is outside of the range of WireGuard, 0 to 65535.",
        "kgctl writes 0 to configurations, which turns keepalives off, but kg can set another value.",
        (
            "Set the keepalive in seconds, for example to 25: for a peer, use `kgctl peer set NAME "
            "--keepalive 25`; for a node, use `kubectl annotate --overwrite node NAME "
            f"{names.PERSISTENT_KEEPALIVE}=25`."
        ),
        "",
        "Set a valid keepalive.",
    )
    POD_CIDR_UNREAD = (
        "K-POD-CIDR-UNREAD",
        _WARNING,
        "The node has a second pod CIDR, which Kilo does not use.",
        "Kilo does not route the second pod CIDR, so peers cannot reach pods at its addresses.",
        "Reach the pods at their addresses in `spec.podCIDR`: Kilo has no setting for a second pod CIDR.",
    )
    ENDPOINT_PRIVATE = (
        "K-ENDPOINT-PRIVATE",
        _WARNING,
        "Other locations probably cannot reach the endpoint of a leader.",
        (
            "Other locations and peers cannot connect to a loopback address, nor to a private address of "
            "another network."
        ),
        (
            f"Set the annotation `{names.FORCE_ENDPOINT}` of the node to an address that other locations can "
            "reach, and the port. If the node is behind NAT without a forwarded port, set its annotation "
            f"`{names.PERSISTENT_KEEPALIVE}` to 25."
        ),
        "",
        (
            f"Set the annotation {names.FORCE_ENDPOINT} of the node to an address that other locations can "
            "reach, and the port."
        ),
    )
    ENDPOINT_VERSION = (
        "K-ENDPOINT-VERSION",
        _WARNING,
        "Some leaders share no IP version, as far as their endpoints and internal IPs show.",
        (
            "Two leaders can connect only if at least one of them has an address of the same IP version as the "
            "endpoint of the other one."
        ),
        (
            f"Set the annotation `{names.FORCE_ENDPOINT}` of a leader to an address of the IP version of the "
            "other leaders, and the port. If the tunnels work, ignore this finding."
        ),
        "",
        (
            f"Set the annotation {names.FORCE_ENDPOINT} of a leader to an address of the IP version of the "
            "other leaders, and the port; if the tunnels work, ignore this finding."
        ),
    )
    IP_VERSION = (
        "K-IP-VERSION",
        _ERROR,
        "An address of a node has a different IP version than the Kilo subnet.",
        (
            "The gateway of a route between locations is a WireGuard IP, so kg cannot set a route to or from "
            "an address of another IP version."
        ),
        (
            "Use one IP version for the pod CIDRs, the internal IPs, the allowed location IPs, and the Kilo "
            f"subnet. To set the internal IP of a node, use the annotation `{names.FORCE_INTERNAL_IP}`, for "
            "example with `10.1.0.2/24`."
        ),
        "",
        "Use one IP version for the pod CIDRs, the internal IPs, the allowed location IPs, and the Kilo subnet.",
    )

    # The mesh as a whole.
    GRANULARITY = (
        "K-GRANULARITY",
        _WARNING,
        "Ready nodes report different granularities.",
        "These nodes divide the mesh into different segments, so some of their tunnels do not match.",
        "Give every kg the same `--mesh-granularity`, and restart the Kilo pods on all nodes.",
    )
    GRANULARITY_UNKNOWN = (
        "K-GRANULARITY-UNKNOWN",
        _WARNING,
        "A node reports a granularity that this version of kgctl does not support.",
        "kgctl cannot compute how kg on this node builds the mesh.",
        "Use a version of kgctl that supports it.",
    )
    GRANULARITY_NONE = (
        "K-GRANULARITY-NONE",
        _ERROR,
        "No ready node reports a granularity.",
        "Without the granularity, kgctl does not know which nodes share a tunnel.",
        (
            "Read the log of kg to find the cause. Until then, pass the granularity of the mesh to kgctl, for "
            "example `--mesh-granularity location`."
        ),
        "",
        (
            "Read the log of kg to find the cause; until then, pass the granularity to kgctl, for example "
            "--mesh-granularity location."
        ),
    )
    KG_GRANULARITY = (
        "K-KG-GRANULARITY",
        _WARNING,
        "The granularity that nodes report differs from the granularity in the DaemonSet of Kilo.",
        "When the pods of the DaemonSet restart, the tunnels and the configurations of peers change.",
        (
            "If the DaemonSet is right, restart its pods during maintenance. If the nodes are right, correct "
            "`--mesh-granularity` in the DaemonSet."
        ),
        "",
        (
            "If the DaemonSet is right, restart its pods during maintenance; if the nodes are right, correct "
            "--mesh-granularity in the DaemonSet."
        ),
    )
    SUBNET = (
        "K-SUBNET",
        _WARNING,
        "Nodes report different Kilo subnets.",
        "Nodes with different Kilo subnets assign different WireGuard IPs, so tunnels do not match.",
        "Give every kg the same `--subnet`, and restart the Kilo pods on all nodes.",
    )
    SUBNET_OVERLAP = (
        "K-SUBNET-OVERLAP",
        _WARNING,
        "The Kilo subnet overlaps another network of the cluster.",
        (
            "A WireGuard IP can also be the address of a pod, a Service, or a node, and only one of the two "
            "is reachable."
        ),
        "Give every kg the same new `--subnet`, which must be free, and restart the Kilo pods on all nodes.",
    )
    SUBNET_NONE = (
        "K-SUBNET-NONE",
        _WARNING,
        "No node has a WireGuard IP yet.",
        "kg has not built the mesh yet, so kgctl assumes the default Kilo subnet, 10.4.0.0/16.",
        "Wait a minute. If the nodes still have no WireGuard IP, read the log of kg.",
    )
    KG_SUBNET = (
        "K-KG-SUBNET",
        _WARNING,
        "The Kilo subnet that nodes report differs from the Kilo subnet in the DaemonSet of Kilo.",
        "When the pods of the DaemonSet restart, the WireGuard IPs and the configurations of peers change.",
        (
            "If the DaemonSet is right, restart its pods during maintenance. If the nodes are right, correct "
            "`--subnet` in the DaemonSet."
        ),
        "",
        (
            "If the DaemonSet is right, restart its pods during maintenance; if the nodes are right, correct "
            "--subnet in the DaemonSet."
        ),
    )
    SUBNET_FULL = (
        "K-SUBNET-FULL",
        _WARNING,
        "The Kilo subnet is almost full.",
        "Each segment needs a WireGuard IP; without a free one, kg no longer updates the mesh.",
        "Plan to give every kg a larger `--subnet`, and to restart the Kilo pods on all nodes.",
    )
    SUBNET_EXHAUSTED = (
        "K-SUBNET-EXHAUSTED",
        _ERROR,
        "The Kilo subnet has fewer addresses than the mesh has segments.",
        "kg cannot update the mesh.",
        "Give every kg a larger `--subnet`, or use `--mesh-granularity location`, which needs fewer addresses.",
        "",
        "Give every kg a larger --subnet, or use --mesh-granularity location.",
    )
    TOPOLOGY_LABEL = (
        "K-TOPOLOGY-LABEL",
        _WARNING,
        "kgctl reads the locations of nodes from a different label than Kilo.",
        "kgctl can compute different locations, leaders, and WireGuard IPs than Kilo.",
        "Use kgctl with the `--topology-label` that the DaemonSet of Kilo contains.",
    )
    LEADER_DRIFT = (
        "K-LEADER-DRIFT",
        _WARNING,
        "The leader that nodes report is not the leader that kgctl computes.",
        "Configurations that kgctl prints can be wrong.",
        (
            "Wait a minute. If the leaders still differ, check `--topology-label`, the endpoints with a DNS "
            "name, and the log of kg."
        ),
    )
    WIREGUARD_IP_DRIFT = (
        "K-WIREGUARD-IP-DRIFT",
        _WARNING,
        "The WireGuard IP that a leader reports is not the one that kgctl computes.",
        "Configurations that kgctl prints can be wrong.",
        (
            "Wait a minute. If the WireGuard IPs still differ, check `--topology-label`, the nodes that are "
            "not ready, and the log of kg."
        ),
    )
    AGENT_LEADER = (
        "K-AGENT-LEADER",
        _WARNING,
        "The metrics of kg and the annotations of its node disagree on whether the node is a leader.",
        "Peers and other nodes use the annotations, which are probably out of date.",
        "Wait a minute. If the metrics and the annotations still differ, read the log of kg on the node.",
    )
    AGENT_COUNTS = (
        "K-AGENT-COUNTS",
        _WARNING,
        "According to its metrics, kg on a node sees a different number of nodes or peers than the cluster has.",
        "The tunnels of this node are probably out of date.",
        "Wait a minute. If the numbers still differ, read the log of kg on the node.",
    )
    AGENT_ERRORS = (
        "K-AGENT-ERRORS",
        _NOTE,
        "According to its metrics, kg on a node has had errors since it started.",
        "A few errors at the start are normal, but a growing number means that kg cannot apply the mesh.",
        "Read the log of kg on the node.",
    )
    LEADER_PUBLIC = (
        "K-LEADER-PUBLIC",
        _WARNING,
        "The leader has an endpoint that Kilo treats as public, although it is not.",
        (
            "Kilo treats 100.64.0.0/10, 127.0.0.0/8, and most of fc00::/7 as public, so it can prefer a "
            "leader that other locations cannot reach."
        ),
        f"Set the annotation `{names.LEADER}` to `true` on a node of the segment that other locations can reach.",
    )
    NODE_OVERLAP = (
        "K-NODE-OVERLAP",
        _ERROR,
        "Two nodes have the same address, or pod CIDRs that overlap.",
        "Kilo routes an address to only one of the two nodes.",
        (
            "Use different networks in each location. If nothing uses the internal IP of the node, set its "
            f"annotation `{names.FORCE_INTERNAL_IP}` to a dash (`-`), so that Kilo does not route it. To change "
            "its pod CIDR, create the Node again."
        ),
        "",
        (
            "Use different networks in each location; if nothing uses the internal IP of the node, set its "
            f"annotation {names.FORCE_INTERNAL_IP} to a dash."
        ),
    )
    ENDPOINT_TWICE = (
        "K-ENDPOINT-TWICE",
        _WARNING,
        "Two leaders have the same endpoint.",
        "If both leaders are behind one router, the router forwards a port to only one of them.",
        (
            "Forward another port of the router to one of the nodes, and set the annotation "
            f"`{names.FORCE_ENDPOINT}` of that node to the address of the router and the other port."
        ),
    )
    KEY_TWICE = (
        "K-KEY-TWICE",
        _ERROR,
        "Two nodes, two peers, or a node and a peer have the same public key.",
        "WireGuard treats both as one peer, so only one of them works.",
        (
            "Replace the key of one of them: for a peer, use `kgctl peer rotate NAME`; for a node, remove "
            "`/var/lib/kilo/key` on the node, and restart its Kilo pod."
        ),
        "",
        (
            "Replace the key of one of them: for a peer, use kgctl peer rotate; for a node, remove "
            "/var/lib/kilo/key, and restart its Kilo pod."
        ),
    )
    DNS_FAIL = (
        "K-DNS-FAIL",
        _ERROR,
        "This machine cannot resolve the DNS name of an endpoint.",
        "If the nodes cannot resolve the name either, no kg applies changes to the mesh.",
        (
            "Check whether the nodes can resolve the name, which may be in an internal zone. If they cannot, "
            "correct the DNS record or the endpoint."
        ),
        "",
        "Check that the nodes resolve the name; if they do not, correct the DNS record or the endpoint.",
    )
    LOCIP_CLASH = (
        "K-LOCIP-CLASH",
        _WARNING,
        "Kilo does not route an allowed location IP, because it overlaps one of another location.",
        "Kilo routes an address to only one location, the one whose name sorts last.",
        (
            f"Remove the address from the annotation `{names.ALLOWED_LOCATION_IPS}` of the nodes of one of the "
            "two locations."
        ),
    )
    LOCIP_ROUTED = (
        "K-LOCIP-ROUTED",
        _WARNING,
        (
            "Kilo does not route an allowed location IP, because its address is in a pod CIDR, or is an address "
            "of a node."
        ),
        "Kilo already routes this address to a node.",
        f"Remove the address from the annotation `{names.ALLOWED_LOCATION_IPS}` of the nodes of this segment.",
    )
    LOCIP_PEER = (
        "K-LOCIP-PEER",
        _WARNING,
        "Kilo does not route an allowed location IP, because it overlaps an allowed IP of a peer.",
        "Kilo routes the address to the peer.",
        (
            f"Remove the address from the annotation `{names.ALLOWED_LOCATION_IPS}` of the nodes of this "
            "segment, or from the peer with `kgctl peer set NAME --ip CIDR`, which replaces all its allowed "
            "IPs."
        ),
        "",
        (
            f"Remove the address from the annotation {names.ALLOWED_LOCATION_IPS} of the nodes of this "
            "segment, or from the allowed IPs of the peer."
        ),
    )
    LOOP = (
        "K-LOOP",
        _WARNING,
        "The endpoint of a WireGuard peer is inside an allowed IP of the same configuration.",
        (
            "wg-quick routes the encrypted packets of the tunnel into the tunnel itself, so they never reach "
            "the endpoint."
        ),
        (
            "If the allowed IP is only the address of the endpoint, create the configuration with `kgctl "
            "showconf peer NAME -o wg-quick`, which leaves out this route. If it is a wider network, set the "
            f"annotation `{names.FORCE_ENDPOINT}` of the node to an endpoint, HOST:PORT, outside of that network."
        ),
        "",
        "To leave out the route, create the configuration with -o wg-quick.",
    )

    # Each peer, and peers together.
    PEER_INVALID = (
        "K-PEER-INVALID",
        _ERROR,
        "The Peer is invalid.",
        "Kilo skips an invalid Peer, and does not report it.",
        "Correct the field that the message names.",
        f"kubectl edit {names.PEERS_RESOURCE} NAME",
        "Correct the field.",
    )
    PEER_NOIPS = (
        "K-PEER-NOIPS",
        _ERROR,
        "The Peer has no allowed IPs.",
        "Kilo skips a Peer without allowed IPs.",
        "Give the peer a free address with `kgctl peer set NAME --ip ADDRESS`.",
        "",
        "Give the peer a free address with the option --ip of kgctl peer set.",
    )
    PEER_DISABLED = (
        "K-PEER-DISABLED",
        _NOTE,
        "The Peer is disabled.",
        "The peer has no access, but keeps its key and its addresses.",
        "If the peer should be in the mesh, enable it.",
        "kgctl peer enable NAME",
    )
    PEER_EXPIRED = (
        "K-PEER-EXPIRED",
        _WARNING,
        "The Peer has expired, or kgctl cannot read the time at which the Peer expires.",
        "Kilo does not read the time at which a Peer expires, so the peer has access until you remove it.",
        "Remove all expired peers with `kgctl peer expire`, or extend the access of this peer.",
        "kgctl peer set NAME --expires 7d",
    )
    PEER_NOKEY = (
        "K-PEER-NOKEY",
        _ERROR,
        "The public key of the Peer is all zeros.",
        "To WireGuard, a key of zeros is no key, so Kilo skips the Peer.",
        "Give the peer a new key.",
        "kgctl peer rotate NAME --yes",
    )
    PEER_ROAM = (
        "K-PEER-ROAM",
        _WARNING,
        "The Peer has neither an endpoint nor a keepalive.",
        (
            "Every 30 seconds, Kilo resets the endpoint that WireGuard learned for such a peer, and the "
            "tunnel breaks."
        ),
        "Set a keepalive.",
        "kgctl peer set NAME --keepalive 25",
    )
    PEER_DUP = (
        "K-PEER-DUP",
        _ERROR,
        "Two Peers have the same allowed IP.",
        "Only one of the two peers gets the traffic, and Kilo does not report it.",
        (
            "Give one of the peers another address with `kgctl peer set NAME --ip CIDR,...`, which replaces all "
            "its allowed IPs, and update the configuration on its machine."
        ),
        "",
        (
            "Give one of the peers another address with the option --ip of kgctl peer set, which replaces all "
            "its allowed IPs, and update the configuration on its machine."
        ),
    )
    PEER_OVERLAP = (
        "K-PEER-OVERLAP",
        _WARNING,
        "An allowed IP of a Peer overlaps a network of the cluster.",
        "Packets for an address that is in both networks can go to the wrong one.",
        (
            "Give the peer another address with `kgctl peer set NAME --ip CIDR,...`, which replaces all its "
            "allowed IPs, and update the configuration on its machine."
        ),
        "",
        (
            "Give the peer another address with the option --ip of kgctl peer set, which replaces all its "
            "allowed IPs, and update the configuration on its machine."
        ),
    )
    PEER_UNUSABLE = (
        "K-PEER-UNUSABLE",
        _WARNING,
        "An allowed IP or the endpoint of the Peer is an address that no peer can have.",
        "Nodes cannot reach a peer at such an address, for example at a loopback or multicast address.",
        (
            "For an endpoint, set another one with `kgctl peer set NAME --endpoint HOST:PORT`. For an allowed IP, "
            "give the peer another address with `kgctl peer set NAME --ip CIDR,...`, which replaces all its "
            "allowed IPs, and update the configuration on its machine."
        ),
        "",
        (
            "Give the peer other addresses with the option --ip of kgctl peer set, which replaces all its allowed "
            "IPs, or another endpoint with --endpoint, and update the configuration on its machine."
        ),
    )
    PEER_PSK = (
        "K-PEER-PSK",
        _ERROR,
        "The preshared key of the Peer is invalid.",
        "Kilo ignores the key, so no handshake succeeds if the machine of the peer uses a preshared key.",
        (
            "Generate new keys with `kgctl peer rotate NAME --psk`, and install the new configuration on the "
            "machine of the peer. The old configuration stops working at once."
        ),
        "",
        (
            "Generate new keys with the option --psk of kgctl peer rotate, and install the new configuration "
            "on the machine of the peer: the old one stops working at once."
        ),
    )
    PEER_DNS_AND_IP = (
        "K-PEER-DNS-AND-IP",
        _WARNING,
        "The endpoint of the Peer has both a DNS name and an IP address.",
        "Kilo uses only the DNS name.",
        "Keep either the DNS name or the IP address, with `kgctl peer set NAME --endpoint HOST:PORT`.",
        "",
        "Keep only the DNS name, which Kilo uses.",
    )
    PEER_DNS_NUMBER = (
        "K-PEER-DNS-NUMBER",
        _ERROR,
        (
            "The endpoint of the Peer has an impossible DNS name: its last label is a number, or a label has "
            "more than 63 characters."
        ),
        "While an endpoint does not resolve, no kg applies changes to the mesh.",
        (
            "Set the endpoint to an IP address or a valid DNS name, and the port, with `kgctl peer set NAME "
            "--endpoint HOST:PORT`."
        ),
        "",
        "Set an IP address or a valid DNS name with the option --endpoint of kgctl peer set.",
    )
    HOST_BITS = (
        "K-HOST-BITS",
        _WARNING,
        "An allowed IP has host bits set.",
        "The allowed IP looks like one address, but WireGuard routes the whole network to the peer.",
        (
            "For one address, use the prefix length 32, or 128 for IPv6. For a network, set the host bits to "
            "zero, such as in `10.6.0.0/24`."
        ),
        "",
        "For one address, use /32, or /128 for IPv6; for a network, set no host bits.",
    )
    KEEPALIVE_OWN = (
        "K-KEEPALIVE-OWN",
        _NOTE,
        "The Peer has a keepalive, but nodes send no keepalives to the peer.",
        "The keepalive of a Peer applies only to the machine of the peer; a leader behind NAT needs its own.",
        (
            f"If a leader is behind NAT, set its annotation `{names.PERSISTENT_KEEPALIVE}` to 25. Otherwise, "
            "ignore this finding."
        ),
        "",
        (
            f"If a leader is behind NAT, set its annotation {names.PERSISTENT_KEEPALIVE} to 25; otherwise, "
            "ignore this finding."
        ),
    )
    PEER_UNSEEN = (
        "K-PEER-UNSEEN",
        _NOTE,
        "No node has seen the Peer.",
        (
            "Nodes report the endpoint of a peer after the first handshake, so the peer has probably not "
            "connected yet."
        ),
        (
            "To check its tunnel, run `sudo --preserve-env=KUBECONFIG kgctl check --local` on the machine of "
            "the peer."
        ),
        "",
        "To check the tunnel of a peer, use the option --local of kgctl check on its machine.",
    )
    NAME_TWICE = (
        "K-NAME-TWICE",
        _NOTE,
        "The Peer has the same name as a node.",
        "In the output of `kgctl graph -o dot`, the node and the Peer become one object.",
        "Use another format, such as `kgctl graph -o svg`.",
        "",
        "Use another format of kgctl graph, such as -o svg.",
    )

    # Files: Peers that are not in a cluster yet, and bundles.
    FILE = (
        "K-FILE",
        _ERROR,
        "A file is incomplete, or is not valid YAML, JSON, or a WireGuard configuration.",
        "kgctl cannot check the file.",
        "Correct the file at the line in the message.",
    )
    FIELD = (
        "K-FIELD",
        _ERROR,
        "A Peer in a file has an unknown field, or a field that occurs more than once.",
        "`kubectl apply` refuses such a file by default.",
        "Correct or remove an unknown field. If a field occurs more than once, keep one of its values.",
        "",
        "Correct the name of the field, or remove the field.",
    )
    PEER_NAME = (
        "K-PEER-NAME",
        _ERROR,
        "Two Peers in files have the same name.",
        "The two Peers are one object in the cluster, so the Peer that you apply last replaces the other one.",
        "Rename one of the Peers.",
    )
    PEER_WITHIN = (
        "K-PEER-WITHIN",
        _WARNING,
        "An allowed IP of a Peer in a file is inside a wider allowed IP of another Peer.",
        "Traffic to these addresses goes to the Peer with the narrower allowed IP.",
        "Give one of the Peers other addresses. If you want the overlap, ignore this finding.",
    )
    REDACTED = (
        "K-REDACTED",
        _WARNING,
        "The bundle of `kgctl gather` has no preshared key of a Peer, or the file of the Peer is encrypted.",
        "The tunnel does not work without the preshared key.",
        (
            "Create the configuration from the live cluster, or insert the key yourself. To create a bundle "
            "with preshared keys, use `kgctl gather --include-secrets`."
        ),
        "",
        "Create the configuration from the live cluster, or insert the key yourself.",
    )

    # The tunnel of this machine.
    LOCAL_NONE = (
        "K-LOCAL-NONE",
        _ERROR,
        "This machine does not have the WireGuard interface, or kgctl is not allowed to read it.",
        "Without the interface, this machine has no tunnel to the mesh.",
        (
            "Create the interface with `sudo wg-quick up FILE`. If the interface exists, run `sudo "
            "--preserve-env=KUBECONFIG kgctl check --local`, because only root can read it."
        ),
        "",
        "Bring up the configuration with wg-quick, or run kgctl as root to read the interface.",
    )
    LOCAL_DOWN = (
        "K-LOCAL-DOWN",
        _ERROR,
        "The WireGuard interface of this machine is down.",
        "This machine sends no packets through an interface that is down.",
        "Bring the interface up, and then check again, because its routes can be missing.",
        "sudo ip link set dev NAME up",
    )
    LOCAL_KEY = (
        "K-LOCAL-KEY",
        _ERROR,
        "No Peer that Kilo uses, and no leader, has the public key of the interface.",
        "The nodes do not know the key of this machine, so they ignore its packets.",
        (
            "If Kilo skips the Peer of this machine, fix the Peer, for example with `kgctl peer enable NAME`. "
            "If the key is an old one, write the configuration again with `kgctl showconf peer NAME -o wg-quick "
            "--private-key KEY -O FILE --force`, where `KEY` is the file of the private key of the Peer, and "
            "bring the interface down and up again with `sudo wg-quick down FILE` and `sudo wg-quick up FILE`. "
            "If the machine has no Peer, create one with `kgctl peer add NAME`."
        ),
        "",
        (
            "Bring up the current configuration of the Peer, with its private key; if this machine has no "
            "Peer, create one."
        ),
    )
    LOCAL_ADDRESS = (
        "K-LOCAL-ADDRESS",
        _ERROR,
        "The interface has none of the addresses of its Peer.",
        "This machine does not accept the packets that nodes send to the addresses of the Peer.",
        _SYNC,
        "",
        _SYNC_IN_WORDS,
    )
    LOCAL_PEERS = (
        "K-LOCAL-PEERS",
        _WARNING,
        "The interface lacks a peer or an allowed IP of the current mesh.",
        "This machine cannot reach a part of the mesh.",
        _SYNC,
        "",
        _SYNC_IN_WORDS,
    )
    LOCAL_ROUTE = (
        "K-LOCAL-ROUTE",
        _ERROR,
        "An allowed IP of a WireGuard peer has no route through the interface.",
        "This machine sends packets to the allowed IP through another interface, or cannot send them.",
        (
            "Bring the interface down and up again with `sudo wg-quick down FILE` and `sudo wg-quick up "
            "FILE`. wg-quick creates the routes unless the file contains `Table = off`."
        ),
        "",
        (
            "Bring the interface down and up with wg-quick, which creates the routes unless the configuration "
            "contains Table = off."
        ),
    )
    LOCAL_HANDSHAKE = (
        "K-LOCAL-HANDSHAKE",
        _ERROR,
        "A leader does not answer, or the interface has no endpoint for the leader.",
        "This machine cannot reach the location of the leader.",
        (
            "Check that UDP to the endpoint is open, that the node is running, and that the cluster has a "
            "Peer with the key of this machine."
        ),
    )
    LOCAL_QUIET = (
        "K-LOCAL-QUIET",
        _NOTE,
        "kgctl could not test the tunnel to a leader.",
        (
            "The interface is down, or does not route the WireGuard IP of the leader, so kgctl does not know "
            "whether the tunnel works."
        ),
        "Fix the other findings of the interface first, and then check again.",
    )
    LOCAL_SERVICES = (
        "K-LOCAL-SERVICES",
        _WARNING,
        "No peer of the interface has an allowed IP that covers the Service CIDR.",
        "This machine cannot reach Services at their cluster IPs.",
        (
            "Write the configuration again with `kgctl showconf peer NAME -o wg-quick --services auto -O FILE "
            "--force`, which keeps the private key in `FILE`. Apply it with `sudo kgctl sync INTERFACE --conf "
            "FILE`."
        ),
        "",
        (
            "Create the configuration again with the option --services auto of kgctl showconf, and apply it "
            "with kgctl sync."
        ),
    )
    LOCAL_DNS = (
        "K-LOCAL-DNS",
        _ERROR,
        "The cluster DNS does not answer through the tunnel.",
        "This machine cannot resolve the names of Services.",
        "Fix the other findings first. If the DNS still does not answer, check that CoreDNS is running.",
        "",
        "Fix the other findings first, and then check that CoreDNS is running.",
    )
