"""The end of `kgctl connect`: told to, it leaves nothing; killed, the next run takes over what it left."""

from collections.abc import Iterator

import pytest

from tests.docs.pages import DOCS, blocks
from tests.tunnel.plan import INTERFACE
from tests.vm.connection import PATIENCE, connected, state
from tests.vm.mesh import Mesh

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1200)]


@pytest.fixture
def fresh(mesh: Mesh) -> Iterator[Mesh]:
    yield mesh
    mesh.clean_up()


def test_told_to_end_it_leaves_everything_as_it_was(fresh: Mesh) -> None:
    before = state(fresh.machine)
    connection = connected(fresh)
    assert state(fresh.machine) != before
    assert connection.end() == 0
    assert state(fresh.machine) == before
    assert fresh.peers == {}
    assert connection.errors == ""


def test_what_a_killed_run_left_is_taken_over(fresh: Mesh) -> None:
    before = state(fresh.machine)
    killed = connected(fresh)
    killed.end("KILL")
    assert INTERFACE in fresh.machine.run("wg show interfaces")
    again = connected(fresh)
    assert again.tells("interface", "removed interface")
    assert fresh.peers["laptop"]["spec"]["allowedIPs"] == ["10.5.0.1/32"]
    assert again.end() == 0
    assert (state(fresh.machine), fresh.peers) == (before, {})


def test_disconnect_removes_what_a_killed_run_left(fresh: Mesh) -> None:
    before = state(fresh.machine)
    connected(fresh).end("KILL")
    fresh.machine.run(f"kgctl --kubeconfig {fresh.kubeconfig} disconnect laptop")
    assert (state(fresh.machine), fresh.peers) == (before, {})


def test_the_unit_of_the_docs_runs_it_as_a_service(fresh: Mesh) -> None:
    (unit,) = blocks((DOCS / "connect.md").read_text(), "ini")
    machine, before = fresh.machine, state(fresh.machine)
    machine.write("/etc/systemd/system/kgctl.service", unit)
    machine.run(f"""
        install -D -m 600 {fresh.kubeconfig} /etc/kgctl/kubeconfig
        wg genkey | install -m 600 /dev/stdin /etc/kgctl/key
        systemctl daemon-reload
        systemctl start kgctl
    """)
    assert machine.comes_true(f"ip route show dev {INTERFACE} | grep -qF 10.42.2.0/24", within=PATIENCE)
    fresh.sync()
    assert fresh.reaches(fresh.a.pod), machine.run("journalctl --no-pager -q -u kgctl")
    machine.run("systemctl stop kgctl")
    assert machine.run("systemctl show --property Result,ExecMainStatus kgctl").split() == [
        "Result=success",
        "ExecMainStatus=0",
    ]
    assert (state(machine), fresh.peers) == (before, {})
    machine.run("rm /etc/systemd/system/kgctl.service; systemctl daemon-reload")
