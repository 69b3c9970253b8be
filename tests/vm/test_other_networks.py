"""`kgctl connect` in another network namespace, where only IPv6 is, and behind a firewall that drops UDP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py.findings import Code
from tests.api.server import running
from tests.tunnel.plan import INTERFACE, PORT, V6
from tests.vm import lan
from tests.vm.connection import Connection
from tests.vm.machine import Machine
from tests.vm.mesh import Mesh

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1200)]


@pytest.fixture
def fresh(mesh: Mesh) -> Iterator[Mesh]:
    yield mesh
    mesh.clean_up()


@pytest.fixture(scope="module")
def pod(machine: Machine) -> lan.Namespace:
    """A host with a network of its own, as a container has one."""
    return lan.add_host(machine, "pod", 30)


@pytest.fixture(scope="module")
def six(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """A mesh with nothing but IPv6, on an API server of its own."""
    folder: Path = tmp_path_factory.mktemp("six")
    (folder / "api").mkdir()
    with running(folder / "api") as server:
        yield Mesh(machine, server, V6, folder, port=6444, suffix="6", first=11)


def test_another_network_namespace_has_an_interface_of_its_own(fresh: Mesh, pod: lan.Namespace) -> None:
    machine = fresh.machine
    before = pod.run("ip -o address; ip route; ip -6 route")
    here = Connection(machine, fresh.kubeconfig, "laptop").is_up()
    there = Connection(machine, fresh.kubeconfig, "pod", "--services", "auto", within=pod).is_up()
    fresh.sync()
    reach = f"ping -n -q -c 1 -W 2 {fresh.a.pod}"
    assert fresh.reaches(fresh.a.pod), here.everything
    assert machine.comes_true(pod.command(reach)), there.everything
    kgctl = f"kgctl --kubeconfig {fresh.kubeconfig}"
    assert pod.run(f"{kgctl} diff peer pod --interface {INTERFACE} --services auto") == ""
    assert pod.run(f"{kgctl} check --local --section local -o short") == ""
    wrong = machine.attempt(f"{kgctl} diff peer pod --interface {INTERFACE}")
    assert (wrong.code, "PublicKey" in wrong.output) == (1, True)
    assert there.end() == 0
    assert pod.run("ip -o address; ip route; ip -6 route") == before
    assert fresh.reaches(fresh.a.pod)
    assert here.end() == 0
    assert fresh.peers == {}


def test_an_interface_that_is_moved_to_another_namespace_ends_connect(fresh: Mesh, pod: lan.Namespace) -> None:
    machine = fresh.machine
    connection = Connection(machine, fresh.kubeconfig, "laptop").is_up()
    machine.run(f"ip link set {INTERFACE} netns {pod.name}")
    assert connection.ended() == 1
    assert connection.errors.startswith(f'kgctl: another program removed the interface "{INTERFACE}"')
    assert fresh.peers == {}
    pod.run(f"ip link del {INTERFACE}")


def test_a_host_with_ipv6_alone_is_in_a_mesh_with_ipv6_alone(six: Mesh) -> None:
    machine = six.machine
    host = lan.add_host(machine, "six", 31, 6)
    connection = Connection(
        machine, six.kubeconfig, "six", "--allowed-ip fd00:5::1", "--services auto", within=host
    ).is_up()
    six.sync()
    for address in (six.a.pod, six.b.pod, V6.web):
        assert machine.comes_true(host.command(f"ping -n -q -c 1 -W 2 {address}")), connection.everything
    assert host.run("ip -4 -o address show scope global") == ""
    kgctl = f"kgctl --kubeconfig {six.kubeconfig}"
    assert host.run(f"{kgctl} diff peer six --interface {INTERFACE} --services auto") == ""
    assert host.run(f"{kgctl} check --local --section local -o short") == ""
    assert connection.end() == 0
    assert (connection.errors, six.peers) == ("", {})
    host.run(f"! ip link show {INTERFACE}")


def test_wg_quick_brings_up_a_file_of_a_mesh_with_ipv6_alone(six: Mesh) -> None:
    machine, host = six.machine, lan.add_host(six.machine, "quick6", 32, 6)
    file = "/root/quick6/kilo.conf"
    add = f"kgctl --kubeconfig {six.kubeconfig} peer add quick6 --ip fd00:5::2 --print none -O {file}"
    machine.run(f"mkdir -m 700 /root/quick6; {add}")
    six.sync()
    host.run(f"wg-quick up {file}")
    assert machine.comes_true(host.command(f"ping -n -q -c 1 -W 2 {six.a.pod}"))
    host.run(f"wg-quick down {file}")


def test_a_host_whose_ipv6_is_off_has_the_rest(fresh: Mesh) -> None:
    machine, host = fresh.machine, lan.add_host(fresh.machine, "old", 33, 4)
    host.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    fresh.put_node(fresh.a, allowed_location_ips="fd00:9::/64")
    connection = Connection(machine, fresh.kubeconfig, "old", within=host).is_up()
    assert connection.tells("warning", "IPv6 is disabled on this machine")
    fresh.sync()
    assert machine.comes_true(host.command(f"ping -n -q -c 1 -W 2 {fresh.a.pod}")), connection.everything
    assert connection.end() == 0


def test_a_firewall_that_drops_udp_is_told_and_connect_works_once_it_is_off(fresh: Mesh) -> None:
    machine = fresh.machine
    chain = "type filter hook output priority filter;"
    machine.run(f"nft 'table inet strict {{ chain outgoing {{ {chain} udp dport {PORT} drop; }}; }}'")
    try:
        connection = Connection(machine, fresh.kubeconfig, "laptop").is_up()
        fresh.sync()
        check = machine.attempt(f"kgctl --kubeconfig {fresh.kubeconfig} check --local --section local -o json")
        (section,) = json.loads(check.output)["sections"]
        found = [one["code"] for check in section["checks"] for one in check["findings"]]
        assert Code.LOCAL_HANDSHAKE in found
        assert not [event for event in connection.events if event["event"] == "handshake"]
    finally:
        machine.run("nft delete table inet strict")
    assert connection.tells("handshake", f"leader {fresh.a.name}")
    assert fresh.reaches(fresh.a.pod)
    assert connection.end() == 0
