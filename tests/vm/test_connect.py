"""`kgctl connect` on WireGuard of the kernel and systemd-resolved, with a real API server."""

from collections.abc import Iterator

import pytest

from tests.tunnel.cluster import KeyPair
from tests.tunnel.plan import INTERFACE, PORT, V4
from tests.vm import lan
from tests.vm.connection import Connection, connected, loses_nothing, pinging
from tests.vm.mesh import WEB, Mesh

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def connection(mesh: Mesh) -> Iterator[Connection]:
    """The machine as the peer "laptop" for all tests of the file, with handshakes with both nodes."""
    connection = connected(mesh, "--resync-period", "3s")
    yield connection
    connection.stop()
    mesh.clean_up()


def test_it_uses_the_kernel_and_reaches_pods_services_and_names(mesh: Mesh, connection: Connection) -> None:
    machine = mesh.machine
    assert connection.tells("interface", "WireGuard in the kernel")
    assert connection.tells("handshake", f"leader {mesh.a.name}")
    assert connection.tells("handshake", f"leader {mesh.b.name}")
    assert mesh.reaches(V4.web)
    assert machine.run(f"getent hosts {WEB}").split() == [V4.web, WEB]
    assert machine.run(f"getent hosts {lan.AT_HOME}").split() == [lan.AT_HOME_IP, lan.AT_HOME]
    told = machine.run(f"resolvectl status {INTERFACE}")
    assert "-DefaultRoute" in told
    assert machine.run(f"resolvectl domain {INTERFACE}").split(": ")[1].split() == [
        "svc.cluster.local",
        "cluster.local",
    ]
    assert connection.errors == ""


def test_what_is_up_is_what_diff_and_check_expect(mesh: Mesh, connection: Connection) -> None:
    kgctl = f"kgctl --kubeconfig {mesh.kubeconfig}"
    same = mesh.machine.attempt(f"{kgctl} diff peer laptop --interface {INTERFACE} --services auto")
    assert (same.code, same.output) == (0, "")
    check = mesh.machine.attempt(f"{kgctl} check --local --section local -o short")
    assert (check.code, check.output) == (0, "")


def test_an_ipv6_route_of_an_interface_with_only_an_ipv4_address_is_right(
    mesh: Mesh, connection: Connection
) -> None:
    mesh.put_node(mesh.a, allowed_location_ips="fd00:9::/64")
    assert connection.tells("changed", "+fd00:9::/64")
    check = f"kgctl --kubeconfig {mesh.kubeconfig} check --local --section local -o short"
    assert mesh.machine.run(check) == ""
    mesh.put_node(mesh.a)
    assert connection.tells("changed", "-fd00:9::/64")


def test_no_key_is_told_or_shown(mesh: Mesh, connection: Connection) -> None:
    machine, pid = mesh.machine, connection.pid
    key = machine.run(f"wg show {INTERFACE} private-key").strip()
    shown = machine.run(f"cat /proc/{pid}/cmdline /proc/{pid}/environ | tr '\\0' '\\n'; journalctl --no-pager -q")
    assert len(key) == 44
    assert key not in shown + connection.everything


def test_what_changes_elsewhere_loses_no_packet(mesh: Mesh, connection: Connection) -> None:
    def change() -> Iterator[int]:
        told = len(connection.events)
        with pinging(mesh.machine, mesh.a.pod) as to_a, pinging(mesh.machine, mesh.b.pod) as to_b:
            mesh.put_peer("office", "10.5.0.20/32")
            assert connection.tells("joined", "peer office", after=told)
            mesh.remove_peer("office")
            assert connection.tells("left", "peer office", after=told)

            key = KeyPair.make(mesh.folder / f"c-{told}.key").public
            mesh.cluster.put([mesh.node_manifest("c1", 3, key)])
            assert connection.tells("joined", "location:c", after=told)
            assert "10.42.3.0/24" in mesh.machine.run(f"ip route show dev {INTERFACE}")
            mesh.remove_node("c1")
            assert connection.tells("left", "location:c", after=told)
            assert "10.42.3.0/24" not in mesh.machine.run(f"ip route show dev {INTERFACE}")

            mesh.put_node(mesh.a, allowed_location_ips="10.9.0.0/24")
            assert connection.tells("changed", "+10.9.0.0/24", after=told)
            mesh.put_node(mesh.a)
            assert connection.tells("changed", "-10.9.0.0/24", after=told)
        for pings in (to_a, to_b):
            assert len(pings.answered) > 20
            yield from pings.lost

    assert loses_nothing(change), connection.everything


def test_an_endpoint_that_moves_takes_its_session_with_it(mesh: Mesh, connection: Connection) -> None:
    mesh.a.host.run("ip address replace 203.0.113.101/24 dev eth0")

    def move() -> list[int]:
        told = len(connection.events)
        with pinging(mesh.machine, mesh.a.pod) as pings:
            mesh.put_node(mesh.a, endpoint=f"203.0.113.101:{PORT}")
            assert connection.tells("changed", f"+203.0.113.101:{PORT}", after=told)
            assert mesh.machine.comes_true(f"wg show {INTERFACE} endpoints | grep -q 203.0.113.101:{PORT}")
        mesh.put_node(mesh.a)
        assert connection.tells("changed", f"+203.0.113.1:{PORT}", after=told)
        return pings.lost

    assert loses_nothing(move), connection.everything


def test_an_endpoint_that_the_kernel_learned_is_kept(mesh: Mesh, connection: Connection) -> None:
    mesh.a.host.run(f"wg set {INTERFACE} listen-port 51999; ping -c 2 -W 5 10.5.0.1")
    assert mesh.machine.comes_true(f"wg show {INTERFACE} endpoints | grep -q 203.0.113.1:51999")
    mesh.put_peer("guest", "10.5.0.21/32")
    assert connection.tells("joined", "peer guest")
    mesh.remove_peer("guest")
    mesh.machine.run("sleep 5")  # it is compared again meanwhile
    assert "203.0.113.1:51999" in mesh.machine.run(f"wg show {INTERFACE} endpoints")
    assert mesh.reaches(mesh.a.pod)
    mesh.a.host.run(f"wg set {INTERFACE} listen-port {PORT}; ping -c 2 -W 5 10.5.0.1")
    assert mesh.machine.comes_true(f"wg show {INTERFACE} endpoints | grep -q 203.0.113.1:{PORT}")


def test_what_somebody_changes_by_hand_is_set_right(mesh: Mesh, connection: Connection) -> None:
    key, machine = mesh.b.key.public, mesh.machine
    machine.run(f"""
        wg set {INTERFACE} peer {key} remove
        ip route del {V4.pod_cidr.format(1)} dev {INTERFACE}
        ip address add 10.77.0.1/32 dev {INTERFACE}
        ip link set {INTERFACE} mtu 1300
        resolvectl revert {INTERFACE}
    """)
    assert connection.tells("dns", f"name servers restored: {V4.dns}")
    assert machine.run(f"getent hosts {WEB}").split()[0] == V4.web
    assert machine.comes_true(f"wg show {INTERFACE} peers | grep -qF {key}")
    assert machine.comes_true(f"ip route show dev {INTERFACE} | grep -qF {V4.pod_cidr.format(1)}")
    assert machine.comes_true(f"! ip address show dev {INTERFACE} | grep -qF 10.77.0.1")
    assert machine.comes_true(f"ip link show {INTERFACE} | grep -q 'mtu 1420'")
    machine.run(f"ip link set {INTERFACE} down")
    assert machine.comes_true(f"ip route show dev {INTERFACE} | grep -qF {V4.pod_cidr.format(1)}")
    assert mesh.reaches(mesh.b.pod)


def test_a_session_that_an_agent_has_ended_is_restarted(mesh: Mesh, connection: Connection) -> None:
    """How soon is measured by tests/tunnel/test_heal.py: an emulated machine is too slow for that."""
    with pinging(mesh.machine, mesh.b.pod) as pings:
        mesh.put_peer("third", "10.5.0.22/32")
        assert connection.tells("joined", "peer third")
        mesh.rewrite(mesh.b)
        assert connection.tells("healed", f"leader {mesh.b.name}")
        assert mesh.reaches(mesh.b.pod)
    mesh.remove_peer("third")
    assert pings.lost


def test_an_idle_tunnel_is_not_woken(mesh: Mesh, connection: Connection) -> None:
    """Ten seconds after the last packet two keepalives go out at once, and the node does not know the session."""
    assert mesh.reaches(mesh.b.pod)
    told = len(connection.events)
    mesh.put_peer("fourth", "10.5.0.23/32")
    assert connection.tells("joined", "peer fourth")
    mesh.rewrite(mesh.b)
    mesh.machine.run("sleep 18")
    restarts = [event for event in connection.events[told:] if event["event"] in ("healed", "silent")]
    assert not [event for event in restarts if f"leader {mesh.b.name}" in event["message"]]
    mesh.remove_peer("fourth")
