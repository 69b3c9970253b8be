"""Where the cluster's objects are, kgctl reading them, and the Nodes and Peers that stand there."""

import dataclasses
import json
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api.server import ApiServerProcess
from tests.tunnel.host import Host
from tests.tunnel.plan import DOMAIN, KEEPALIVE

Manifest = dict[str, Any]

_LONG_AGO = 600
_SYSTEM = "/api/v1/namespaces/kube-system"
_COLLECTIONS = {
    "Node": resources.NODES_PATH,
    "Peer": resources.PEERS_PATH,
    "Service": f"{_SYSTEM}/services",
    "ConfigMap": f"{_SYSTEM}/configmaps",
}


class Cluster(Protocol):
    """Keeps objects; with `options` kgctl finds them."""

    options: tuple[str, ...]

    def put(self, manifests: Iterable[Manifest]) -> None:
        """Create the objects, or replace those of the same name."""


class Snapshot:
    """A cluster that is only a file."""

    def __init__(self, file: Path) -> None:
        self.options: tuple[str, ...] = ("--from-file", str(file))
        self._file = file
        self._items: dict[tuple[str, str], Manifest] = {}

    def put(self, manifests: Iterable[Manifest]) -> None:
        self._items |= {(m["kind"], m["metadata"]["name"]): m for m in manifests}
        everything = {"apiVersion": "v1", "kind": "List", "items": list(self._items.values())}
        self._file.write_text(json.dumps(everything))


class OnApiServer:
    """A cluster on an API server, with its DNS and what kubeadm wrote of its networks.

    The server takes Services of IPv4 alone, so a cluster of IPv6 has no Service for its DNS.
    """

    def __init__(self, server: ApiServerProcess, *, dns: str, services: str) -> None:
        self.options: tuple[str, ...] = ("--kubeconfig", str(server.kubeconfig()))
        self._server = server
        server.request("DELETE", resources.PEERS_PATH)
        self.put(one for one in networks(dns, services) if one["kind"] != "Service" or ":" not in dns)

    def put(self, manifests: Iterable[Manifest]) -> None:
        for manifest in manifests:
            collection = _COLLECTIONS[manifest["kind"]]
            path = f"{collection}/{manifest['metadata']['name']}"
            try:
                self._server.request("PUT", path, self._renewed(path, manifest))
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.NOT_FOUND:
                    raise
                self._server.create(collection, manifest)

    def _renewed(self, path: str, manifest: Manifest) -> Manifest:
        version = self._server.request("GET", path)["metadata"]["resourceVersion"]
        return manifest | {"metadata": manifest["metadata"] | {"resourceVersion": version}}


def kgctl(cluster: Cluster, *arguments: str | Path) -> str:
    """Run kgctl against `cluster` and give what it printed; what it fails with stands in the error."""
    command = (sys.executable, "-m", "kgctl_py", *cluster.options, *map(str, arguments))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private key, in a file of its own, and the public one."""

    file: Path
    public: str

    @classmethod
    def make(cls, file: Path) -> "KeyPair":
        """Make a pair with `wg`."""
        private = subprocess.run(("wg", "genkey"), capture_output=True, check=True).stdout
        file.touch(mode=0o600)
        file.write_bytes(private)
        public = subprocess.run(("wg", "pubkey"), input=private, capture_output=True, check=True).stdout
        return cls(file=file, public=public.decode().strip())


@dataclasses.dataclass(slots=True, kw_only=True)
class Node:
    """A node of the cluster: its host, its addresses, and what its agent writes about it."""

    name: str
    location: str
    host: Host
    key: KeyPair
    endpoint: str
    internal_ip: str
    pod: str
    pod_cidr: str
    leader: bool = False
    keepalive: int = 0
    granularity: str = "location"
    wireguard_ip: str = ""
    discovered: Manifest = dataclasses.field(default_factory=dict)
    alive: bool = True

    def manifest(self) -> Manifest:
        """Return the Node, seen just now, or long ago if it is dead."""
        annotations = {
            "discovered-endpoints": json.dumps(self.discovered),
            "endpoint": self.endpoint,
            "granularity": self.granularity,
            "internal-ip": self.internal_ip,
            "key": self.key.public,
            "last-seen": str(int(time.time()) - (0 if self.alive else _LONG_AGO)),
            "leader": "true" if self.leader else "",
            "location": self.location,
            "persistent-keepalive": str(self.keepalive or ""),
            "wireguard-ip": self.wireguard_ip,
        }
        annotations = {f"kilo.squat.ai/{name}": text for name, text in annotations.items() if text}
        metadata = {"name": self.name, "annotations": annotations}
        return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"podCIDR": self.pod_cidr}}


def peer(name: str, public_key: str, *allowed_ips: str, **spec: Any) -> Manifest:
    """Return a Peer with a keepalive."""
    spec |= {"publicKey": public_key, "allowedIPs": list(allowed_ips), "persistentKeepalive": KEEPALIVE}
    return {"apiVersion": names.API_VERSION, "kind": "Peer", "metadata": {"name": name}, "spec": spec}


def networks(dns: str, services: str) -> Iterator[Manifest]:
    """Return the objects that tell a cluster's DNS and its Services' CIDR."""
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}]
    spec = {"clusterIP": dns, "ports": ports}
    yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns"}, "spec": spec}
    told = {"networking": {"dnsDomain": DOMAIN, "serviceSubnet": services}}
    data = {"ClusterConfiguration": json.dumps(told)}
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kubeadm-config"}, "data": data}
