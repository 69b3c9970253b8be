"""A cluster with Kilo in the lab, and what its agents do besides WireGuard.

a1 and a2 stand in one network and on the internet, a1 leads; b1 is alone behind NAT: its endpoint is its
private address, and only its keepalive makes it reachable. Pods and services are addresses on `lo`, and every
node answers for the services with its own name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.tunnel.cluster import Cluster, KeyPair, Manifest, Node, kgctl
from tests.tunnel.host import Host
from tests.tunnel.lab import Lab
from tests.tunnel.plan import DOMAIN, INTERFACE, KEEPALIVE, Plan

WEB_NAME = f"web.default.svc.{DOMAIN}"
_ROUTER, _WORLD = 254, 253
_FOLLOWING = "17"
"""The protocol of a follower's routes to its leader, by which they are found again."""


class Kilo:
    """The nodes; `sync` does what every agent does each half minute."""

    def __init__(self, lab: Lab, cluster: Cluster, plan: Plan) -> None:
        self.lab = lab
        self.cluster = cluster
        self.plan = plan
        lab.network("internet")
        lab.network("a")
        lab.network("b")
        self._world()
        self._router()
        self.nodes = {
            node.name: node
            for node in (
                self._node("a1", 1, "a", leader=True),
                self._node("a2", 2, "a"),
                self._node("b1", 3, "b", keepalive=KEEPALIVE),
            )
        }

    def computer(self, name: str, number: int) -> Host:
        """Add a host that has nothing to do with Kilo to the internet."""
        host = self.lab.host(name)
        self.lab.join(host, "internet", f"{self.plan.internet.format(number)}/{self.plan.lan_bits}")
        if number != _WORLD:
            host.route("default", via=self.plan.internet.format(_WORLD))
        return host

    def _world(self) -> None:
        """Put the rest of the world behind one host: a site that tells who called."""
        world = self.computer("world", _WORLD)
        world.address(self.plan.host(self.plan.site))
        world.serve_tcp(self.plan.site, 80)

    def _router(self) -> None:
        router = self.computer("router", _ROUTER)
        self.lab.join(router, "b", f"{self.plan.lan['b'].format(_ROUTER)}/{self.plan.lan_bits}")
        router.forward()
        router.masquerade("internet0")
        router.refuse_from("internet0")

    def _node(self, name: str, number: int, location: str, **more: Any) -> Node:
        plan = self.plan
        internal_ip, internet_ip = plan.lan[location].format(number), plan.internet.format(number)
        host = self.lab.host(name) if location == "b" else self.computer(name, number)
        self.lab.join(host, location, f"{internal_ip}/{plan.lan_bits}")
        if location == "b":
            host.route("default", via=plan.lan["b"].format(_ROUTER))
        pod = plan.pod.format(number)
        host.address(*map(plan.host, (pod, plan.dns, plan.web)))
        host.forward()
        # As Kilo's rules do: what a peer sends beyond the mesh leaves with the node's address.
        family = "ip6" if plan.bits == 128 else "ip"
        host.masquerade(f"{'b' if location == 'b' else 'internet'}0", f"{family} saddr {plan.peers}")
        host.serve_tcp(plan.web, 80)
        host.serve_dns(plan.dns, **{WEB_NAME: plan.web})
        return Node(
            name=name,
            location=location,
            host=host,
            key=KeyPair.make(self.lab.folder / f"{name}.key"),
            endpoint=plan.endpoint(internal_ip if location == "b" else internet_ip),
            internal_ip=f"{internal_ip}/{plan.lan_bits}",
            pod=pod,
            pod_cidr=plan.pod_cidr.format(number),
            **more,
        )

    def sync(self) -> None:
        """Let every agent tell what it sees, read what all say, and set its host up by it."""
        locations = list(self._locations())
        for number, (leader, *_) in enumerate(locations, 1):
            leader.wireguard_ip = self.plan.kilo.format(number)
            leader.discovered = _discovered(leader.host)
        self.cluster.put(node.manifest() for node in self.nodes.values())
        for leader, *followers in locations:
            self._lead(leader)
            for follower in followers:
                self._follow(follower, leader)

    def _locations(self) -> Iterator[list[Node]]:
        """Return the living nodes of each location, the leader first."""
        for location in self.plan.lan:
            yield [node for node in self.nodes.values() if node.alive and node.location == location]

    def settle(self) -> None:
        """Let the agents work until location a has heard from b1 behind its router, and has told all where."""
        self.sync()
        leader = next(node for node in self.nodes.values() if node.alive)
        assert leader.host.reaches(self.nodes["b1"].pod)
        self.sync()

    def conf(self, kind: str, name: str, key: KeyPair, *options: str) -> Path:
        """Write the configuration of a node or a peer as the cluster is now."""
        file = self.lab.folder / name / f"{INTERFACE}.conf"
        file.parent.mkdir(exist_ok=True)
        whole = ("-o", "wg-quick", "--private-key", key.file, "-O", file, "--force")
        kgctl(self.cluster, "showconf", kind, name, *whole, *options)
        return file

    def _lead(self, node: Node) -> None:
        file = self.conf("node", node.name, node.key)
        if INTERFACE not in node.host.wg("show", "interfaces").split():
            node.host.forget_routes(_FOLLOWING)
            node.host.wg_quick_up(file)
            return
        node.host.wg_syncconf(file)
        for cidr in _allowed_ips(node.host):
            node.host.run("ip", "route", "replace", cidr, "dev", INTERFACE)

    def _follow(self, node: Node, leader: Node) -> None:
        node.host.forget_routes(_FOLLOWING)
        node.host.route(*_allowed_ips(leader.host), via=_ip(leader.internal_ip), protocol=_FOLLOWING)
        leader.host.route(node.pod_cidr, via=_ip(node.internal_ip))

    def lose(self, name: str) -> None:
        """Switch a node off."""
        self.nodes[name].alive = False
        self.nodes[name].host.stop()


def _ip(cidr: str) -> str:
    return cidr.partition("/")[0]


def _allowed_ips(host: Host) -> list[str]:
    lines = host.wg("show", INTERFACE, "allowed-ips").splitlines()
    return [cidr for line in lines for cidr in line.split()[1:] if cidr != "(none)"]


def _discovered(host: Host) -> Manifest:
    """Return where WireGuard heard of each key, as the agent annotates its node."""
    if INTERFACE not in host.wg("show", "interfaces").split():
        return {}
    seen = dict(line.split() for line in host.wg("show", INTERFACE, "latest-handshakes").splitlines())
    found = (line.split() for line in host.wg("show", INTERFACE, "endpoints").splitlines())
    endpoints = {key: endpoint.rpartition(":") for key, endpoint in found if seen[key] != "0"}
    return {k: {"IP": ip.strip("[]"), "Port": int(port), "Zone": ""} for k, (ip, _, port) in endpoints.items()}
