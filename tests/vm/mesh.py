"""A cluster with an API server outside of the machine, and two nodes in it with WireGuard of the kernel."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

from kgctl_py.kilo import resources
from tests.api.server import ApiServerProcess
from tests.tunnel.cluster import KeyPair, Manifest, OnApiServer, kgctl, peer
from tests.tunnel.plan import INTERFACE, PORT, Plan
from tests.vm import lan
from tests.vm.machine import Machine

WEB = "web.default.svc.cluster.local"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node: the host that it is, its key, and what its agent writes about it."""

    name: str
    number: int
    host: lan.Namespace
    key: KeyPair
    pod: str


class Mesh:
    """A cluster with the nodes a and b, each in a location of its own; `sync` does what the agents do."""

    def __init__(
        self,
        machine: Machine,
        server: ApiServerProcess,
        plan: Plan,
        folder: Path,
        *,
        port: int,
        suffix: str = "",
        first: int = 1,
    ) -> None:
        self.machine, self.server, self.plan, self.folder = machine, server, plan, folder
        self.cluster = OnApiServer(server, dns=plan.dns, services=plan.services)
        lan.serve(machine, port, int(server.url.rpartition(":")[2]))
        self.kubeconfig = f"/root/kubeconfig-{port}"
        self._write_kubeconfig(port)
        self.a = self._node(f"a{suffix}", first)
        self.b = self._node(f"b{suffix}", first + 1)
        self._serve_names()
        self.put_nodes()
        self.sync()

    def put_node(self, node: Node, **annotations: str) -> None:
        """Write a Node as its agent does, with more or other annotations."""
        self.cluster.put([self.node_manifest(node.name, node.number, node.key.public, **annotations)])

    def put_nodes(self) -> None:
        """Write both Nodes as they are at first."""
        for node in (self.a, self.b):
            self.put_node(node)

    def node_manifest(self, name: str, number: int, key: str, **annotations: str) -> Manifest:
        """Return a Node, ready for the length of all tests."""
        plan = self.plan
        kilo = {
            "granularity": "location",
            "location": name[0],
            "endpoint": plan.endpoint(plan.internet.format(number)),
            "internal-ip": plan.lan["a"].format(number) + f"/{plan.lan_bits}",
            "key": key,
            "last-seen": str(int(time.time()) + 3600),
            "wireguard-ip": plan.kilo.format(number),
            **{word.replace("_", "-"): text for word, text in annotations.items()},
        }
        metadata = {"name": name, "annotations": {f"kilo.squat.ai/{word}": text for word, text in kilo.items()}}
        spec = {"podCIDR": plan.pod_cidr.format(number)}
        return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec}

    def put_peer(self, name: str, address: str) -> None:
        """Add a Peer that listens."""
        key = KeyPair.make(self.folder / f"{name}-{time.monotonic_ns()}").public
        endpoint = {"dnsOrIP": {"ip": self.plan.internet.format(77)}, "port": PORT}
        self.cluster.put([peer(name, key, address, endpoint=endpoint)])

    def remove_node(self, name: str) -> None:
        self.server.request("DELETE", f"{resources.NODES_PATH}/{name}")

    def remove_peer(self, name: str) -> None:
        self.server.request("DELETE", f"{resources.PEERS_PATH}/{name}")

    @property
    def peers(self) -> dict[str, Any]:
        """The Peers by their names."""
        listed = self.server.request("GET", resources.PEERS_PATH)["items"]
        return {one["metadata"]["name"]: one for one in listed}

    def kgctl(self, *arguments: str | Path) -> str:
        """Run kgctl outside of the machine."""
        return kgctl(self.cluster, *arguments)

    def reaches(self, address: str) -> bool:
        """Return whether the machine gets an answer from an address in time."""
        return self.machine.comes_true(f"ping -n -q -c 1 -W 2 {address}", within=60)

    def clean_up(self) -> None:
        """Take back what a test has left: Peers, interfaces of the machine, and configurations."""
        self.server.request("DELETE", resources.PEERS_PATH)
        self.put_nodes()
        self.machine.run("for name in $(wg show interfaces); do ip link del $name; done")

    def sync(self) -> None:
        """Set each node's interface up as the cluster is now."""
        for node in (self.a, self.b):
            self._set_up(node)

    def rewrite(self, node: Node) -> None:
        """Set all peers of a node anew, as its agent does, which ends their sessions (kilo pkg/mesh/mesh.go)."""
        node.host.run(f"wg setconf {INTERFACE} <(wg-quick strip {self._written(node)})")

    def _written(self, node: Node) -> str:
        path = f"/root/{node.name}/{INTERFACE}.conf"
        whole = ("-o", "wg-quick", "--private-key", node.key.file)
        self.machine.write(path, self.kgctl("showconf", "node", node.name, *whole), mode="0600")
        return path

    def _set_up(self, node: Node) -> None:
        path = self._written(node)
        node.host.run(f"""
            if ip link show {INTERFACE} >/dev/null 2>&1; then
                wg syncconf {INTERFACE} <(wg-quick strip {path})
                for cidr in $(wg show {INTERFACE} allowed-ips | cut -f 2); do
                    [[ $cidr == "(none)" ]] || ip route replace "$cidr" dev {INTERFACE}
                done
            else
                wg-quick up {path}
            fi
        """)

    def _node(self, name: str, number: int) -> Node:
        plan = self.plan
        pod = plan.pod.format(number)
        host = lan.add_host(self.machine, name, number)
        host.run(f"ip address add {plan.host(pod)} dev lo")
        return Node(name=name, number=number, host=host, key=KeyPair.make(self.folder / f"{name}.key"), pod=pod)

    def _serve_names(self) -> None:
        """Answer for the name server of the cluster, and for the service that it knows, on node a."""
        plan, host = self.plan, self.a.host
        host.run(f"ip address add {plan.host(plan.dns)} dev lo; ip address add {plan.host(plan.web)} dev lo")
        unit = f"cluster-dns-{self.a.name}"
        dns = f"python3 /mnt/servers.py dns {plan.dns} {WEB}={plan.web}"
        self.machine.run(f"systemd-run --quiet --unit={unit} ip netns exec {host.name} {dns}")

    def _write_kubeconfig(self, port: int) -> None:
        """Write the admin's kubeconfig, for the address at which the machine's network has the API server."""
        config = json.loads(self.server.kubeconfig().read_text())
        cluster = config["clusters"][0]["cluster"]
        ca = self.server.ca.read_text()
        url = (
            f"https://[2001:db8::{lan.LAPTOP}]:{port}" if self.plan.bits == 128 else f"https://203.0.113.7:{port}"
        )
        del cluster["certificate-authority"]
        self.machine.write(f"{self.kubeconfig}.crt", ca)
        cluster |= {
            "server": url,
            "tls-server-name": "localhost",
            "certificate-authority": f"{self.kubeconfig}.crt",
        }
        self.machine.write(self.kubeconfig, json.dumps(config), mode="0600")
