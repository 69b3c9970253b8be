"""The controller, event by event, with a tunnel that takes everything."""

import ipaddress
import time
from collections.abc import Iterable, Iterator
from typing import cast

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.connect.controller import Controller, Membership
from kgctl_py.connect.endpoint_addresses import EndpointAddresses
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.event_queue import ConnectivityChange, Event, Tick
from kgctl_py.connect.healing.healer import Healer
from kgctl_py.connect.interface.desired_interface import DesiredInterface
from kgctl_py.connect.interface.reconciler import Applied
from kgctl_py.connect.interface.tunnel import Tunnel
from kgctl_py.connect.pace import Pace
from kgctl_py.connect.status_reporter import StatusReporter
from kgctl_py.errors import KgctlError
from kgctl_py.kube.listwatch.connectivity import Connectivity
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.build_with_agreed_settings import look_nothing_up
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh, Node, Peer
from kgctl_py.net.wg_interface import Reconciled
from kgctl_py.render.live.journal import Level, as_line
from kgctl_py.wireguard import Conf, Endpoint, Key
from kgctl_py.wireguard.device import WireGuardDevice
from kgctl_py.wireguard.difference import difference
from tests.in_memory import InMemoryCluster

OWN = Peer(name="laptop", allowed_ips=(parse_cidr("10.255.0.1/32"),), public_key=Key(bytes([9]) * 32))


class FakeTunnel:
    """Takes each desired interface; a resync is due when a test says so."""

    is_resync_due = False

    def __init__(self) -> None:
        self.locations: list[list[str]] = []

    def move_endpoints(self, _: Conf) -> int:
        return 0

    def apply(self, desired: DesiredInterface) -> Applied:
        self.is_resync_due = False
        self.locations.append([peer.comment for peer in desired.conf.peers])
        return Applied(difference=difference(Conf(), Conf()), reconciled=Reconciled())

    def check_peers(self, _: WireGuardDevice) -> None: ...

    def read(self) -> WireGuardDevice:
        return WireGuardDevice()

    def restart_session(self, _: Key) -> bool:
        return False


def node(name: str, number: int, *, seen: float) -> Node:
    return Node(
        name=name,
        location=name,
        endpoint=Endpoint(ip=ipaddress.ip_address(f"203.0.113.{number}"), port=51820),
        key=Key(bytes([number]) * 32),
        subnet=parse_cidr(f"10.42.{number}.0/24"),
        last_seen=int(seen),
        granularity=Granularity.LOCATION,
        wireguard_ip=parse_cidr(f"10.4.0.{number}/16"),
    )


def handle(tunnel: FakeTunnel, events: Iterable[Event]) -> None:
    """Run the controller of the peer "laptop" on the events."""
    log = EventLog(Level.INFO, as_line, lambda _: None)
    Controller(
        cast("Cluster", InMemoryCluster(lambda: Mesh((), (), 0))),
        Options(),
        cast("Tunnel", tunnel),
        Membership(peer="laptop", key=Key(bytes([9]) * 32), mtu=1420),
        StatusReporter("test", log, None),
        Healer(log, tunnel.restart_session),
        EndpointAddresses(30, look_nothing_up),
        Pace(),
    ).run(events)


def test_a_resync_after_an_outage_does_not_bring_back_a_node_that_was_stale_before_it() -> None:
    tunnel, now = FakeTunnel(), time.time()
    silent, back = Connectivity(now - 50, KgctlError("no answer")), Connectivity(now)

    def events() -> Iterator[Event]:
        yield Mesh.of((node("a", 1, seen=now - 60), node("b", 2, seen=now - 125)), (OWN,), now - 60)
        yield ConnectivityChange(silent, Connectivity(0))
        yield ConnectivityChange(back, silent)
        tunnel.is_resync_due = True
        yield Tick()

    handle(tunnel, events())
    assert len(tunnel.locations) == 2
    assert tunnel.locations[0] == tunnel.locations[1]
    assert "node:b" not in str(tunnel.locations)


def test_nodes_have_a_minute_after_an_outage_to_be_seen_again() -> None:
    tunnel, now = FakeTunnel(), time.time()
    silent, back = Connectivity(now - 300, KgctlError("no answer")), Connectivity(now)
    mesh = Mesh.of((node("a", 1, seen=now - 310), node("b", 2, seen=now - 310)), (OWN,), now)
    handle(tunnel, [ConnectivityChange(silent, Connectivity(0)), ConnectivityChange(back, silent), mesh])
    assert "node:a" in str(tunnel.locations)
    assert "node:b" in str(tunnel.locations)
