"""For each kind of finding a cluster that has it and one that nearly has it, as kgctl is shown them."""

import copy
import dataclasses
import email.utils
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgctl_py.findings import Code
from kgctl_py.k8s import names
from tests.cluster import NOW, Raw, key, node, peer
from tests.commands.kgctl import kgctl
from tests.k8s.fake_server import FakeServer, Reply, kubeconfig, status
from tests.k8s.objects import kilo, manifest

ZEROS = "A" * 43 + "="
NOBODY = "nobody.invalid"
"""A name that surely does not resolve (RFC 6761, section 6.4)."""


@dataclasses.dataclass(frozen=True)
class File:
    """A cluster in a file, and what else is typed."""

    objects: tuple[Raw, ...]
    options: tuple[str, ...] = ()

    def check(self, _: Path) -> dict[str, Any]:
        stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": self.objects}).encode()
        return _told(kgctl("--from-file", "-", "check", "-o", "json", *self.options, stdin=stdin))


@dataclasses.dataclass(frozen=True)
class Served:
    """A cluster that an API server gives, some answers of which are others; one that is not alive is not there."""

    objects: tuple[Raw, ...]
    replies: Mapping[str, Reply] = dataclasses.field(default_factory=dict)
    alive: bool = True
    behind: int | None = None
    """Seconds that the server's clock is behind this machine's."""

    def check(self, folder: Path) -> dict[str, Any]:
        with FakeServer({**self._lists(), **{path: [reply] for path, reply in self.replies.items()}}) as server:
            url = server.url if self.alive else "http://127.0.0.1:1"
            config = kubeconfig(folder / "config", url)
            return _told(kgctl("--kubeconfig", config, "check", "-o", "json"))

    def _lists(self) -> dict[str, list[Reply]]:
        """Give the lists, the nodes of which were seen just now."""
        fresh = copy.deepcopy(self.objects)
        for one in fresh:
            if one["kind"] == "Node":
                one["metadata"]["annotations"][names.LAST_SEEN] = str(int(time.time()))
        paths = {"Node": names.NODES_PATH, "Peer": names.PEERS_PATH}
        items = {path: [one for one in fresh if one["kind"] == kind] for kind, path in paths.items()}
        headers = (
            {} if self.behind is None else {"Date": email.utils.formatdate(time.time() - self.behind, usegmt=True)}
        )
        return {
            path: [Reply(body=json.dumps({"items": listed}).encode(), headers=headers)]
            for path, listed in items.items()
        }


@dataclasses.dataclass(frozen=True)
class Case:
    """What has a finding, and what has not."""

    triggers: tuple[File | Served, ...]
    near_misses: tuple[File | Served, ...]


def _told(run: Any) -> dict[str, Any]:
    assert "fault of kgctl" not in run.stderr, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    assert run.exit_code == (0 if told["passed"] else 1)
    return told


def codes(told: Mapping[str, Any]) -> set[str]:
    """Give the codes in what `check -o json` told."""
    return {
        finding["code"]
        for section in told["sections"]
        for check in section["checks"]
        for finding in check["findings"]
    }


SEEN = json.dumps({key("p"): {"IP": "198.51.100.9", "Port": 40000, "Zone": ""}})
A, B = node("a", 1, "a", discovered_endpoints=SEEN, persistent_keepalive="25"), node("b", 2, "b")
P = peer("p", 1, persistentKeepalive=25)
HEALTHY = (A, B, P)


def mesh(*, peers: tuple[Raw, ...] = (P,), **annotations: Any) -> File:
    """Give the healthy mesh with other annotations of node "b"."""
    return File((A, node("b", 2, "b", **annotations), *peers))


def peers(*more: Raw, **spec: Any) -> File:
    """Give the healthy mesh with a peer "q" that says this of itself."""
    return File((*HEALTHY, peer("q", 2, **({"persistentKeepalive": 25} | spec)), *more))


def also(*more: Raw, options: tuple[str, ...] = ()) -> File:
    """Give the healthy mesh and more."""
    return File((*HEALTHY, *more), options)


def third(location: str = "c", **annotations: Any) -> File:
    """Give the healthy mesh and a node "c"; what is not said of it fits."""
    return also(node("c", 3, location, **annotations))


def bare(**annotations: Any) -> Raw:
    """Give a node to which Kilo has written nothing but this."""
    nothing: dict[str, Any] = dict.fromkeys(("endpoint", "key", "last_seen", "wireguard_ip"))
    return node("c", 3, "c", **nothing | annotations)


def with_spec(raw: Raw, **spec: Any) -> Raw:
    """Give an object with other fields of its spec."""
    return {**raw, "spec": spec}


def locations(count: int, subnet: str) -> File:
    """Give a mesh of so many locations, with WireGuard IPs in a subnet of so many bits."""
    nodes = (node(f"n{n}", n, f"l{n}", wireguard_ip=f"10.4.0.{n}/{subnet}") for n in range(1, count + 1))
    return File(tuple(nodes))


def pod(waiting: str = "", phase: str = "Running") -> Raw:
    """Give the pod of Kilo on node "b"."""
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    return {
        **manifest("Pod", "kube-system/kilo-x2v8", labels={"app.kubernetes.io/name": "kilo"}),
        "spec": {"nodeName": "b", "containers": [{"name": "kilo"}]},
        "status": {
            "phase": phase,
            "containerStatuses": [{"name": "kilo", "ready": not waiting, "restartCount": 7, "state": state}],
        },
    }


def at(port: int = 51820, **where: str) -> dict[str, Any]:
    """Give an endpoint of a Peer."""
    return {"endpoint": {"dnsOrIP": where, "port": port}}


def discovery(*, namespaced: bool) -> Served:
    body = json.dumps({"resources": [{"name": "peers", "namespaced": namespaced}]}).encode()
    return Served(HEALTHY, {names.GROUP_PATH: Reply(body=body)})


FORBIDDEN = status(403, "nodes is forbidden: User cannot list it")

CASES: Mapping[Code, Case] = {
    Code.API: Case(
        (Served(HEALTHY, alive=False), Served(HEALTHY, {names.NODES_PATH: status(500, "no")})), (Served(HEALTHY),)
    ),
    Code.RBAC: Case(
        (Served(HEALTHY, {names.NODES_PATH: FORBIDDEN}), Served(HEALTHY, {names.PEERS_PATH: FORBIDDEN})),
        (Served(HEALTHY, {"/api/v1/services": FORBIDDEN}),),
    ),
    Code.CRD: Case(
        (Served(HEALTHY, {names.PEERS_PATH: status(404, "page not found")}),),
        (Served(HEALTHY, {names.GROUP_PATH: status(404, "page not found")}),),
    ),
    Code.CRD_SCOPE: Case((discovery(namespaced=True),), (discovery(namespaced=False),)),
    Code.CLOCK: Case((Served(HEALTHY, behind=20), Served(HEALTHY, behind=-20)), (Served(HEALTHY, behind=3),)),
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
    Code.ENDPOINT_PRIVATE: Case(
        (mesh(endpoint="192.168.1.10:51820"), mesh(endpoint="127.0.0.1:51820", persistent_keepalive="25")),
        (
            mesh(endpoint="192.168.1.10:51820", persistent_keepalive="25"),
            File(tuple(node(f"n{n}", n, f"l{n}", endpoint=f"192.168.1.{n}:51820") for n in (1, 2))),
        ),
    ),
    Code.GRANULARITY: Case((mesh(granularity="full"),), (mesh(granularity=None), mesh(granularity="fully"))),
    Code.GRANULARITY_NONE: Case(
        (File((node("a", granularity=None), P)),),
        (mesh(granularity=None), File((node("a", granularity=None),), ("--mesh-granularity", "full"))),
    ),
    Code.KG_GRANULARITY: Case((also(kilo("--mesh-granularity=full")),), (also(kilo()), also())),
    Code.SUBNET: Case((mesh(wireguard_ip="10.8.0.2/16"),), (mesh(wireguard_ip=None), mesh())),
    Code.SUBNET_NONE: Case((File((node("a", wireguard_ip=None),)),), (mesh(wireguard_ip=None),)),
    Code.KG_SUBNET: Case(
        (also(kilo("--subnet=10.8.0.0/16")),), (also(kilo("--subnet", "10.4.0.0/16")), also(kilo()))
    ),
    Code.SUBNET_FULL: Case((locations(6, "29"), locations(7, "29")), (locations(5, "29"), locations(8, "29"))),
    Code.SUBNET_EXHAUSTED: Case((locations(4, "30"),), (locations(3, "30"),)),
    Code.TOPOLOGY_LABEL: Case(
        (also(kilo("--topology-label=rack")), also(kilo(), options=("--topology-label", "rack"))),
        (also(kilo("--topology-label=rack"), options=("--topology-label", "rack")), also(kilo())),
    ),
    Code.LEADER_DRIFT: Case(
        (third(location="b"), mesh(wireguard_ip=None)),
        (third(location="b", wireguard_ip=None), File((node("a", wireguard_ip=None), P))),
    ),
    Code.WIREGUARD_IP_DRIFT: Case((mesh(wireguard_ip="10.4.0.9/16"),), (mesh(), mesh(wireguard_ip="10.8.0.9/16"))),
    Code.LEADER_PUBLIC: Case(
        (
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1, endpoint="100.64.0.1:1"))),
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1, endpoint="[fd12::1]:1"))),
        ),
        (
            File((node("b", 2, endpoint="10.0.0.1:1", wireguard_ip=None), node("c", 1))),
            mesh(endpoint="100.64.0.1:1"),
        ),
    ),
    Code.NODE_OVERLAP: Case(
        (mesh(internal_ip="10.1.0.1/16"), also(node("c", 3, "c", pod_cidr="10.42.0.0/16"))),
        (mesh(internal_ip="10.1.0.99/24"), third(internal_ip="10.1.0.1/24", key=None)),
    ),
    Code.ENDPOINT_TWICE: Case(
        (mesh(endpoint="203.0.113.1:51820"),),
        (
            mesh(endpoint="203.0.113.1:51821"),
            third(location="a", endpoint="203.0.113.1:51820", wireguard_ip=None),
        ),
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
    Code.LOCIP_CLASH: Case(
        (
            File(
                (
                    node("a", 1, "a", allowed_location_ips="10.9.0.0/24"),
                    node("b", 2, "b", allowed_location_ips="10.9.0.7/32"),
                )
            ),
        ),
        (
            File(
                (
                    node("a", 1, "a", allowed_location_ips="10.9.0.0/24"),
                    node("b", 2, "a", allowed_location_ips="10.9.0.0/24"),
                )
            ),
        ),
    ),
    Code.LOCIP_ROUTED: Case(
        (mesh(allowed_location_ips="10.42.1.0/25"), mesh(allowed_location_ips="10.4.0.2/32")),
        (mesh(allowed_location_ips="10.43.1.0/25"), mesh(allowed_location_ips="10.5.0.0/24")),
    ),
    Code.LOCIP_PEER: Case(
        (mesh(allowed_location_ips="10.5.0.0/24"),), (mesh(allowed_location_ips="10.5.1.0/24"),)
    ),
    Code.LOOP: Case(
        (mesh(endpoint="10.1.0.2:51820"), peers(allowedIPs=["203.0.113.0/24"])),
        (mesh(endpoint="10.1.0.2:51820", peers=()), peers(allowedIPs=["203.0.112.0/24"])),
    ),
    Code.PEER_INVALID: Case(
        (
            peers(allowedIPs=["10.5.0.9"]),
            peers(publicKey="x"),
            peers(persistentKeepalive=-1),
            peers(**at(ip="<nil>")),
            peers(allowedIPs="10.5.0.9/32"),
        ),
        (peers(allowedIPs=["10.5.0.9/32"]), peers(allowedIPs=[]), peers(**at(ip="192.0.2.1"))),
    ),
    Code.PEER_NOIPS: Case((peers(allowedIPs=[]),), (peers(allowedIPs=["10.5.0"]), peers())),
    Code.PEER_NOKEY: Case((peers(publicKey=ZEROS),), (peers(publicKey="AAAA"), peers())),
    Code.PEER_ROAM: Case(
        (peers(persistentKeepalive=0),),
        (peers(persistentKeepalive=1), peers(persistentKeepalive=0, **at(ip="192.0.2.1"))),
    ),
    Code.PEER_DUP: Case(
        (
            peers(allowedIPs=["10.5.0.1/32"]),
            peers(peer("r", allowedIPs=["10.6.0.1/24"]), allowedIPs=["10.6.0.2/24"]),
        ),
        (
            peers(allowedIPs=["10.5.0.2/32", "10.5.0.2/32"]),
            peers(allowedIPs=["10.5.0.0/24"]),
            peers(allowedIPs=["10.5.0.1/32"], publicKey="x"),
        ),
    ),
    Code.PEER_OVERLAP: Case(
        (
            peers(allowedIPs=["10.42.1.9/32"]),
            peers(allowedIPs=["10.4.7.7/32"]),
            peers(allowedIPs=["10.1.0.0/16"]),
            peers(kilo("--service-cidr=10.96.0.0/12"), allowedIPs=["10.96.0.10/32"]),
        ),
        (peers(allowedIPs=["0.0.0.0/0", "::/0"]), peers(allowedIPs=["10.96.0.10/32"]), peers(kilo())),
    ),
    Code.PEER_PSK: Case((peers(presharedKey="x"), peers(presharedKey=ZEROS)), (peers(presharedKey=key("psk")),)),
    Code.PEER_DNS_AND_IP: Case(
        (peers(**at(dns="q.example.com", ip="192.0.2.1")),),
        (peers(**at(dns="q.example.com")), peers(**at(dns="192.0.2.1", ip=""))),
    ),
    Code.PEER_DNS_NUMBER: Case((peers(**at(dns="4500")),), (peers(**at(dns="4500.example.com")),)),
    Code.HOST_BITS: Case(
        (peers(allowedIPs=["10.6.0.1/24"]), peers(allowedIPs=["fd00:6::1/64"])),
        (peers(allowedIPs=["10.6.0.0/24", "fd00:6::1/128"]),),
    ),
    Code.KEEPALIVE_OWN: Case((File((node("a"), P)),), (also(), File((node("a"), peer("p"))))),
    Code.PEER_UNSEEN: Case((peers(),), (also(),)),
    Code.NAME_TWICE: Case((also(peer("a", 7)),), (also(peer("a2", 7)),)),
}
