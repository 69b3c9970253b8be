"""By what kgctl says of a cluster packets flow through it."""

import subprocess

import pytest

from kgctl_py.wireguard.parse import parse_conf
from tests.tunnel.cluster import Snapshot
from tests.tunnel.computer import Computer
from tests.tunnel.kilo import WEB_NAME, Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import INTERFACE, V4, V6, Plan

pytestmark = pytest.mark.slow

LAPTOP, PHONE, OFFICE = 7, 8, 9
ROAMING = {"laptop": LAPTOP, "phone": PHONE}


@pytest.fixture(params=[V4, V6], ids=["ipv4", "ipv6"])
def kilo(lab: Lab, request: pytest.FixtureRequest) -> Kilo:
    plan: Plan = request.param
    kilo = Kilo(lab, Snapshot(lab.folder / "cluster.json"), plan)
    kilo.settle()
    return kilo


def test_a_peer_reaches_the_pods_of_every_node_and_the_other_peer(kilo: Kilo) -> None:
    office = Computer.join(kilo, "office", OFFICE, listens=True)
    laptop = Computer.join(kilo, "laptop", LAPTOP)
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


def test_every_peer_of_every_configuration_answers(kilo: Kilo) -> None:
    office = Computer.join(kilo, "office", OFFICE, listens=True)
    computers = {"office": office, **{name: Computer.join(kilo, name, number) for name, number in ROAMING.items()}}
    sections = {}
    for name, computer in computers.items():
        file = computer.conf()
        computer.host.wg_quick_up(file)
        sections[name] = [peer.comment for peer in parse_conf(file.read_text()).conf.peers]
    assert sections["laptop"] == ["location:a, leader a1", "location:b, leader b1", "peer office"]
    assert sections["office"][2:] == ["peer laptop", "peer phone"]
    for computer in computers.values():
        assert computer.host.reaches(kilo.nodes["a1"].pod)
    kilo.sync()  # b1 is told where a1 heard from them, and calls them
    for name in (*ROAMING, "office"):  # those who cannot be called call first
        for section in sections[name]:
            other = section.partition(", leader ")[2] or section.removeprefix("peer ")
            target = computers[other].address if other in computers else kilo.nodes[other].pod
            assert computers[name].host.reaches(target), (name, section)


def test_nodes_with_one_address_for_all_are_reached_though_it_is_their_endpoint(kilo: Kilo) -> None:
    for number, name in enumerate(("a1", "a2"), 1):
        kilo.nodes[name].internal_ip = f"{kilo.plan.internet.format(number)}/{kilo.plan.lan_bits}"
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    laptop.host.wg_quick_up(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a1"].pod)
    assert laptop.host.reaches(kilo.nodes["a2"].pod)


def test_names_and_services_of_the_cluster_answer_through_one_node(kilo: Kilo) -> None:
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    options = ("--services", kilo.plan.services, "--dns", f"{kilo.plan.dns},svc.cluster.local")
    laptop.host.wg_quick_up(laptop.conf(*options))
    answer = f"I am a1, you are {laptop.address}"
    assert laptop.host.hears(kilo.plan.web, 80) == answer
    assert laptop.host.hears(WEB_NAME, 80) == answer
    assert laptop.host.hears("web.default", 80) == answer


def test_a_preshared_key_is_the_same_on_both_sides(kilo: Kilo) -> None:
    psk = subprocess.run(("wg", "genpsk"), capture_output=True, text=True, check=True).stdout.strip()
    laptop = Computer.join(kilo, "laptop", LAPTOP, presharedKey=psk)
    laptop.host.wg_quick_up(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    assert psk in laptop.host.wg("show", INTERFACE, "preshared-keys")
    assert psk in kilo.nodes["a1"].host.wg("show", INTERFACE, "preshared-keys")


def test_through_a_gateway_the_world_sees_the_node(kilo: Kilo) -> None:
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    assert laptop.host.hears(kilo.plan.site, 80) == f"I am world, you are {kilo.plan.internet.format(LAPTOP)}"
    laptop.host.wg_quick_up(laptop.conf("--gateway", "a"))
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    assert laptop.host.hears(kilo.plan.site, 80) == f"I am world, you are {kilo.plan.internet.format(1)}"
    kilo.sync()
    assert laptop.host.reaches(kilo.nodes["b1"].pod)


def test_when_a_leader_is_lost_the_new_configurations_lead_to_the_next_one(kilo: Kilo) -> None:
    laptop = Computer.join(kilo, "laptop", LAPTOP)
    laptop.host.wg_quick_up(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    kilo.lose("a1")
    assert not laptop.host.pings(kilo.nodes["a2"].pod)
    kilo.settle()
    laptop.host.wg_syncconf(laptop.conf())
    assert laptop.host.reaches(kilo.nodes["a2"].pod)
    kilo.sync()
    assert laptop.host.reaches(kilo.nodes["b1"].pod)
