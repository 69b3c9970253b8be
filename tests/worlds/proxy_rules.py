"""The rules by which kube-proxy on each node sends packets for Services to their endpoints (its mode iptables).

It drops packets for a Service without an endpoint that it can choose. It replaces the source of a packet that is
not from a pod, if it knows the network of pods (`--cluster-cidr`).
"""

from collections.abc import Iterator

from tests.worlds.addressed import AddressedCluster
from tests.worlds.kilo_rules import FAMILIES
from tests.worlds.probe import SERVICE_PORT

_MARK = "0x4000"


def commands(cluster: AddressedCluster, node: str, device: str) -> Iterator[str]:
    """Give the shell commands that set the rules of a node.

    A route for the Service CIDR stands for the default route, by which a process finds that it can send at all.
    """
    ip = FAMILIES[6 if cluster.plan.ipv6 else 4]
    yield f"ip {'-6' if cluster.plan.ipv6 else '-4'} route replace {cluster.service_cidr} dev {device} metric 9999"
    rules = "".join(f"{rule}; " for rule in _rules(cluster, node, ip))
    pre = f"chain pre {{ type nat hook prerouting priority dstnat; {rules}}}"
    out = f"chain out {{ type nat hook output priority -100; {rules}}}"
    post = f"chain post {{ type nat hook postrouting priority srcnat; meta mark {_MARK} masquerade; }}"
    yield f"nft delete table {ip} proxy 2>/dev/null || true"
    yield f"nft 'table {ip} proxy {{ {pre}; {out}; {post}; }}'"


def _rules(cluster: AddressedCluster, node: str, ip: str) -> Iterator[str]:
    pods = ", ".join(site.pod_cidr for site in cluster.nodes)
    for service in cluster.services():
        match = f"{ip} daddr {service.address} tcp dport {SERVICE_PORT}"
        backends = [one for one in service.backends or () if one.node == node or not service.is_local]
        if cluster.plan.replaces_sources:
            yield f"{match} {ip} saddr != {{ {pods} }} meta mark set {_MARK}"
        if backends:
            chosen = ", ".join(f"{number} : {one.address}" for number, one in enumerate(backends))
            yield f"{match} dnat to numgen random mod {len(backends)} map {{ {chosen} }}"
        else:
            yield f"{match} drop"
