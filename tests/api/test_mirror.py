"""`kgctl peering mirror` and two real API servers: mirrored Services follow, with the rights in the docs."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.newer_server import newer
from tests.api.server import ApiServerProcess, running
from tests.cli.kgctl import kgctl_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SERVICES = "/api/v1/namespaces/shop/services"
SLICES = "/apis/discovery.k8s.io/{}/namespaces/shop/endpointslices"
OBJECTS = [("", "services"), ("discovery.k8s.io", "endpointslices")]
READ = [{"apiGroups": [group], "resources": [name], "verbs": ["list", "watch"]} for group, name in OBJECTS]
WRITE = [
    {"apiGroups": [group], "resources": [name], "verbs": ["list", "get", "create", "update", "delete"]}
    for group, name in OBJECTS
]
PORT = {"name": "http", "port": 80, "protocol": "TCP"}


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[ApiServerProcess, ApiServerProcess]]:
    for name in ("aws", "edge"):
        (tmp_path / name).mkdir()
    with (
        running(tmp_path / "aws", users=("reader",)) as aws,
        running(tmp_path / "edge", users=("writer",)) as edge,
    ):
        aws.allow("reader", *READ)
        edge.allow("writer", *WRITE)
        yield aws, edge


@pytest.fixture
def words(servers: tuple[ApiServerProcess, ApiServerProcess], tmp_path: Path) -> Iterator[list[str]]:
    """The clusters for kgctl."""
    aws, edge = servers
    with newer(aws, "reader", tmp_path / "aws") as source, newer(edge, "writer", tmp_path / "edge") as target:
        yield [f"aws={source}#", f"edge={target}#"]


def slices(server: ApiServerProcess) -> str:
    """Return the path of EndpointSlices in a version that the server has."""
    is_new = server.serves("/apis/discovery.k8s.io/v1/endpointslices")
    return SLICES.format("v1" if is_new else "v1beta1")


def pods(*addresses: str) -> dict[str, Any]:
    return {
        "metadata": {"name": "db-1", "labels": {"kubernetes.io/service-name": "db"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}} for address in addresses],
        "ports": [PORT],
    }


def addresses(server: ApiServerProcess, service: str) -> list[str]:
    found = server.request("GET", f"{slices(server)}?labelSelector=kubernetes.io/service-name%3D{service}")[
        "items"
    ]
    return sorted(address for one in found for end in one["endpoints"] or () for address in end["addresses"])


def names(server: ApiServerProcess) -> list[str]:
    return sorted(one["metadata"]["name"] for one in server.request("GET", SERVICES)["items"])


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_mirrors_follow_services_and_pods_until_sigterm_and_can_be_removed(
    servers: tuple[ApiServerProcess, ApiServerProcess], words: list[str]
) -> None:
    aws, edge = servers
    command = kgctl_program("peering", "mirror", *words)
    aws.create("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    web = aws.create(SERVICES, {"metadata": {"name": "web"}, "spec": {"ports": [PORT]}})
    aws.create(SERVICES, {"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "ports": [PORT]}})
    aws.create(slices(aws), pods("10.42.1.5"))
    refused = subprocess.run([*command, "shop/web", "--apply"], capture_output=True, text=True, check=False)
    assert (refused.returncode, "create namespace shop" in refused.stderr) == (1, True), refused.stderr
    edge.create("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    follow = subprocess.Popen([*command, "shop/web", "shop/db", "--watch"], stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: addresses(edge, "web-aws") == [web["spec"]["clusterIP"]])
        until(lambda: addresses(edge, "db-aws") == ["10.42.1.5"])
        aws.request("PATCH", f"{slices(aws)}/db-1", pods("10.42.1.5", "10.42.2.6"))
        until(lambda: addresses(edge, "db-aws") == ["10.42.1.5", "10.42.2.6"])
        before = edge.request("GET", f"{SERVICES}/web-aws")
        aws.request("DELETE", f"{SERVICES}/web")
        until(lambda: addresses(edge, "web-aws") == [])
        assert edge.request("GET", f"{SERVICES}/web-aws") == before
        follow.terminate()
        assert follow.wait(60) == 0
    finally:
        follow.kill()
        _, told = follow.communicate()
    assert 'aws: Service "shop/web" no longer exists, so shop/web-aws has no addresses' in told
    assert names(edge) == ["db-aws", "web-aws"]
    again = subprocess.run([*command, "shop/db", "--apply"], capture_output=True, text=True, check=False)
    assert "edge: shop/db-aws unchanged" in again.stderr
    removed = subprocess.run([*command, "--remove"], capture_output=True, text=True, check=False)
    assert (removed.returncode, names(edge)) == (0, []), removed.stderr
    assert edge.request("GET", slices(edge))["items"] == []
