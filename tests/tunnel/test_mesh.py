"""By what kgctl says of a cluster packets flow through it."""

import dataclasses
from pathlib import Path

import pytest

from tests.tunnel.cluster import KeyPair, Snapshot, peer
from tests.tunnel.host import Host
from tests.tunnel.kilo import Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import PORT, V4, V6, Plan

pytestmark = pytest.mark.slow

LAPTOP, OFFICE = 7, 9


@pytest.fixture(params=[V4, V6], ids=["ipv4", "ipv6"])
def plan(request: pytest.FixtureRequest) -> Plan:
    plan = request.param
    assert isinstance(plan, Plan)
    return plan


@pytest.fixture
def kilo(lab: Lab, plan: Plan) -> Kilo:
    kilo = Kilo(lab, Snapshot(lab.folder / "cluster.json"), plan)
    kilo.settle()
    return kilo


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """A computer outside that is a peer of the cluster."""

    kilo: Kilo
    host: Host
    key: KeyPair
    address: str

    @classmethod
    def join(cls, kilo: Kilo, name: str, number: int, *, listens: bool = False) -> "Computer":
        """Put a computer on the internet and its Peer into the cluster; with its endpoint if it `listens`."""
        plan, key = kilo.plan, KeyPair.make(kilo.lab.folder / f"{name}.key")
        address, endpoint = plan.peer.format(number), (plan.internet.format(number), PORT)
        kilo.cluster.put([peer(name, key.public, plan.host(address), endpoint=endpoint if listens else None)])
        return cls(kilo=kilo, host=kilo.computer(name, number), key=key, address=address)

    def conf(self) -> Path:
        """Write its configuration as the cluster is now."""
        interface = (f"Address = {self.kilo.plan.host(self.address)}", f"ListenPort = {PORT}")
        return self.kilo.conf("peer", self.host.name, self.key, *interface)


def test_a_peer_reaches_the_pods_of_every_node_and_the_other_peer(kilo: Kilo) -> None:
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    office = Computer.join(kilo, "office", OFFICE, listens=True)
    kilo.sync()
    office.host.wg_quick_up(office.conf())
    laptop.host.wg_quick_up(laptop.conf())
    assert laptop.host.reaches(office.address)
    assert laptop.host.reaches(kilo.nodes["a1"].pod)
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    kilo.sync()  # b1 is told where a1 heard from the laptop, and calls it
    assert laptop.host.reaches(kilo.nodes["b1"].pod)
    assert office.host.reaches(kilo.nodes["b1"].pod)
    assert kilo.nodes["a2"].host.reaches(laptop.address)
    assert kilo.nodes["b1"].host.reaches(kilo.nodes["a2"].pod)


def test_when_a_leader_is_lost_the_new_configurations_lead_to_the_next_one(kilo: Kilo) -> None:
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    kilo.sync()
    laptop.host.wg_quick_up(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    kilo.lose("a1")
    assert not laptop.host.pings(kilo.nodes["a2"].pod)
    kilo.settle()
    laptop.host.wg_syncconf(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    kilo.sync()
    assert laptop.host.reaches(kilo.nodes["b1"].pod)
