"""One API server for all tests of a worker, with the CRD of Peers and a small mesh."""

from collections.abc import Iterator

import pytest

from tests.api import mesh
from tests.api.server import ApiServerProcess


@pytest.fixture(scope="session")
def started_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    server = ApiServerProcess(tmp_path_factory.mktemp("api"), users=("reader", "guest", "joiner"))
    try:
        server.start()
        server.install_crd()
        for path, manifest in mesh.manifests():
            server.create(path, manifest)
        yield server
    finally:
        server.stop()


@pytest.fixture
def api_server(started_server: ApiServerProcess) -> ApiServerProcess:
    """The server, started again where a test stopped it."""
    if not started_server.is_running:
        started_server.start()
    return started_server
