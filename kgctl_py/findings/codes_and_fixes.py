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
    "Write the current configuration of the Peer with `kgctl showconf peer NAME -o wg-quick "
    "--private-key KEY -O FILE`, where `KEY` is the file of the private key. Then apply it with `sudo "
    "kgctl sync INTERFACE --conf FILE`."
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
        "kgctl cannot reach the API server.",
        "Without the API server, kgctl cannot read the mesh.",
        (
            "Check that the API server is running, that this machine can reach it, and that the kubeconfig "
            "contains the address of the server."
        ),
    )
    RBAC = (
        "K-RBAC",
        _ERROR,
        "You are not allowed to list Nodes or Peers.",
        "kgctl computes the mesh from the Nodes and the Peers.",
        "Ask an administrator of the cluster for the RBAC rule in the hint.",
    )
    CRD = (
        "K-CRD",
        _ERROR,
        "The CustomResourceDefinition of Peers is missing.",
        (
            "Kilo is not installed, or its installation is incomplete. kg, the agent of Kilo, does not start "
            "without the definition."
        ),
        "Create the CustomResourceDefinition.",
        "kgctl manifests --part crds --no-cel | kubectl apply -f -",
    )
    CRD_SCOPE = (
        "K-CRD-SCOPE",
        _ERROR,
        "The scope in the CustomResourceDefinition of Peers is `Namespaced`, not `Cluster`.",
        (
            "Kilo and kgctl send requests for Peers without a namespace. With the scope `Namespaced`, the API "
            "server refuses requests without a namespace to get, create, change, or delete a Peer."
        ),
        (
            "Save the Peers with `kubectl get peers.kilo.squat.ai -A -o yaml > peers.yaml`. Delete the "
            "definition with `kubectl delete crd peers.kilo.squat.ai`, which also deletes all Peers. Create "
            "the definition of Kilo with `kgctl manifests --part crds --no-cel | kubectl apply -f -`, and "
            "create the Peers again with `kgctl peer apply -f peers.yaml`."
        ),
        "",
        (
            "Save the Peers, delete the CustomResourceDefinition (which deletes all Peers), create the "
            "definition of Kilo, and create the Peers again with kgctl peer apply."
        ),
    )
    CLOCK = (
        "K-CLOCK",
        _WARNING,
        "The clock of this machine differs from the clock of the API server.",
        (
            "kgctl uses the clock of the API server instead. Other programs on this machine can refuse valid "
            "certificates and tokens."
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
        "The node has no annotations of Kilo.",
        (
            "The node is not part of the mesh, so peers and other nodes cannot reach the pods on this node "
            "through Kilo."
        ),
        (
            "Check whether the DaemonSet of Kilo runs a pod on the node. If the node should stay outside the "
            "mesh, ignore this finding."
        ),
    )
    NODE_NOENDPOINT = (
        "K-NODE-NOENDPOINT",
        _ERROR,
        "The node has no endpoint.",
        (
            "Kilo leaves a node without an endpoint out of the mesh, because no other node or peer could "
            "connect to the node."
        ),
        (
            "Read the log of kg on the node. If kg finds no address, set the annotation "
            f"`{names.FORCE_ENDPOINT}` of the node to an address and a port at which other nodes and peers "
            "reach this node."
        ),
    )
    NODE_NOKEY = (
        "K-NODE-NOKEY",
        _ERROR,
        "The node has no public key.",
        "WireGuard identifies each peer by its public key, so Kilo leaves a node without a key out of the mesh.",
        (
            "Read the log of kg on the node. When kg starts, it generates a key in `/var/lib/kilo`, and "
            "stores the public key in an annotation of the node."
        ),
    )
    NODE_NOCIDR = (
        "K-NODE-NOCIDR",
        _ERROR,
        "The node has no pod CIDR in `spec.podCIDR`.",
        (
            "Kilo reads the addresses of the pods on a node from `spec.podCIDR`, so Kilo leaves a node "
            "without a pod CIDR out of the mesh."
        ),
        (
            "Let the controller manager allocate pod CIDRs with its options `--allocate-node-cidrs` and "
            "`--cluster-cidr`, and use a CNI plugin that reads `spec.podCIDR`."
        ),
    )
    NODE_UNSEEN = (
        "K-NODE-UNSEEN",
        _ERROR,
        "The node has an endpoint or a key, but kg has never reported that the node is alive.",
        (
            "kg reports every 30 seconds that its node is alive. Kilo leaves a node without such a report out "
            "of the mesh."
        ),
        "Read the log of kg on the node, and check that RBAC allows kg to patch Nodes.",
    )
    NODE_STALE = (
        "K-NODE-STALE",
        _ERROR,
        "kg on the node has not reported for a minute or more.",
        (
            "Kilo has removed the node from the mesh, so other nodes and peers cannot reach the pods on this "
            "node. If the node was the leader of a location with other ready nodes, one of these nodes "
            "becomes the leader."
        ),
        "Check that the node and its Kilo pod are running, and that the clock of the node is right.",
    )
    KG_POD = (
        "K-KG-POD",
        _ERROR,
        "The Kilo pod on the node is not running correctly.",
        "Without a running Kilo pod, the node does not apply changes of the mesh.",
        "Read the log of the container `kilo` in the pod, with `kubectl -n NAMESPACE logs POD -c kilo`.",
    )
    VALUE = (
        "K-VALUE",
        _WARNING,
        "Kilo ignores a value because the value is invalid.",
        "A setting with an invalid value has no effect.",
        "Correct the value, or remove the setting if you do not need it.",
    )
    NODE_DNS_NUMBER = (
        "K-NODE-DNS-NUMBER",
        _ERROR,
        "The host name in the endpoint of a node ends in a number, or has a label of more than 63 characters.",
        (
            "No host can have such a name: a name that ends in a number is probably a mistyped IP address. "
            "While a name does not resolve, no kg applies changes of the mesh."
        ),
        f"Set the annotation `{names.FORCE_ENDPOINT}` of the node to the right address and port.",
    )
    NODE_ANNOTATION = (
        "K-NODE-ANNOTATION",
        _WARNING,
        "An annotation has the prefix of Kilo, but Kilo does not know the annotation.",
        "An annotation with a misspelled name, or of an older version of Kilo, has no effect.",
        "If you need the setting, set the annotation with the right name. Then remove the unknown annotation.",
        "kubectl annotate node NAME FIELD-",
        "If you need the setting, set the annotation with the right name; then remove the unknown one.",
    )
    NODE_CLOCK_AHEAD = (
        "K-NODE-CLOCK-AHEAD",
        _WARNING,
        "A node reported a time in the future, so the clock of the node is ahead.",
        "If the node stops, Kilo treats the node as alive until a minute after the reported time.",
        "Set the clock of the node, for example with NTP. kg then reports the right time within half a minute.",
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
            "Set the annotation to a host and a port. The host is an IPv4 address, an IPv6 address in "
            "brackets, or a lower-case DNS name. If kg detects the right endpoint, remove the annotation."
        ),
        f"kubectl annotate node NAME {names.FORCE_ENDPOINT}-",
        (
            "Write a host and a port; the host is an IP address (IPv6 in brackets) or a lower-case DNS name; "
            "if kg detects the right endpoint, remove the annotation."
        ),
    )
    KEEPALIVE = (
        "K-KEEPALIVE",
        _ERROR,
        "A keepalive is outside the range of WireGuard, 0 to 65535.",
        (
            "kgctl writes such a keepalive as 0, which turns keepalives off. The behavior of Kilo with such a "
            "keepalive is undefined."
        ),
        (
            "Set the keepalive in seconds. 25 suits most networks. For a peer, use `kgctl peer set NAME "
            "--keepalive 25`; for a node, use `kubectl annotate --overwrite node NAME "
            f"{names.PERSISTENT_KEEPALIVE}=25`."
        ),
        "",
        "Set the keepalive in seconds; 25 suits most networks.",
    )
    POD_CIDR_UNREAD = (
        "K-POD-CIDR-UNREAD",
        _WARNING,
        "The node has a second pod CIDR, which Kilo does not use.",
        "Kilo reads only `spec.podCIDR`, so peers cannot reach pods with addresses in the second pod CIDR.",
        "Use only pods with addresses in `spec.podCIDR`. Kilo has no setting for a second pod CIDR.",
        "",
        "Use only pods with addresses in spec.podCIDR; Kilo has no setting for a second pod CIDR.",
    )
    ENDPOINT_PRIVATE = (
        "K-ENDPOINT-PRIVATE",
        _WARNING,
        "Other locations probably cannot reach the endpoint of a leader.",
        (
            "Only the machine itself can reach the endpoint; or the endpoint is a private address, the "
            "endpoints of other leaders are public, and the leader sends no keepalives to keep a path through "
            "NAT open."
        ),
        (
            f"Set the annotation `{names.FORCE_ENDPOINT}` of the node to the address at which other locations "
            "reach this node. If the node is behind NAT without a forwarded port, set its annotation "
            f"`{names.PERSISTENT_KEEPALIVE}` to 25."
        ),
        "",
        (
            f"Set the annotation {names.FORCE_ENDPOINT} of the node to the address at which other locations "
            "reach this node; for a node behind NAT without a forwarded port, set "
            f"{names.PERSISTENT_KEEPALIVE} to 25."
        ),
    )

    ENDPOINT_VERSION = (
        "K-ENDPOINT-VERSION",
        _WARNING,
        "Leaders share no IP version, as far as their endpoints and internal IPs show.",
        (
            "Kilo knows one endpoint and one internal IP of each node. A tunnel between two leaders opens "
            "only if one of them has an address of the IP version of the other one's endpoint."
        ),
        (
            "If a leader can be reached at an address of the IP version of the other leaders, set the annotation "
            f"`{names.FORCE_ENDPOINT}` of this leader to that address and the port of WireGuard. Otherwise, give "
            "the other leaders addresses of the IP version of its endpoint. If the tunnels work, kgctl does not "
            f"know an endpoint that is in use: set the annotation `{names.PERSISTENT_KEEPALIVE}` of the leader to "
            "25, so that other nodes report this endpoint."
        ),
    )
    IP_VERSION = (
        "K-IP-VERSION",
        _ERROR,
        "An address of a node has another IP version than the Kilo subnet.",
        (
            "In other locations, the gateway of the route to such an address is a WireGuard IP, and kg cannot "
            "set a route through a gateway of another IP version. Since 0.7.0, kg also cannot set a route from "
            "an internal IP of another IP version. kg stops at the first route that it cannot set, so it sets "
            "other routes late. Within a location, the gateway of the route to a pod CIDR is the internal IP of "
            "the node, unless another CNI plugin sets the routes."
        ),
        (
            "Use one IP version for the pod CIDRs, the internal IPs, the allowed location IPs, and the Kilo "
            f"subnet. The annotation `{names.FORCE_INTERNAL_IP}` of a node sets its internal IP, for example to "
            "`10.1.0.2/24`."
        ),
        "",
        (
            "Use one IP version for the pod CIDRs, the internal IPs, the allowed location IPs, and the Kilo "
            f"subnet; the annotation {names.FORCE_INTERNAL_IP} of a node sets its internal IP, for example to "
            "10.1.0.2/24."
        ),
    )

    # The mesh as a whole.
    GRANULARITY = (
        "K-GRANULARITY",
        _WARNING,
        "Ready nodes report different granularities.",
        (
            "Nodes with different granularities divide the mesh into different segments, and configure "
            "tunnels that do not match. Traffic between some of the nodes stops."
        ),
        "Give every kg the same `--mesh-granularity`, and restart the Kilo pods on all nodes.",
    )
    GRANULARITY_UNKNOWN = (
        "K-GRANULARITY-UNKNOWN",
        _WARNING,
        "This version of kgctl does not know the granularity of a node.",
        (
            "kg on the node is newer than kgctl, or is a modified version, so kgctl cannot compute how this "
            "kg builds the mesh."
        ),
        (
            f"If kg is newer, use a newer kgctl. Do not change the annotation `{names.GRANULARITY}`: kg writes "
            "this annotation, and the mesh does not depend on it."
        ),
        "",
        (
            f"If kg is newer, use a newer kgctl; do not change the annotation {names.GRANULARITY}: kg writes "
            "this annotation, and the mesh does not depend on it."
        ),
    )
    GRANULARITY_NONE = (
        "K-GRANULARITY-NONE",
        _ERROR,
        "No ready node reports a granularity.",
        "Without the granularity of the mesh, kgctl does not know which nodes share a tunnel.",
        (
            "Read the log of kg to find the cause. Until then, pass the granularity of the mesh to kgctl: "
            "`--mesh-granularity location`, `full`, or `cross`."
        ),
        "",
        (
            "Read the log of kg to find the cause; until then, pass the granularity of the mesh to kgctl: "
            "--mesh-granularity location, full, or cross."
        ),
    )
    KG_GRANULARITY = (
        "K-KG-GRANULARITY",
        _WARNING,
        "The granularity that nodes report differs from the granularity in the DaemonSet of Kilo.",
        (
            "The DaemonSet changed, but some of its pods have not restarted; or kg on some nodes was not "
            "started by the DaemonSet."
        ),
        (
            "If the DaemonSet is right, restart its pods during maintenance, because the tunnels and the "
            "configurations of peers change. If the nodes are right, correct the option `--mesh-granularity` "
            "in the DaemonSet."
        ),
        "",
        (
            "If the DaemonSet is right, restart its pods during maintenance, because the tunnels and the "
            "configurations of peers change; if the nodes are right, correct the option in the DaemonSet."
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
            "A WireGuard IP can also be the address of a pod, a Service, or a node. Only one of the two is "
            "reachable at this address."
        ),
        "Give every kg another `--subnet`, and restart the Kilo pods on all nodes.",
    )
    SUBNET_NONE = (
        "K-SUBNET-NONE",
        _WARNING,
        "No node has a WireGuard IP yet.",
        "kg has not built the mesh yet. kgctl assumes the default Kilo subnet, 10.4.0.0/16.",
        "Wait a minute. If the nodes still have no WireGuard IP, read the log of kg.",
        "",
        "Wait a minute; if the nodes still have no WireGuard IP, read the log of kg.",
    )
    KG_SUBNET = (
        "K-KG-SUBNET",
        _WARNING,
        "The Kilo subnet that nodes report differs from the Kilo subnet in the DaemonSet of Kilo.",
        (
            "The DaemonSet changed, but some of its pods have not restarted. When these pods restart, the "
            "WireGuard IPs change."
        ),
        (
            "If the DaemonSet is right, restart its pods during maintenance, because the tunnels and the "
            "configurations of peers change. If the nodes are right, correct the option `--subnet` in the "
            "DaemonSet."
        ),
        "",
        (
            "If the DaemonSet is right, restart its pods during maintenance, because the tunnels and the "
            "configurations of peers change; if the nodes are right, correct the option in the DaemonSet."
        ),
    )
    SUBNET_FULL = (
        "K-SUBNET-FULL",
        _WARNING,
        "The Kilo subnet is almost full.",
        (
            "Each location needs a WireGuard IP, or each node if the granularity is `full`. If the Kilo "
            "subnet has no free address, kg no longer updates the mesh."
        ),
        "Plan to give every kg a larger `--subnet`. With another subnet, all WireGuard IPs change.",
        "",
        "Plan to give every kg a larger --subnet; with another subnet, all WireGuard IPs change.",
    )
    SUBNET_EXHAUSTED = (
        "K-SUBNET-EXHAUSTED",
        _ERROR,
        "The Kilo subnet has fewer addresses than the mesh has segments.",
        "kg fails with an error, and no longer updates the mesh.",
        (
            "Give every kg a larger `--subnet`, or use `--mesh-granularity location`, which needs only one "
            "address for each location."
        ),
        "",
        "Give every kg a larger --subnet, or use --mesh-granularity location.",
    )
    TOPOLOGY_LABEL = (
        "K-TOPOLOGY-LABEL",
        _WARNING,
        "kgctl reads the locations of nodes from a different label than Kilo.",
        (
            "The locations that kgctl computes differ from those of Kilo, so the leaders and the WireGuard "
            "IPs that kgctl computes can also differ."
        ),
        (
            "Pass kgctl the value of `--topology-label` in the DaemonSet of Kilo, with the option "
            "`--topology-label` of kgctl."
        ),
    )
    LEADER_DRIFT = (
        "K-LEADER-DRIFT",
        _WARNING,
        "The leader that nodes report is not the leader that kgctl computes.",
        (
            "Some nodes have not applied a change yet, or kg and kgctl read locations or endpoints "
            "differently. Configurations that kgctl prints can be wrong."
        ),
        (
            "Wait a minute. If the leaders still differ, check `--topology-label`, the endpoints with a DNS "
            "name, and the log of kg."
        ),
        "",
        (
            "Wait a minute; if the leaders still differ, check --topology-label, the endpoints with a DNS "
            "name, and the log of kg."
        ),
    )
    WIREGUARD_IP_DRIFT = (
        "K-WIREGUARD-IP-DRIFT",
        _WARNING,
        "The WireGuard IP that a leader reports is not the one that kgctl computes.",
        (
            "Kilo numbers the segments of the mesh, and kg and kgctl do not see the same segments. Packets to "
            "the expected WireGuard IP do not arrive."
        ),
        (
            "Wait a minute. If the WireGuard IPs still differ, check `--topology-label`, the nodes that are "
            "not ready, and the log of kg."
        ),
        "",
        (
            "Wait a minute; if the WireGuard IPs still differ, check --topology-label, the nodes that are not "
            "ready, and the log of kg."
        ),
    )
    AGENT_LEADER = (
        "K-AGENT-LEADER",
        _WARNING,
        "The metrics of kg and the annotations of its node disagree on whether the node is a leader.",
        (
            "kg cannot update the annotations of its node, or has not applied the mesh that it reported. "
            "Peers and other nodes use the annotations."
        ),
        "Wait a minute. If the metrics and the annotations still differ, read the log of kg on the node.",
        "",
        "Wait a minute; if the metrics and the annotations still differ, read the log of kg on the node.",
    )
    AGENT_COUNTS = (
        "K-AGENT-COUNTS",
        _WARNING,
        "According to the metrics of kg on a node, kg sees another number of nodes or peers than the cluster has.",
        "kg missed a change, or cannot read from the API server, so the tunnels of its node are out of date.",
        "Wait a minute. If the numbers still differ, read the log of kg on the node.",
        "",
        "Wait a minute; if the numbers still differ, read the log of kg on the node.",
    )
    AGENT_ERRORS = (
        "K-AGENT-ERRORS",
        _NOTE,
        "According to the metrics of kg on a node, kg has had errors since it started.",
        "A few errors while a node starts are normal. If the number of errors grows, kg cannot apply the mesh.",
        "Read the log of kg on the node. The message of the finding contains the events that failed.",
        "",
        "Read the log of kg on the node; the message contains the events that failed.",
    )
    LEADER_PUBLIC = (
        "K-LEADER-PUBLIC",
        _WARNING,
        "Kilo chose a leader because of an endpoint that Kilo treats as public, but which is not public.",
        (
            "Kilo treats 100.64.0.0/10, 127.0.0.0/8, and most of fc00::/7 as public, so Kilo can prefer a "
            "node that other locations cannot reach."
        ),
        (
            f"Choose the leader yourself: set the annotation `{names.LEADER}` to `true` on a node of the "
            "segment that other locations can reach."
        ),
    )
    NODE_OVERLAP = (
        "K-NODE-OVERLAP",
        _ERROR,
        "Two nodes have the same address, or pod CIDRs that overlap.",
        "WireGuard sends the packets for an address to one peer, so only one of the two nodes gets the packets.",
        (
            "Use different networks in each location. If the address is an internal IP that nothing uses, set "
            f"the annotation `{names.FORCE_INTERNAL_IP}` of the node to a dash (`-`), so that Kilo does not "
            "route this address."
        ),
        "",
        (
            "Use different networks in each location; if the address is an internal IP that nothing uses, set "
            f"the annotation {names.FORCE_INTERNAL_IP} of the node to a dash."
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
        "WireGuard treats both as one peer, and keeps only the settings of the later one.",
        (
            "Decide which of the two keeps the key, and replace the key of the other one. For a peer, use "
            "`kgctl peer rotate NAME`. For a node, which can be a clone of another machine, remove "
            "`/var/lib/kilo/key` on the node, and restart its Kilo pod."
        ),
        "",
        (
            "Decide which of the two keeps the key, and replace the key of the other one: for a peer, run "
            "kgctl peer rotate; for a cloned node, remove /var/lib/kilo/key, and restart its Kilo pod."
        ),
    )
    DNS_FAIL = (
        "K-DNS-FAIL",
        _ERROR,
        "This machine cannot resolve the DNS name of an endpoint.",
        (
            "If the nodes cannot resolve the name either, no kg applies changes of the mesh until the name "
            "resolves. If only this machine cannot resolve the name, kgctl can compute another leader than "
            "kg."
        ),
        (
            "First check whether the nodes can resolve the name, because a name in an internal zone may not "
            "resolve on this machine. If the nodes cannot resolve the name, correct the DNS record or the "
            "endpoint."
        ),
        "",
        (
            "First check whether the nodes can resolve the name; if they cannot, correct the DNS record or "
            "the endpoint."
        ),
    )
    LOCIP_CLASH = (
        "K-LOCIP-CLASH",
        _WARNING,
        "Kilo does not route an allowed location IP of a location, because another location has the same address.",
        (
            "Kilo routes an address to only one location. Kilo ignores the allowed location IP of the "
            "location whose name sorts first, and does not report it."
        ),
        (
            "Decide which location keeps the address, and remove the address from the annotation "
            f"`{names.ALLOWED_LOCATION_IPS}` of the nodes of the other location."
        ),
    )
    LOCIP_ROUTED = (
        "K-LOCIP-ROUTED",
        _WARNING,
        (
            "Kilo ignores an allowed location IP because it overlaps the address of a node, a pod CIDR, or "
            "the Kilo subnet."
        ),
        (
            "Kilo already has other routes to these addresses, and does not report that it ignores the "
            "allowed location IP."
        ),
        (
            f"Remove the address from the annotation `{names.ALLOWED_LOCATION_IPS}` of the nodes of this "
            "segment. The annotation is only for networks that Kilo does not route otherwise."
        ),
        "",
        (
            f"Remove the address from the annotation {names.ALLOWED_LOCATION_IPS} of the nodes of this "
            "segment: the annotation is only for networks that Kilo does not route otherwise."
        ),
    )
    LOCIP_PEER = (
        "K-LOCIP-PEER",
        _WARNING,
        "Kilo does not route an allowed location IP because a peer has the same address.",
        "Kilo routes the address to the peer, and does not report that it ignores the allowed location IP.",
        (
            "Decide who keeps the address. To remove it from the peer, use `kgctl peer set NAME --ip "
            "CIDR,...` with the other addresses of the peer. To remove it from the location, change the "
            f"annotation `{names.ALLOWED_LOCATION_IPS}` of the nodes of this segment."
        ),
        "",
        (
            "Decide who keeps the address, and remove it from the other one: from the allowed IPs of the "
            f"peer, or from the annotation {names.ALLOWED_LOCATION_IPS} of the nodes of this segment."
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
            "Use `kgctl showconf` with `-o wg-quick`, which leaves out a route to a single address. If the "
            f"allowed IP is a wider network, set the annotation `{names.FORCE_ENDPOINT}` of the node to an "
            "address outside of that network."
        ),
        "",
        (
            "Add -o wg-quick, which leaves out a route to a single address; for a wider network, set "
            f"{names.FORCE_ENDPOINT} of the node to an address outside of that network."
        ),
    )

    # Each peer, and peers together.
    PEER_INVALID = (
        "K-PEER-INVALID",
        _ERROR,
        "The Peer is invalid.",
        "Kilo skips an invalid Peer, and does not report it.",
        "Correct the field in an editor.",
        f"kubectl edit {names.PEERS_RESOURCE} NAME",
    )
    PEER_NOIPS = (
        "K-PEER-NOIPS",
        _ERROR,
        "The Peer has no allowed IPs.",
        "Kilo skips a Peer without allowed IPs, because no traffic can be routed to it.",
        "Give the peer a free address with `kgctl peer set NAME --ip ADDRESS`.",
        "",
        "Give the peer a free address with the option --ip of kgctl peer set.",
    )
    PEER_DISABLED = (
        "K-PEER-DISABLED",
        _NOTE,
        "The Peer is disabled.",
        (
            "`kgctl peer disable` removed the peer from the mesh. The key and the addresses of the peer stay "
            "reserved."
        ),
        "To return the peer to the mesh, enable it.",
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
            "Kilo lets the endpoint of a peer change only if the peer has a keepalive. For any other peer, "
            "every 30 seconds Kilo resets the endpoint that WireGuard learned, and the tunnel breaks."
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
            "Give one of the peers another address with `kgctl peer set NAME --ip ADDRESS`, and update the "
            "configuration on the machine of that peer."
        ),
        "",
        (
            "Give one of the peers another address with the option --ip of kgctl peer set, and update the "
            "configuration on the machine of that peer."
        ),
    )
    PEER_OVERLAP = (
        "K-PEER-OVERLAP",
        _WARNING,
        "An allowed IP of a Peer overlaps a network of the cluster.",
        (
            "Traffic for pods, Services, or nodes can go to the peer, and traffic for the peer can go to "
            "pods, Services, or nodes."
        ),
        (
            "Give the peer another address with `kgctl peer set NAME --ip ADDRESS`, and update the "
            "configuration on the machine of the peer."
        ),
        "",
        (
            "Give the peer another address with the option --ip of kgctl peer set, and update the "
            "configuration on the machine of the peer."
        ),
    )
    PEER_UNUSABLE = (
        "K-PEER-UNUSABLE",
        _WARNING,
        "An allowed IP or the endpoint of the Peer is an address that no host in the mesh can have.",
        (
            "Nodes and other peers do not send packets through a tunnel to a loopback, link-local, multicast, "
            "or broadcast address. They cannot connect to an endpoint with a multicast, broadcast, or "
            "unspecified address."
        ),
        (
            "Give the peer another address with `kgctl peer set NAME --ip ADDRESS`, or another endpoint with "
            "`kgctl peer set NAME --endpoint HOST:PORT`, and update the configuration on the machine of the "
            "peer."
        ),
        "",
        (
            "Give the peer another address or endpoint with the option --ip or --endpoint of kgctl peer set, "
            "and update the configuration on the machine of the peer."
        ),
    )
    PEER_PSK = (
        "K-PEER-PSK",
        _ERROR,
        "The preshared key of the Peer is invalid.",
        (
            "Kilo ignores an invalid preshared key. If the machine of the peer uses a preshared key, no "
            "handshake succeeds."
        ),
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
        "Kilo uses the DNS name, although the documentation of Kilo says that it uses the IP address.",
        (
            "Keep either the DNS name or the IP address. To keep the DNS name, use `kgctl peer set NAME "
            "--endpoint HOST:PORT`."
        ),
        "",
        "Keep only the DNS name, which Kilo uses, or only the IP address.",
    )
    PEER_DNS_NUMBER = (
        "K-PEER-DNS-NUMBER",
        _ERROR,
        "The DNS name in the endpoint of the Peer ends in a number, or has a label of more than 63 characters.",
        "No host can have such a name. The Go kgctl writes the port into this field.",
        (
            "Set the endpoint to the name or the address of the host, and its port, with `kgctl peer set NAME "
            "--endpoint HOST:PORT`."
        ),
        "",
        "Set the endpoint to the name or the address of the host with the option --endpoint of kgctl peer set.",
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
        "Write one address with /32, or /128 for IPv6; write a network without host bits set.",
    )
    KEEPALIVE_OWN = (
        "K-KEEPALIVE-OWN",
        _NOTE,
        "The Peer has a keepalive, but nodes send no keepalives to the peer.",
        (
            "The keepalive of a Peer applies only to packets from the peer. Nodes send keepalives only if "
            f"they have the annotation `{names.PERSISTENT_KEEPALIVE}`."
        ),
        (
            "If no leader is behind NAT, you do not need to change anything. If a leader is behind NAT, set "
            f"the annotation `{names.PERSISTENT_KEEPALIVE}` of that node."
        ),
        "",
        (
            "Do nothing, unless a leader is behind NAT; for such a node, set the annotation "
            f"{names.PERSISTENT_KEEPALIVE}."
        ),
    )
    PEER_UNSEEN = (
        "K-PEER-UNSEEN",
        _NOTE,
        "No node has seen the Peer.",
        (
            "After the first handshake with a peer, nodes report the endpoint of the peer. A new peer may not "
            "have connected yet."
        ),
        "To check whether a handshake succeeds, run `kgctl check --local` on the machine of the peer.",
        "",
        "To check whether a handshake succeeds, use the option --local of kgctl check on the machine of the peer.",
    )
    NAME_TWICE = (
        "K-NAME-TWICE",
        _NOTE,
        "The Peer has the same name as a node.",
        "In DOT output, the node and the Peer become one object.",
        "Use another output format, such as `kgctl graph -o svg`, or rename the Peer.",
        "",
        "Use -o svg, png, or pdf, or rename the Peer.",
    )

    # Files: Peers that are not in a cluster yet, and bundles.
    FILE = (
        "K-FILE",
        _ERROR,
        "A file is incomplete, or is not valid YAML, JSON, or a WireGuard configuration.",
        "kgctl cannot read a file with a syntax error.",
        "Correct the file at the line in the message.",
    )
    FIELD = (
        "K-FIELD",
        _ERROR,
        "A Peer in a file has an unknown field, or a field that occurs more than once.",
        (
            "`kubectl apply` refuses such a file by default. With `--validate=false`, the API server drops an "
            "unknown field, and keeps only the last occurrence of a field."
        ),
        (
            "Correct the name of an unknown field, or remove the field. If a field occurs more than once, "
            "keep one of its values."
        ),
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
        (
            "Traffic to the overlapping addresses goes to the Peer with the narrower network, which may not "
            "be your intention."
        ),
        "Give one of the Peers other addresses. If you want the overlap, ignore this finding.",
    )

    REDACTED = (
        "K-REDACTED",
        _WARNING,
        "The preshared key of a Peer is missing from a bundle of `kgctl gather`, or is encrypted in a file.",
        "A configuration without the preshared key cannot connect.",
        (
            "Insert the key at the place that the configuration marks, or create the configuration from the "
            "cluster. To create a bundle with preshared keys, use `kgctl gather --include-secrets`."
        ),
        "",
        "Insert the key at the place that the configuration marks, or create the configuration from the cluster.",
    )

    # The tunnel of this machine.
    LOCAL_NONE = (
        "K-LOCAL-NONE",
        _ERROR,
        "This machine does not have the WireGuard interface, or kgctl is not allowed to read the interface.",
        "Without the interface, this machine has no tunnel to the mesh.",
        (
            "Create the interface with `sudo wg-quick up FILE`. If the interface exists, run `sudo kgctl "
            "check --local`, because only root can read it."
        ),
        "",
        "Bring up the configuration with wg-quick, or run kgctl as root to read the interface.",
    )
    LOCAL_DOWN = (
        "K-LOCAL-DOWN",
        _ERROR,
        "The WireGuard interface of this machine is down.",
        "This machine sends no packets through an interface that is down.",
        (
            "Bring the interface up. Then run `kgctl check --local` again, because routes of the interface "
            "can be missing."
        ),
        "sudo ip link set dev NAME up",
        "Check again afterwards, because routes can be missing; to bring the interface up.",
    )
    LOCAL_KEY = (
        "K-LOCAL-KEY",
        _ERROR,
        "No leader, and no Peer that Kilo uses, has the public key of the interface.",
        "The nodes do not know the key of this machine, so they do not answer its packets.",
        (
            "If the machine has a Peer with another key, for example after `kgctl peer rotate`, write the "
            "current configuration with `kgctl showconf peer NAME -o wg-quick --private-key KEY -O FILE`, "
            "where `KEY` is the file of the new private key. Then bring the interface down with `sudo "
            "wg-quick down INTERFACE`, and bring up the new configuration with `sudo wg-quick up FILE`. If "
            "the machine has no Peer, create one with `kgctl peer add NAME`. If Kilo skips the Peer, fix the "
            "findings of the Peer first."
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
        "The peers of the interface do not match the current mesh.",
        "This machine cannot reach the parts of the mesh that changed after the interface was configured.",
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
        "A leader does not complete a handshake, although this machine sends packets to the leader.",
        (
            "This machine does not reach the location of the leader. The UDP port is closed, the endpoint is "
            "wrong, or the leader does not know the key of this machine; WireGuard does not report which."
        ),
        (
            "Check that UDP to the endpoint is open, that the node is running, and that the cluster has a "
            "Peer with the key of this machine."
        ),
    )
    LOCAL_QUIET = (
        "K-LOCAL-QUIET",
        _NOTE,
        "This machine has not sent any packets to a leader yet.",
        (
            "WireGuard opens a tunnel only for traffic, so kgctl does not know whether the tunnel to this "
            "leader works."
        ),
        "Send packets to an address behind the leader, such as the address of a pod.",
    )
    LOCAL_SERVICES = (
        "K-LOCAL-SERVICES",
        _WARNING,
        "No peer of the interface has an allowed IP that covers the Service CIDR.",
        "This machine cannot reach Services at their cluster IPs.",
        (
            "Write the configuration with `kgctl showconf peer NAME -o wg-quick --services auto --private-key "
            "KEY -O FILE`, where `KEY` is the file of the private key. Then apply it with `sudo kgctl sync "
            "INTERFACE --conf FILE`."
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
