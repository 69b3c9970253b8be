"""One API server for all tests of this folder that a worker has, with the CRD of Peers and a small mesh."""

from collections.abc import Iterator

import pytest

from kgctl_py.kilo import resources
from tests.api import mesh
from tests.api.peers import Peers
from tests.api.server import ApiServerProcess, running
from tests.in_memory import Raw


@pytest.fixture(scope="package")
def started_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    with running(tmp_path_factory.mktemp("api"), users=("reader", "guest", "joiner")) as server:
        for path, manifest in mesh.manifests():
            server.create(path, manifest)
        yield server


@pytest.fixture
def api_server(started_server: ApiServerProcess) -> Iterator[ApiServerProcess]:
    """The server, started again where a test stopped it; Peers that a test changed are afterwards as before."""
    if not started_server.is_running:
        started_server.start()
    yield started_server
    if started_server.is_running:
        _restore_peers(started_server)


@pytest.fixture
def peers(api_server: ApiServerProcess) -> Peers:
    """The Peers of the server, for `kgctl peer` to be run on."""
    return Peers(api_server)


def _restore_peers(server: ApiServerProcess) -> None:
    if not server.serves(resources.PEERS_PATH):
        return
    wanted = {peer["metadata"]["name"]: peer for _, peer in mesh.peers()}
    there = {peer["metadata"]["name"]: peer for peer in server.request("GET", resources.PEERS_PATH)["items"]}
    same = {name for name, peer in there.items() if name in wanted and _content(peer) == _content(wanted[name])}
    for name in there.keys() - same:
        server.request("DELETE", f"{resources.PEERS_PATH}/{name}")
    for name in wanted.keys() - same:
        server.create(resources.PEERS_PATH, wanted[name])


def _content(peer: Raw) -> tuple[object, ...]:
    """Return what a test can change of a Peer."""
    metadata = peer["metadata"]
    return peer["spec"], metadata.get("annotations") or {}, metadata.get("labels") or {}
