"""A computer on the internet that is a peer of the cluster."""

import dataclasses
from pathlib import Path
from typing import Any

from tests.tunnel.cluster import KeyPair, peer
from tests.tunnel.host import Host
from tests.tunnel.kilo import Kilo
from tests.tunnel.plan import PORT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """The computer; its Peer is in the cluster, and `conf` asks kgctl for its configuration."""

    kilo: Kilo
    host: Host
    key: KeyPair
    address: str

    @classmethod
    def join(cls, kilo: Kilo, name: str, number: int, *, listens: bool = False, **spec: Any) -> "Computer":
        """Put a computer on the internet and its Peer into the cluster, with its endpoint if it `listens`."""
        plan, key = kilo.plan, KeyPair.make(kilo.lab.folder / f"{name}.key")
        address = plan.peer.format(number)
        if listens:
            spec["endpoint"] = {"dnsOrIP": {"ip": plan.internet.format(number)}, "port": PORT}
        kilo.cluster.put([peer(name, key.public, plan.host(address), **spec)])
        kilo.sync()
        return cls(kilo=kilo, host=kilo.computer(name, number), key=key, address=address)

    def conf(self, *options: str) -> Path:
        """Write its configuration as the cluster is now; it always listens on the same port."""
        port = ("--listen-port", str(PORT))
        return self.kilo.conf("peer", self.host.name, self.key, *port, *options)
