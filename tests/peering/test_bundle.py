"""A bundle of `kgctl gather` shows the peerings of a cluster as the cluster does."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.kilo import resources
from tests.cli.kgctl import kgctl
from tests.kube.fake_server import FakeServer, Reply, kubeconfig
from tests.peering.clusters import Server, World
from tests.peering.test_remove import joined

_STATUS = ("status", "aws", "edge", "-o", "json")


def listed(items: object) -> list[Reply]:
    date = {"Date": "Thu, 01 Jan 2026 09:00:00 GMT"}
    return [Reply(body=json.dumps({"items": items}).encode(), headers=date)]


@contextlib.contextmanager
def served(server: Server, folder: Path) -> Iterator[str]:
    """Serve a cluster, and yield its kubeconfig."""
    for one in server.peers.values():
        one["metadata"]["creationTimestamp"] = "2025-12-31T09:00:00Z"
    replies = {
        resources.NODES_PATH: listed(server.nodes),
        resources.PEERS_PATH: listed(list(server.peers.values())),
        "/api/v1/namespaces": listed(
            [{"metadata": {"name": "kube-system", "uid": server.uid, "labels": {"a": "b"}}}]
        ),
        "/apis/networking.k8s.io/v1/servicecidrs": listed(
            [{"metadata": {"name": "kubernetes"}, "spec": {"cidrs": [server.services]}}]
        ),
        "/version": [Reply(body=b'{"gitVersion": "v1.33.2"}')],
    }
    with FakeServer(replies) as fake:
        kubeconfig(folder / "config", fake.url)
        yield str(folder / "config")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two joined clusters, and a bundle of each."""
    world = joined("--services", "none", "--psk")
    for name, server in world.servers.items():
        assert isinstance(server, Server)
        (tmp_path / name).mkdir()
        with served(server, tmp_path / name) as config:
            run = kgctl("--kubeconfig", config, "--no-resolve", "gather", "-O", str(tmp_path / f"{name}.tar.gz"))
            assert run.exit_code == 0, run.output
    return world


def peerings(run: Any) -> Any:
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)["peerings"]


def test_two_bundles_have_the_state_of_their_peering(world: World, tmp_path: Path) -> None:
    live = peerings(world.kgctl(*_STATUS))
    saved = peerings(
        kgctl("peering", "status", *(f"{tmp_path}/{name}.tar.gz" for name in ("aws", "edge")), "-o", "json")
    )
    assert [len(one["drift"]) for one in live] == [0, 0]
    assert saved == live
    assert saved[0]["ageSeconds"] > 0


def test_a_bundle_alone_shows_its_peerings(world: World, tmp_path: Path) -> None:
    run = kgctl("peering", "status", f"{tmp_path}/aws.tar.gz", "-o", "json")
    assert [(one["cluster"], one["peers"]) for one in peerings(run)] == [("edge", 2)]
    shown = kgctl(
        "--from-file", f"{tmp_path}/aws.tar.gz", "showconf", "peer", "edge.loc.berlin", "--as-peer", "-o", "yaml"
    )
    assert "kgctl.kilo.squat.ai" not in shown.stderr
