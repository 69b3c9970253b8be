"""A workstation joins a cluster on a real API server with one command, and nothing else but `wg-quick up`."""

from collections.abc import Iterator

import pytest

from tests.api.server import ApiServerProcess, running
from tests.tunnel.cluster import OnApiServer, kgctl
from tests.tunnel.kilo import WEB_NAME, Kilo
from tests.tunnel.lab import Lab
from tests.tunnel.plan import V4

pytestmark = pytest.mark.slow

LAPTOP = 7


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    with running(tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture
def kilo(lab: Lab, server: ApiServerProcess) -> Kilo:
    kilo = Kilo(lab, OnApiServer(server, dns=V4.dns, services=V4.services), V4)
    kilo.settle()
    return kilo


def test_one_command_and_wg_quick_up_reach_pods_services_and_names(kilo: Kilo) -> None:
    file, laptop = kilo.lab.folder / "laptop.conf", kilo.computer("laptop", LAPTOP)
    kgctl(kilo.cluster, "peer", "add", "laptop", "-O", file)
    kilo.sync()
    laptop.wg_quick_up(file)
    assert laptop.reaches(kilo.nodes["a1"].pod)
    assert laptop.reaches(kilo.nodes["a2"].pod)
    kilo.sync()  # b1 is told where a1 heard from the laptop, and calls it
    assert laptop.reaches(kilo.nodes["b1"].pod)
    assert laptop.hears(V4.web, 80).startswith("I am a1,")


def test_names_of_the_cluster_resolve_on_request(kilo: Kilo) -> None:
    file, laptop = kilo.lab.folder / "laptop.conf", kilo.computer("laptop", LAPTOP)
    kgctl(kilo.cluster, "peer", "add", "laptop", "--dns", "auto", "--psk", "-O", file)
    kilo.sync()
    laptop.wg_quick_up(file)
    assert laptop.hears(WEB_NAME, 80).startswith("I am a1,")
    assert laptop.hears("web.default", 80).startswith("I am a1,")


def test_a_rotated_key_stops_working_and_the_new_one_works(kilo: Kilo) -> None:
    old, new = kilo.lab.folder / "laptop.conf", kilo.lab.folder / "new" / "laptop.conf"
    new.parent.mkdir()
    laptop, pod = kilo.computer("laptop", LAPTOP), kilo.nodes["a1"].pod
    kgctl(kilo.cluster, "peer", "add", "laptop", "-O", old)
    kilo.sync()
    laptop.wg_quick_up(old)
    assert laptop.reaches(pod)
    kgctl(kilo.cluster, "peer", "rotate", "laptop", "--yes", "-O", new)
    kilo.sync()
    assert not laptop.reaches(pod, within=2)
    laptop.wg_syncconf(new)
    assert laptop.reaches(pod)


def test_a_removed_peer_is_shut_out(kilo: Kilo) -> None:
    file, laptop = kilo.lab.folder / "laptop.conf", kilo.computer("laptop", LAPTOP)
    kgctl(kilo.cluster, "peer", "add", "laptop", "-O", file)
    kilo.sync()
    laptop.wg_quick_up(file)
    assert laptop.reaches(kilo.nodes["a1"].pod)
    kgctl(kilo.cluster, "peer", "rm", "laptop")
    kilo.sync()
    assert not laptop.reaches(kilo.nodes["a1"].pod, within=2)
