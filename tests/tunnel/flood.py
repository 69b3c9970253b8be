"""Thousands of changes on one interface, run as a script on a host of the lab: `flood.py COUNT`.

It prints what the process holds, and how the interface looks, after a warm-up and after all of them. The heap of
the process grows until about a thousand changes, and stays.
"""

import gc
import ipaddress
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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

NOW = 1_000_000
NAME = "kilo0"

KEYS = [Key(bytes([number]) * 32) for number in range(1, 60)]
PRIVATE = keygen.generate_private_key()
OWN = Peer(
    name="laptop",
    allowed_ips=(parse_cidr("10.5.0.1/32"),),
    public_key=keygen.public_key(PRIVATE),
    persistent_keepalive=10,
)


def node(number: int, shift: int, leader: int) -> Node:
    return Node(
        name=f"node-{number}",
        location=f"place-{number % 5}",
        endpoint=Endpoint(ip=ipaddress.ip_address(f"203.0.113.{number + 1}"), port=1000 + shift),
        internal_ip=parse_cidr(f"10.1.0.{number + 1}/24"),
        key=KEYS[number],
        subnet=parse_cidr(f"10.42.{(number + shift) % 250}.0/24"),
        last_seen=NOW,
        leader=number % 4 == leader,
        granularity=Granularity.LOCATION,
    )


def peer(number: int) -> Peer:
    return Peer(
        name=f"peer-{number}",
        allowed_ips=(parse_cidr(f"10.6.{number}.0/24"),),
        public_key=KEYS[30 + number],
        preshared_key=KEYS[number],
        endpoint=Endpoint(ip=ipaddress.ip_address(f"192.0.2.{number + 1}"), port=51820),
    )


def meshes(count: int) -> Iterator[Mesh]:
    """Return meshes, each with a node or a peer more, less, or another one; the last is always the same."""
    chance = random.Random(count)
    nodes = {number: node(number, 0, 0) for number in range(5)}
    peers = {number: peer(number) for number in range(3)}
    for turn in range(count):
        number = chance.randrange(5, 25)
        if number in nodes:
            del nodes[number]
        elif turn % 4:
            nodes[number] = node(number, chance.randrange(20), chance.randrange(4))
        else:
            kept = peers.pop(number - 5, None)
            peers |= {} if kept else {number - 5: peer(number - 5)}
        yield _mesh(nodes, peers)
    yield _mesh({number: node(number, 0, 0) for number in range(5)}, {})


def _mesh(nodes: dict[int, Node], peers: dict[int, Peer]) -> Mesh:
    return Mesh(
        tuple(sorted(nodes.values(), key=lambda n: n.name)),
        tuple(sorted((OWN, *peers.values()), key=lambda p: p.name)),
        NOW,
    )


def held() -> dict[str, object]:
    """Tell what this process holds, and how the interface looks."""
    gc.collect()
    shown = [("ip", "route"), ("ip", "-6", "route"), ("ip", "address"), ("wg", "show", NAME, "allowed-ips")]
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "sockets": subprocess.run(("ss", "-aH"), capture_output=True, text=True, check=True).stdout.count("\n"),
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * 4096,
        "objects": len(gc.get_objects()),
        "looks": [
            sorted(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
            for command in shown
        ],
    }


def flood(count: int) -> None:
    """Follow `count` meshes as fast as can be."""
    written: list[str] = []
    event_log = EventLog(Level.INFO, as_line, lambda line: written.__setitem__(slice(None), [line]))
    membership = Membership(peer="laptop", key=keygen.public_key(PRIVATE), mtu=1420)
    with create_tunnel(NAME, "laptop", PRIVATE, Resync(30), lambda _: None, clean_up=True) as tunnel:
        cluster, addresses = InMemoryCluster(lambda: Mesh((), (), NOW)), EndpointAddresses(30, look_nothing_up)
        reporter = StatusReporter("flood", event_log, None)
        healer = Healer(event_log, tunnel.restart_session)
        controller = Controller(cluster, Options(), tunnel, membership, reporter, healer, addresses, Pace())
        controller.run(meshes(max(30, count // 3)))
        before = held()
        controller.run(meshes(count))
        print(json.dumps({"before": before, "after": held()}))


if __name__ == "__main__":
    flood(int(sys.argv[1]))
