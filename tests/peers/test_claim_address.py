"""The rule by which two people who add a peer at one moment get two addresses."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.cluster.interface import PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kilo.peers import manifest
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.peers import claim_address
from tests.in_memory import InMemoryCluster

POOL = parse_cidr("10.5.0.0/24")
FIRST, SECOND, THIRD = "10.5.0.1/32", "10.5.0.2/32", "10.5.0.3/32"


class World:
    """The Peers on an API server, whose other users act between one look and the next."""

    def __init__(self, **deeds: Mapping[str, str | None]) -> None:
        self.peers: dict[str, str] = {}
        self.looks = 0
        self.replaced: list[str] = []
        self._deeds = {int(look.removeprefix("look")): peers for look, peers in deeds.items()}

    def mesh(self) -> Mesh:
        self.looks += 1
        for name, cidr in self._deeds.get(self.looks, {}).items():
            if cidr:
                self.peers[name] = cidr
            else:
                del self.peers[name]
        return Mesh((), tuple(_peer(name, cidr) for name, cidr in sorted(self.peers.items())), 0)

    def replace(self, resource: dict[str, Any]) -> dict[str, Any]:
        [cidr] = resource["spec"]["allowedIPs"]
        self.peers[resource["metadata"]["name"]] = cidr
        self.replaced.append(cidr)
        return resource

    def claim(self, name: str, choose: Callable[[Mesh], tuple[IPInterface, ...]] | None = None) -> str:
        """Create the peer `name` at the first address, and return the one that it ends with."""
        self.peers[name] = FIRST
        return _claimed(self, name, FIRST, choose or _choose)


def _claimed(world: Any, name: str, cidr: str, choose: Callable[[Mesh], tuple[IPInterface, ...]]) -> str:
    peer = _peer(name, cidr)
    cluster = InMemoryCluster(world.mesh)
    store = cast("PeerStore", world)
    mesh, claimed = claim_address.claim_address(cluster, store, manifest(peer), peer, choose, pause=0)
    assert {other.name for other in mesh.peers} >= {name}
    return str(claimed.allowed_ips[0])


def _peer(name: str, cidr: str) -> Peer:
    return Peer(name=name, allowed_ips=(parse_cidr(cidr),))


def _choose(others: Mesh) -> tuple[IPInterface, ...]:
    return (free_address.next_free(POOL, free_address.used_networks(others)),)


def test_a_peer_alone_stays_where_it_is_after_one_look() -> None:
    world = World(look1={"zoe": SECOND})
    assert (world.claim("mia"), world.looks, world.replaced) == (FIRST, 1, [])


def test_of_two_at_one_address_the_one_whose_name_sorts_later_moves_at_once() -> None:
    world = World(look1={"ann": FIRST})
    assert (world.claim("mia"), world.looks) == (SECOND, 2)
    assert world.peers == {"ann": FIRST, "mia": SECOND}


def test_the_one_whose_name_sorts_first_stays_while_the_other_moves() -> None:
    world = World(look1={"zoe": FIRST}, look3={"zoe": SECOND})
    assert (world.claim("mia"), world.looks, world.replaced) == (FIRST, 3, [])


def test_the_one_whose_name_sorts_first_stays_when_the_other_is_removed() -> None:
    world = World(look1={"zoe": FIRST}, look2={"zoe": None})
    assert (world.claim("mia"), world.replaced) == (FIRST, [])


def test_one_that_does_not_move_had_finished_before_and_keeps_its_address() -> None:
    world = World(look1={"zoe": FIRST})
    assert world.claim("mia") == SECOND
    assert world.looks == claim_address.PATIENCE + 2
    assert world.peers == {"zoe": FIRST, "mia": SECOND}


def test_a_peer_that_moves_moves_again_if_the_new_address_is_also_taken() -> None:
    world = World(look1={"ann": FIRST}, look2={"bob": SECOND})
    assert (world.claim("mia"), world.replaced) == (THIRD, [SECOND, THIRD])


def test_a_wider_network_around_the_address_conflicts() -> None:
    world = World(look1={"ann": "10.5.0.0/28"})
    assert world.claim("mia") == "10.5.0.16/32"


def test_an_address_that_was_asked_for_is_not_exchanged_for_another() -> None:
    def refuse(others: Mesh) -> tuple[IPInterface, ...]:
        raise KgctlError("taken")

    with pytest.raises(KgctlError, match="taken"):
        World(look1={"ann": FIRST}).claim("mia", refuse)


def test_it_gives_up_when_others_keep_taking_its_address() -> None:
    deeds = {
        f"look{number}": {f"a{number:02}": f"10.5.0.{number}/32"} for number in range(1, claim_address.TRIES + 1)
    }
    with pytest.raises(KgctlError, match='peer "mia" cannot get a free address'):
        World(**deeds).claim("mia")


class Joiner(threading.Thread):
    """Somebody who adds a peer, one step at a time: it waits for its turn before each word with the server."""

    def __init__(self, name: str, world: World) -> None:
        super().__init__(name=name, daemon=True)
        self._world = world
        self._turn, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self.ended = False
        self.address = ""

    def step(self) -> None:
        """Let it say one word."""
        self._turn.release()
        assert self._done.acquire(timeout=10)

    def run(self) -> None:
        self._turn.acquire()
        [cidr] = _choose(self._world.mesh())
        self._wait()
        self._world.peers[self.name] = str(cidr)
        self.address = _claimed(self, self.name, str(cidr), _choose)
        self.ended = True
        self._done.release()

    def mesh(self) -> Mesh:
        self._wait()
        return self._world.mesh()

    def replace(self, resource: dict[str, Any]) -> dict[str, Any]:
        self._wait()
        return self._world.replace(resource)

    def _wait(self) -> None:
        self._done.release()
        self._turn.acquire()


@given(st.permutations("abcd"), st.lists(st.integers(0, 3), max_size=60))
def test_whoever_acts_when_nobody_ends_with_the_address_of_another(names: list[str], turns: list[int]) -> None:
    world = World()
    joiners = [Joiner(name, world) for name in names]
    for joiner in joiners:
        joiner.start()
    for turn in [*turns, *(number % 4 for number in range(4 * 4 * claim_address.TRIES))]:
        if not joiners[turn].ended:
            joiners[turn].step()
    assert [joiner.ended for joiner in joiners] == [True] * 4
    assert {joiner.name: joiner.address for joiner in joiners} == world.peers
    assert len(set(world.peers.values())) == 4
