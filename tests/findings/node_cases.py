"""Cases of what is odd about nodes by themselves and beside each other."""

from typing import Any

from kgctl_py import names
from kgctl_py.findings import Code
from tests.findings.cases import ZEROS, A, B, Case, File, P, Served, also, at, mesh, peers, third
from tests.in_memory import NOW, Raw, key, node, peer
from tests.kube.objects import manifest

NOBODY = "nobody.invalid"
"""A name that surely does not resolve (RFC 6761, section 6.4)."""


def bare(**annotations: Any) -> Raw:
    """Return a node to which Kilo has written nothing but this."""
    nothing: dict[str, Any] = dict.fromkeys(("endpoint", "key", "last_seen", "wireguard_ip"))
    return node("c", 3, "c", **nothing | annotations)


def with_spec(raw: Raw, **spec: Any) -> Raw:
    """Return an object with other fields of its spec."""
    return {**raw, "spec": spec}


def labelled(raw: Raw, labels: dict[str, str]) -> Raw:
    """Return an object with more labels."""
    metadata = raw["metadata"]
    return {**raw, "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **labels}}}


def annotated(raw: Raw, annotations: dict[str, str]) -> Raw:
    """Return an object with more annotations."""
    metadata = raw["metadata"]
    return {**raw, "metadata": {**metadata, "annotations": {**metadata["annotations"], **annotations}}}


def pod(waiting: str = "", phase: str = "Running") -> Raw:
    """Return the pod of Kilo on node "b"."""
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    restarts = 7 if waiting == "CrashLoopBackOff" else 0
    return {
        **manifest("Pod", "kube-system/kilo-x2v8", labels={"app.kubernetes.io/name": "kilo"}),
        "spec": {"nodeName": "b", "containers": [{"name": "kilo"}]},
        "status": {
            "phase": phase,
            "containerStatuses": [
                {"name": "kilo", "ready": not waiting, "restartCount": restarts, "state": state}
            ],
        },
    }


CASES: dict[Code, Case] = {
    Code.NO_NODES: Case(
        (File((P,)), File((node("a", key=None), P))), (also(node("c", 3, key=None)), File((A, P)))
    ),
    Code.NODE_NOKILO: Case((also(bare()),), (also(bare(key=key("c"))), third(endpoint=None))),
    Code.NODE_NOENDPOINT: Case(
        (third(endpoint=None), third(endpoint="c")),
        (also(bare()), third(endpoint=None, force_endpoint="203.0.113.3:51820")),
    ),
    Code.NODE_NOKEY: Case((third(key=None), third(key=ZEROS)), (also(bare()), third(key=key("c") + "\n"))),
    Code.NODE_NOCIDR: Case(
        (also(with_spec(node("c", 3, "c"))), also(with_spec(node("c", 3, "c"), podCIDR="x"))),
        (also(node("c", 3, "c", pod_cidr="10.42.3.7/24")),),
    ),
    Code.NODE_UNSEEN: Case((third(last_seen=None), third(last_seen="0")), (third(last_seen="1"), also(bare()))),
    Code.NODE_STALE: Case(
        (third(last_seen=str(NOW - 60)), third(last_seen="1")), (third(last_seen=str(NOW - 59)),)
    ),
    Code.KG_POD: Case(
        (also(pod("CrashLoopBackOff")), also(pod("ImagePullBackOff", "Pending"))),
        (also(pod()), also(pod("ContainerCreating", "Pending"))),
    ),
    Code.VALUE: Case(
        (
            mesh(persistent_keepalive="25s"),
            mesh(allowed_location_ips="10.9.0.0/24, 10.8.0.0/24"),
            mesh(allowed_location_ips="10.9.0.1"),
            mesh(discovered_endpoints="{"),
            mesh(force_internal_ip="10.1.0.9"),
        ),
        (
            mesh(persistent_keepalive="25", allowed_location_ips="10.9.0.0/24,10.8.0.0/24"),
            mesh(force_internal_ip="-"),
        ),
    ),
    Code.NODE_DNS_NUMBER: Case(
        (
            mesh(endpoint="256.1.1.1:51820"),
            mesh(force_endpoint="203.0.113.1.7:51820"),
            mesh(endpoint="vpn.example.0x7f:51820"),
            mesh(endpoint=f"{64 * 'a'}.example:51820"),
        ),
        (
            mesh(endpoint="255.1.1.1:51820"),
            mesh(endpoint="1.example:51820"),
            mesh(endpoint=f"{63 * 'a'}.example:51820"),
            mesh(endpoint="a.b1:51820"),
        ),
    ),
    Code.NODE_ANNOTATION: Case(
        (
            mesh(force_external_ip="203.0.113.7"),
            mesh(persistentkeepalive="25"),
            mesh(whatever="x"),
            File((A, labelled(node("b", 2, "b"), {f"{names.PREFIX}leader": ""}), P)),
            File((A, annotated(node("b", 2, "b"), {"kilo.squat.io/leader": ""}), P)),
        ),
        (
            mesh(cni_compatibility_ip="10.0.0.1/32", clustermesh_endpoint="x"),
            File((A, labelled(node("b", 2, "b"), {f"{names.PREFIX}anything": ""}), P)),
            File((A, annotated(node("b", 2, "b"), {"acme.com/leader": "", "kilograms.example/key": ""}), P)),
            File((A, labelled(node("b", 2, "b"), {names.LOCATION: "b"}), P), ("--topology-label", names.LOCATION)),
        ),
    ),
    Code.NODE_CLOCK_AHEAD: Case(
        (third(last_seen=str(NOW + 61)), third(last_seen=str(NOW + 3 * 86400))),
        (third(last_seen=str(NOW + 59)), third(last_seen=str(NOW - 1))),
    ),
    Code.LEADER_FALSE: Case((mesh(leader="false"), mesh(leader="No")), (mesh(leader="true"), mesh(leader=""))),
    Code.FORCE_ENDPOINT: Case(
        (mesh(force_endpoint="vpn.example.com"), mesh(force_endpoint="VPN.example.com:51820")),
        (mesh(force_endpoint="vpn.example.com:51820"), mesh(force_endpoint=""), mesh(endpoint="b")),
    ),
    Code.KEEPALIVE: Case(
        (mesh(persistent_keepalive="65536"), mesh(persistent_keepalive="-1"), peers(persistentKeepalive=65536)),
        (mesh(persistent_keepalive="65535"), peers(persistentKeepalive=65535)),
    ),
    Code.POD_CIDR_UNREAD: Case(
        (also(with_spec(node("c", 3, "c"), podCIDR="10.42.3.0/24", podCIDRs=["10.42.3.0/24", "fd00:3::/64"])),),
        (also(with_spec(node("c", 3, "c"), podCIDR="10.42.3.0/24", podCIDRs=["10.42.3.0/24"])),),
    ),
    Code.NODE_OVERLAP: Case(
        (mesh(internal_ip="10.1.0.1/16"), also(node("c", 3, "c", pod_cidr="10.42.0.0/16"))),
        (mesh(internal_ip="10.1.0.99/24"), third(internal_ip="10.1.0.1/24", key=None)),
    ),
    Code.KEY_TWICE: Case(
        (mesh(key=key("a")), peers(publicKey=key("p")), peers(publicKey=key("a"))),
        (third(key=key("a"), last_seen="1"), peers(publicKey=key("p"), allowedIPs=[])),
    ),
    Code.DNS_FAIL: Case(
        (
            Served((A, node("b", 2, "b", endpoint=f"{NOBODY}:51820"))),
            Served((A, B, peer("q", 2, **at(dns=NOBODY)))),
        ),
        (Served((A, node("b", 2, "b", endpoint="localhost:51820"))), mesh(endpoint=f"{NOBODY}:51820")),
    ),
}
