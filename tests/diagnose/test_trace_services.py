"""`kgctl trace` to the address of a Service: the first node on the way sends the packet to one of its pods."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from kgctl_py.mesh.whois import Kind
from tests.cli.kgctl import kgctl
from tests.in_memory import Cluster, Raw, node, peer

IP = "10.96.0.80"
WEB = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"clusterIP": IP},
}
LAPTOP = peer("laptop", persistentKeepalive=25)


def traced(folder: Path, source: str, *objects: Raw, nodes: list[Raw] | None = None) -> Result:
    cluster = Cluster(nodes or [node("a", 1), node("b", 2)], [LAPTOP])
    file = folder / "cluster.json"
    file.write_text(json.dumps({**json.loads(cluster.as_list()), "items": [*cluster.nodes, LAPTOP, *objects]}))
    return kgctl("--from-file", str(file), "trace", source, IP)


@pytest.mark.parametrize("source", ["a", "b", "10.42.2.7"])
def test_from_a_node_it_depends_on_the_pods_of_the_service(tmp_path: Path, source: str) -> None:
    run = traced(tmp_path, source, WEB)
    own = {"10.42.2.7": "b"}.get(source, source)
    assert run.exit_code == 0
    first, second = f"{IP} is a Service: kube-proxy on node/{own} sends the packet to one of its pods", "perhaps: "
    assert [line for line in run.stdout.splitlines() if line.startswith(second)] == [
        f"perhaps: node/{own} must reach a ready pod of the Service, and its kube-proxy must translate {IP}"
    ]
    assert first in run.stdout.splitlines()


def test_from_a_peer_it_goes_to_the_leader_that_declares_its_network_or_nowhere(tmp_path: Path) -> None:
    declares = [node("a", 1, allowed_location_ips="10.96.0.0/12"), node("b", 2)]
    run = traced(tmp_path, "laptop", WEB, nodes=declares)
    assert (run.exit_code, run.stdout.count("perhaps: node/a must reach a ready pod")) == (0, 1)
    assert run.stdout.count("node/a (leads a)") == 1
    run = traced(tmp_path, "laptop", WEB)
    assert (run.exit_code, run.stdout.splitlines()[-1]) == (1, f"no: peer/laptop has no route to {IP}")


def test_an_address_of_the_mesh_is_no_service(tmp_path: Path) -> None:
    taken = [node("a", 1), node("b", 2, pod_cidr="10.96.0.0/24")]
    run = traced(tmp_path, "a", WEB, nodes=taken)
    assert run.stdout.splitlines()[-1] == "yes: the packet arrives, and the answer returns"
    assert Kind.SERVICE not in run.stdout


def test_without_the_service_there_is_no_route(tmp_path: Path) -> None:
    run = traced(tmp_path, "a")
    assert (run.exit_code, run.stdout.splitlines()[-1]) == (1, f"no: node/a has no route to {IP}")
