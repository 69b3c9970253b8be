"""What a change of a large mesh costs connect: `unshare --net python -m tests.bench.interface_changes [NODES]`.

A real interface has NODES fully meshed nodes as its peers. One of them gets another endpoint, again and again. It
prints the CPU time of kgctl for the first mesh, for a change, and for a resync.
"""

import ipaddress
import statistics
import sys
import time
from collections.abc import Iterator

from kgctl_py.cluster.open import Options
from kgctl_py.connect.controller import Controller, Membership
from kgctl_py.connect.endpoint_addresses import EndpointAddresses
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.healing.healer import Healer
from kgctl_py.connect.interface.marked_interface import create_tunnel
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.connect.pace import Pace
from kgctl_py.connect.status_reporter import StatusReporter
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import look_nothing_up
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node, Peer
from kgctl_py.render.live.journal import Level, as_line
from kgctl_py.wireguard import Endpoint, Key, keygen
from tests.in_memory import InMemoryCluster

NOW, NAME, CHANGES, PERIOD = 1_000_000, "kgctl-bench", 20, 30.0
PRIVATE = keygen.generate_private_key()
OWN = Peer(name="laptop", allowed_ips=(parse_cidr("10.255.0.1/32"),), public_key=keygen.public_key(PRIVATE))


class Clock:
    """The time, which passes only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def node(number: int, endpoint: int) -> Node:
    """Return a node with one of many endpoints."""
    place = f"{number // 256}.{number % 256}"
    return Node(
        name=f"node-{number:05}",
        endpoint=Endpoint(ip=ipaddress.ip_address(f"198.18.{place}"), port=1000 + endpoint),
        internal_ip=parse_cidr(f"172.16.{place}/12"),
        key=Key(number.to_bytes(32, "big")),
        subnet=parse_cidr(f"fd00:42:{number:x}::/64"),
        last_seen=NOW,
        wireguard_ip=parse_cidr(f"10.4.{place}/16"),
        granularity=Granularity.FULL,
    )


def main() -> None:
    """Measure, and print a line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    nodes = [node(number, 0) for number in range(1, count + 1)]
    took: list[float] = []
    clock = Clock()

    def meshes() -> Iterator[Mesh]:
        start = time.process_time()
        for turn in range(CHANGES + 2):
            if turn <= CHANGES:
                nodes[-1] = node(count, turn)
            clock.now += PERIOD if turn > CHANGES else PERIOD / 100
            start = time.process_time()
            yield Mesh(tuple(nodes), (OWN,), NOW)
            took.append(time.process_time() - start)

    event_log = EventLog(Level.INFO, as_line, lambda _: None)
    membership = Membership(peer="laptop", key=keygen.public_key(PRIVATE), mtu=1420)
    with create_tunnel(NAME, "laptop", PRIVATE, Resync(PERIOD, clock), lambda _: None, clean_up=True) as tunnel:
        cluster, addresses = InMemoryCluster(lambda: Mesh((), (), NOW)), EndpointAddresses(30, look_nothing_up)
        healer, reporter = Healer(event_log, tunnel.restart_session), StatusReporter("bench", event_log, None)
        Controller(cluster, Options(), tunnel, membership, reporter, healer, addresses, Pace()).run(meshes())
    first, *changes, resync = (1000 * each for each in took)
    change = statistics.median(changes)
    print(f"{count:,} nodes: first {first:.0f} ms, change {change:.0f} ms, resync {resync:.0f} ms")


if __name__ == "__main__":
    main()
