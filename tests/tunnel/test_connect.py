"""`kgctl connect` with real WireGuard and a real API server: packets flow, whatever changes in the cluster.

The laptop is connected once for all tests. What agents do to their own interfaces (`wg syncconf`) loses packets
now and then, so while packets are counted they only write to the API server.
"""

import dataclasses
import time
from collections.abc import Iterator

import pytest

from kgctl_py.kilo import resources
from tests.api.server import ApiServerProcess, running
from tests.tunnel.cluster import KeyPair, Manifest, OnApiServer, peer
from tests.tunnel.connection import Connection, Line, pinging, state
from tests.tunnel.host import Host, until
from tests.tunnel.kilo import Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import INTERFACE, PORT, V4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LAPTOP, DESK, OFFICE = 7, 8, 9
SECOND = 1.5
"""A second, and what a busy machine takes to look."""


@dataclasses.dataclass(frozen=True)
class World:
    """A cluster, its API server, and a laptop that is connected and heard by every node."""

    server: ApiServerProcess
    kilo: Kilo
    line: Line
    laptop: Host
    connection: Connection

    def shows(self, *command: str) -> str:
        """Return what a command shows on the laptop."""
        return self.laptop.run(*command)

    def agents_tell(self) -> None:
        """Have every agent tell that it is there."""
        self.kilo.cluster.put(node.manifest() for node in self.kilo.nodes.values())

    def peers(self) -> list[str]:
        return [one["metadata"]["name"] for one in self.server.request("GET", resources.PEERS_PATH)["items"]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, shared_lab: Lab) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("api")) as server:
        kilo = Kilo(shared_lab, OnApiServer(server, dns=V4.dns, services=V4.services), V4)
        kilo.settle()
        laptop, line = kilo.computer("laptop", LAPTOP), Line(server, shared_lab.folder)
        line.lead_to(laptop)
        connection = Connection(shared_lab, server, laptop, "laptop", "--services", V4.services).is_up()
        kilo.sync()
        assert laptop.reaches(kilo.nodes["a1"].pod)
        kilo.sync()  # b1 is told where a1 heard from the laptop, and calls it
        assert laptop.reaches(kilo.nodes["b1"].pod)
        yield World(server, kilo, line, laptop, connection)
        line.close()


def some_peer(world: World, name: str, address: str) -> Manifest:
    return peer(name, KeyPair.make(world.kilo.lab.folder / name).public, f"{address}/32")


def test_a_computer_is_in_the_mesh_until_it_is_told_to_end_and_leaves_no_trace(world: World) -> None:
    kilo, desk = world.kilo, world.kilo.computer("desk", DESK)
    world.line.lead_to(desk)
    before, peers = state(desk), world.peers()
    connection = Connection(kilo.lab, world.server, desk, "desk", "--services", V4.services).is_up()
    kilo.sync()
    assert desk.reaches(kilo.nodes["a1"].pod)
    assert desk.reaches(kilo.nodes["a2"].pod)
    assert desk.hears(V4.web, 80) == "I am a1, you are 10.5.0.2"
    assert connection.tells("handshake", "location:a, leader a1")
    assert connection.tells("interface", desk.wireguard)
    assert connection.end() == 0
    assert (state(desk), world.peers()) == (before, peers)
    assert connection.errors == ""


def test_what_changes_elsewhere_loses_no_packet_and_is_known_within_a_second(world: World) -> None:
    kilo, server = world.kilo, world.server
    key = KeyPair.make(kilo.lab.folder / "c1.key")
    c1 = dataclasses.replace(kilo.nodes["b1"], name="c1", location="c", key=key, keepalive=0, discovered={})
    c1.endpoint, c1.internal_ip, c1.pod_cidr = f"203.0.113.98:{PORT}", "10.3.0.4/24", "10.42.4.0/24"
    with pinging(world.laptop, kilo.nodes["a1"].pod) as pings:
        kilo.cluster.put([some_peer(world, "office", "10.5.0.9")])  # a peer is added
        assert until(lambda: "10.5.0.9/32" in world.shows("wg", "show", INTERFACE, "allowed-ips"), SECOND)

        kilo.cluster.put([c1.manifest()])  # a node is added
        assert until(lambda: c1.pod_cidr in world.shows("ip", "route"), SECOND)
        assert c1.endpoint in world.shows("wg", "show", INTERFACE, "endpoints")

        c1.endpoint = f"203.0.113.99:{PORT}"  # its endpoint is moved
        kilo.cluster.put([c1.manifest()])
        assert until(lambda: c1.endpoint in world.shows("wg", "show", INTERFACE, "endpoints"), SECOND)

        server.request("DELETE", f"{resources.NODES_PATH}/c1")  # it is removed
        assert until(lambda: key.public not in world.shows("wg", "show", INTERFACE, "peers"), SECOND)
        assert until(lambda: c1.pod_cidr not in world.shows("ip", "route"), SECOND)

        server.request("DELETE", f"{resources.PEERS_PATH}/office")
        assert world.connection.tells("left", "peer office")
    assert pings.sent > 20
    assert pings.lost == 0


def test_an_endpoint_that_moves_takes_its_session_with_it(world: World) -> None:
    a1 = world.kilo.nodes["a1"]
    a1.host.address("203.0.113.101/24", device="internet0")
    with pinging(world.laptop, a1.pod) as pings:
        a1.endpoint = f"203.0.113.101:{PORT}"
        world.agents_tell()
        assert world.connection.tells("changed", "Endpoint -203.0.113.1:51820 +203.0.113.101:51820")
        time.sleep(0.5)
    assert pings.lost == 0
    a1.endpoint = f"203.0.113.1:{PORT}"
    world.agents_tell()


def test_an_endpoint_that_wireguard_learned_survives_other_changes(world: World) -> None:
    key = world.kilo.nodes["b1"].key.public
    with world.laptop.without_udp():  # else a keepalive from b1 may come first and teach the right endpoint
        world.laptop.wg("set", INTERFACE, "peer", key, "endpoint", "203.0.113.55:5555")  # as by roaming
        world.kilo.cluster.put([some_peer(world, "guest", "10.5.0.10")])
        assert world.connection.tells("joined", "peer guest")
        assert "203.0.113.55:5555" in world.shows("wg", "show", INTERFACE, "endpoints")
    assert world.laptop.reaches(world.kilo.nodes["b1"].pod)  # b1 calls, and so it learns the right one again


def test_an_outage_of_the_api_server_for_a_minute_stops_no_packet(world: World) -> None:
    told = len(world.connection.events)
    with pinging(world.laptop, world.kilo.nodes["a2"].pod) as pings:
        world.server.stop()
        assert world.connection.tells("contact", "the interface does not change")
        time.sleep(60)
        world.server.start()
        assert world.connection.tells("contact", "answers again")
        time.sleep(2)  # for now every node is said to be silent for a minute
        world.agents_tell()
        world.kilo.cluster.put([some_peer(world, "late", "10.5.0.11")])
        assert world.connection.tells("joined", "peer late")
    assert pings.sent > 1000
    assert pings.lost == 0
    assert not [event for event in world.connection.events[told:] if event["event"] == "left"]


def test_when_a_leader_is_lost_the_next_one_is_used_without_anybody_doing_anything(world: World) -> None:
    """The last one, for it breaks what all share."""
    kilo = world.kilo
    kilo.nodes["a2"].discovered = kilo.nodes["a1"].discovered  # else b1's endpoint changes, and so its session
    with pinging(world.laptop, kilo.nodes["b1"].pod) as others:
        kilo.lose("a1")
        world.agents_tell()
        assert world.connection.tells("left", "location:a, leader a1")
        assert world.connection.tells("joined", "location:a, leader a2")
    assert others.lost == 0
    kilo.settle()
    assert world.laptop.reaches(kilo.nodes["a2"].pod)
    assert world.laptop.hears(V4.web, 80).startswith("I am a2,")
