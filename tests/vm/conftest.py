"""The machine, booted once for all tests, and the mesh in it; without a machine the tests are skipped."""

from collections.abc import Iterator

import pytest

from tests.api.server import ApiServerProcess, running
from tests.tunnel.plan import V4
from tests.vm import lan
from tests.vm.disk import make_disk
from tests.vm.machine import Machine, booted, why_not
from tests.vm.mesh import Mesh


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine with its network."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("vm")
    with booted(folder, make_disk(folder)) as machine:
        lan.set_up(machine)
        yield machine


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    with running(tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture(scope="session")
def mesh(machine: Machine, server: ApiServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """The mesh, which has no Peers, and nothing on the machine itself, between files of tests."""
    return Mesh(machine, server, V4, tmp_path_factory.mktemp("mesh"), port=6443)
