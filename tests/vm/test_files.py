"""Files that kgctl writes, brought up as the notes beside them say: by wg-quick, and by daemons."""

import re
from collections.abc import Iterator

import pytest

from tests.tunnel.plan import V4
from tests.vm import lan
from tests.vm.connection import PATIENCE, pinging, state
from tests.vm.machine import Machine
from tests.vm.mesh import WEB, Mesh

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1200)]

IFACE = "kilo"
_CONFIGURED = "/etc/NetworkManager/system-connections/* /etc/systemd/network/*"
_UNMANAGED = (
    "[main]\nno-auto-default=*\n[keyfile]\nunmanaged-devices=interface-name:eth0;interface-name:wan;driver:veth\n"
)


@pytest.fixture
def fresh(mesh: Mesh) -> Iterator[Mesh]:
    """The mesh; what a test brings up goes with all that it has installed."""
    mesh.machine.run("rm -rf /root/work; mkdir -m 700 /root/work")
    mesh.machine.write("/etc/NetworkManager/conf.d/vm.conf", _UNMANAGED)
    yield mesh
    mesh.machine.run(
        f"systemctl stop NetworkManager systemd-networkd.socket systemd-networkd; rm -rf {_CONFIGURED}"
    )
    mesh.clean_up()


def add_peer(mesh: Mesh, *arguments: str) -> str:
    """Add the Peer "desk" on the machine, let the agents see it, and return what kgctl says on stderr."""
    words = " ".join(("--services", "auto", *arguments))
    said = mesh.machine.run(
        f"cd /root/work; kgctl --kubeconfig {mesh.kubeconfig} peer add desk {words} 2>&1 >/dev/null"
    )
    mesh.sync()
    return said


def use(machine: Machine, said: str) -> None:
    """Run what the note says, in the folder of the files."""
    (command,) = re.findall(r"to use the configuration: ([^;\n]*)", said)
    assert command.startswith("sudo ")
    machine.run(f'cd /root/work; sudo() {{ "$@"; }}; {command}')


def assert_works(mesh: Mesh) -> None:
    """Try pods, the service, names of the cluster, and a name that only the other name server knows."""
    machine = mesh.machine
    assert mesh.reaches(mesh.a.pod), machine.run("wg show; ip route; journalctl --no-pager -q -n 30")
    assert mesh.reaches(mesh.b.pod)
    assert mesh.reaches(V4.web)
    assert machine.comes_true(f"getent hosts {WEB}"), machine.run("resolvectl status")
    assert machine.run(f"getent hosts {WEB}").split()[0] == V4.web
    assert machine.run(f"getent hosts {lan.AT_HOME}").split()[0] == lan.AT_HOME_IP
    told = machine.attempt(f"kgctl --kubeconfig {mesh.kubeconfig} check --local {IFACE} --section local -o short")
    assert (told.code, told.output) == (0, "")


def test_wg_quick_brings_it_up_and_takes_it_down(fresh: Mesh) -> None:
    machine, before = fresh.machine, state(fresh.machine)
    add_peer(fresh, "--print", "none", "-O", f"{IFACE}.conf")
    machine.run(f"wg-quick up /root/work/{IFACE}.conf")
    assert fresh.reaches(fresh.a.pod)
    assert fresh.reaches(fresh.b.pod)
    assert fresh.reaches(V4.web)
    difference = f"kgctl --kubeconfig {fresh.kubeconfig} diff peer desk --interface {IFACE} --services auto"
    assert machine.run(difference) == ""
    machine.run(f"wg-quick down /root/work/{IFACE}.conf")
    assert state(machine) == before


def test_an_interface_of_wg_quick_follows_the_mesh_by_a_watched_file(fresh: Mesh) -> None:
    machine, file = fresh.machine, f"/root/work/{IFACE}.conf"
    add_peer(fresh, "--print", "none", "-O", file)
    machine.run(f"wg-quick up {file}")
    assert fresh.reaches(fresh.a.pod)
    watch = f"showconf peer desk -o wg-quick --services auto -O {file} --watch"
    on_change = f"--on-change 'kgctl sync {IFACE} --conf {file}'"
    machine.run(f"systemd-run --quiet --unit=follow kgctl --kubeconfig {fresh.kubeconfig} {watch} {on_change}")
    route = f"ip route show dev {IFACE} | grep -qF 10.9.0.0/24"
    try:
        with pinging(machine, fresh.a.pod) as pings:
            fresh.put_node(fresh.a, allowed_location_ips="10.9.0.0/24")
            assert machine.comes_true(route, within=PATIENCE), machine.run("journalctl --no-pager -q -u follow")
            fresh.put_node(fresh.a)
            assert machine.comes_true(f"! {route}", within=PATIENCE)
        assert pings.lost == []
    finally:
        machine.run("systemctl stop follow")


def test_wg_quick_has_the_names_of_the_cluster_by_systemd_resolved(fresh: Mesh) -> None:
    machine, before = fresh.machine, state(fresh.machine)
    add_peer(fresh, "--print", "none", "--dns", "auto", "-O", f"{IFACE}.conf")
    machine.run(f"wg-quick up /root/work/{IFACE}.conf")
    assert fresh.reaches(V4.web)
    assert machine.run(f"getent hosts {WEB}").split()[0] == V4.web
    assert machine.run(f"resolvectl domain {IFACE}").split(": ")[1].split() == [
        "svc.cluster.local",
        "cluster.local",
    ]
    assert machine.run(f"getent hosts {lan.AT_HOME}").split()[0] == lan.AT_HOME_IP
    machine.run(f"wg-quick down /root/work/{IFACE}.conf")
    assert state(machine) == before


def test_networkmanager_brings_a_keyfile_up(fresh: Mesh) -> None:
    machine = fresh.machine
    machine.run("systemctl start NetworkManager")
    assert machine.comes_true("nmcli general status | grep -q connected")
    before = state(machine)
    use(machine, add_peer(fresh, "-o", "networkmanager", "--dns", "auto", "-O", "kilo.nmconnection"))
    assert_works(fresh)
    assert machine.run(f"nmcli -g GENERAL.STATE device show {IFACE}").startswith("100")
    machine.run("nmcli connection down kilo")
    assert machine.comes_true(f"! ip link show {IFACE}")
    assert state(machine) == before


def test_systemd_networkd_brings_its_pair_up(fresh: Mesh) -> None:
    machine = fresh.machine
    machine.run("systemctl start systemd-networkd")
    before = state(machine)
    use(machine, add_peer(fresh, "-o", "networkd", "--dns", "auto", "-O", "."))
    assert machine.comes_true(f"networkctl --no-legend list {IFACE} | grep -q configured")
    assert_works(fresh)
    machine.run(f"rm /etc/systemd/network/*; networkctl reload; networkctl delete {IFACE}")
    assert state(machine) == before


def test_a_private_key_in_a_file_is_read_by_systemd_networkd(fresh: Mesh) -> None:
    machine = fresh.machine
    key = "/etc/systemd/network/kilo.key"
    machine.run(
        f"wg genkey | install -m 640 -g systemd-network /dev/stdin {key}; systemctl start systemd-networkd"
    )
    public = machine.run(f"wg pubkey <{key}").strip()
    said = add_peer(fresh, "--public-key", public, "--private-key-path", key, "-o", "networkd", "-O", ".")
    use(machine, said)
    assert fresh.reaches(fresh.a.pod), machine.run("journalctl --no-pager -q -u systemd-networkd")
