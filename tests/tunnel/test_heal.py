"""A node whose WireGuard is rewritten, as an agent does it, is reached again within two seconds.

Without that half of the 150 pings are lost: WireGuard itself takes 15 seconds to notice.
"""

import dataclasses
import time
from collections.abc import Iterator

import pytest

from tests.api.server import ApiServerProcess, running
from tests.tunnel.cluster import KeyPair, Manifest, Node, OnApiServer, peer
from tests.tunnel.computer import Computer
from tests.tunnel.connection import Connection, Line, Pings, pinging
from tests.tunnel.host import Host
from tests.tunnel.kilo import Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import INTERFACE, V4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

LAPTOP, DESK = 7, 8
SECONDS, A_SECOND, MOST_LOST = 30, 5, 10


@dataclasses.dataclass(frozen=True)
class World:
    """A cluster on an API server, and a laptop that is connected and heard by every node."""

    server: ApiServerProcess
    kilo: Kilo
    line: Line
    laptop: Host
    connection: Connection


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, shared_lab: Lab) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("api")) as server:
        kilo = Kilo(shared_lab, OnApiServer(server, dns=V4.dns, services=V4.services), V4)
        kilo.settle()
        laptop, line = kilo.computer("laptop", LAPTOP), Line(server, shared_lab.folder)
        line.lead_to(laptop)
        connection = Connection(shared_lab, server, laptop, "laptop").is_up()
        kilo.sync()
        assert laptop.reaches(kilo.nodes["a1"].pod)
        yield World(server, kilo, line, laptop, connection)
        line.close()


def rewrite(kilo: Kilo, node: Node) -> None:
    """Set all peers of a node's WireGuard anew, as its agent does (kilo pkg/wireguard/conf.go, WGConfig)."""
    file = kilo.conf("node", node.name, node.key)
    node.host.run("bash", "-c", f'wg setconf {INTERFACE} <(wg-quick strip "$0")', file)


def agents_tell(world: World) -> None:
    """Have every agent tell that it is there; else it counts as silent after a minute."""
    world.kilo.cluster.put(node.manifest() for node in world.kilo.nodes.values())


def some_peer(world: World, name: str, address: str) -> Manifest:
    return peer(name, KeyPair.make(world.kilo.lab.folder / name).public, f"{address}/32")


def change(world: World, manifest: Manifest, *, rewrites: bool, host: Host | None = None) -> Pings:
    """Change the cluster while the laptop pings a1; its agent rewrites its configuration, or does not."""
    a1 = world.kilo.nodes["a1"]
    agents_tell(world)
    with pinging(host or world.laptop, a1.pod, A_SECOND) as pings:
        start = time.monotonic()
        time.sleep(2)
        world.kilo.cluster.put([manifest])
        if rewrites:
            rewrite(world.kilo, a1)
        time.sleep(SECONDS - (time.monotonic() - start))
    assert pings.sent >= 100
    return pings


def restarts_of_a1(world: World, told: int) -> list[str]:
    """Return what was told of the session with a1 after the first `told` events.

    The session with b1 may need a new key in these seconds, and on a busy machine its handshake takes long.
    """
    events = [event for event in world.connection.events[told:] if event["event"] in ("healed", "silent")]
    return [event["message"] for event in events if "leader a1" in event["message"]]


def fewest_lost(world: World, address: str, host: Host | None = None) -> int:
    """Return the fewest pings that one of three changes loses: a busy machine stands still now and then."""
    lost = []
    for attempt in range(3):
        manifest = some_peer(world, f"other-{address.replace('.', '-')}-{attempt}", f"{address}{attempt}")
        lost.append(change(world, manifest, rewrites=True, host=host).lost)
        if lost[-1] <= MOST_LOST:
            break
    return min(lost)


def test_a_session_that_an_agent_has_ended_is_restarted_within_two_seconds(world: World) -> None:
    assert 0 < fewest_lost(world, "10.5.0.9") <= MOST_LOST
    assert world.connection.tells("healed", "location:a, leader a1")


def test_a_session_that_no_agent_has_ended_loses_nothing(world: World) -> None:
    told = len(world.connection.events)
    pings = change(world, some_peer(world, "guest", "10.5.0.10"), rewrites=False)
    assert pings.lost == 0
    assert not restarts_of_a1(world, told)


def test_an_idle_tunnel_is_not_woken(world: World) -> None:
    a1 = world.kilo.nodes["a1"]
    agents_tell(world)
    world.kilo.cluster.put([some_peer(world, "third", "10.5.0.11")])
    rewrite(world.kilo, a1)
    told = len(world.connection.events)
    time.sleep(5)
    assert not restarts_of_a1(world, told)


def test_the_sessions_of_wg_quick_are_healed_by_a_command_of_their_own(world: World) -> None:
    agents_tell(world)
    desk = Computer.join(world.kilo, "desk", DESK)
    world.line.lead_to(desk.host)
    desk.host.wg_quick_up(desk.conf())
    assert desk.host.reaches(world.kilo.nodes["a1"].pod)
    healing = Connection(world.kilo.lab, world.server, desk.host, INTERFACE, command="heal")
    assert healing.tells("watching", 'watching the sessions of interface "kilo0" with 2 leaders')
    before = desk.host.wg("showconf", INTERFACE)
    assert 0 < fewest_lost(world, "10.5.0.12", desk.host) <= MOST_LOST
    assert healing.tells("healed", "location:a, leader a1")
    assert sorted(desk.host.wg("showconf", INTERFACE).splitlines()) == sorted(before.splitlines())
    assert healing.end() == 0
    assert healing.errors == ""
