"""Where the cluster's objects are, kgctl reading them, and the Nodes and Peers that stand there."""

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from tests.tunnel.host import Host
from tests.tunnel.plan import KEEPALIVE

Manifest = dict[str, Any]

_LONG_AGO = 600


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
    wireguard_ip: str = ""
    discovered: Manifest = dataclasses.field(default_factory=dict)
    alive: bool = True

    def manifest(self) -> Manifest:
        """Give the Node, seen just now, or long ago if it is dead."""
        annotations = {
            "discovered-endpoints": json.dumps(self.discovered),
            "endpoint": self.endpoint,
            "granularity": "location",
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
    """Give a Peer with a keepalive."""
    spec |= {"publicKey": public_key, "allowedIPs": list(allowed_ips), "persistentKeepalive": KEEPALIVE}
    return {"apiVersion": "kilo.squat.ai/v1alpha1", "kind": "Peer", "metadata": {"name": name}, "spec": spec}
