"""kgctl and a real API server."""

import json
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import hypothesis
import pytest
import yaml
from hypothesis import strategies as st

from kgctl_py import names
from kgctl_py.cluster.api import ApiCluster
from kgctl_py.cluster.open import Options
from kgctl_py.kilo import resources
from kgctl_py.kilo.resources import NODE_LIST
from kgctl_py.kube import decoding
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.client import Client
from kgctl_py.kube.http_connection import Exchange
from kgctl_py.kube.paging import PAGE
from kgctl_py.kube.read_list import FROM_CACHE, PROTOBUF, read_list
from kgctl_py.mesh.nodes_and_peers import Mesh
from tests.api import crd, mesh
from tests.api.certificates import Authority
from tests.api.server import ApiServerProcess, SignIn
from tests.cli.kgctl import kgctl, kgctl_program

LAPTOP = f"{resources.PEERS_PATH}/laptop"


def run(kubeconfig: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = kgctl_program("--kubeconfig", str(kubeconfig), *args)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(kubeconfig: Path) -> Mesh:
    return ApiCluster(Options(kubeconfig=str(kubeconfig))).mesh()


def client(kubeconfig: Path) -> Client:
    return Client(kubeconfig=str(kubeconfig), crds=resources.CRD_COMMANDS)


def failure(done: subprocess.CompletedProcess[str]) -> str:
    """Return the words of a command that failed as it should: one line, perhaps hints, and nothing on stdout."""
    assert (done.returncode, done.stdout) == (1, "")
    first, *hints = done.stderr.splitlines()
    assert first.startswith("kgctl: ")
    assert all(hint.startswith("hint: ") for hint in hints)
    return done.stderr


@pytest.mark.parametrize("sign_in", get_args(SignIn))
def test_every_way_to_sign_in_shows_the_same_configuration(api_server: ApiServerProcess, sign_in: SignIn) -> None:
    done = run(api_server.kubeconfig(sign_in=sign_in), "showconf", "peer", "laptop")
    assert (done.stdout, done.stderr, done.returncode) == (mesh.showconf_laptop(), "", 0)


def test_nodes_and_the_graph_come_from_the_api_server(api_server: ApiServerProcess) -> None:
    kubeconfig = api_server.kubeconfig()
    assert f"PublicKey = {mesh.key('south')}" in run(kubeconfig, "showconf", "node", "north").stdout
    assert "location:alps" in run(kubeconfig, "graph").stdout


def test_the_rules_that_a_denial_names_are_the_ones_that_are_missing(api_server: ApiServerProcess) -> None:
    kubeconfig, rules = api_server.kubeconfig("reader"), []
    for resource in ("nodes", "peers"):
        words = failure(run(kubeconfig, "showconf", "peer", "laptop"))
        rule = yaml.safe_load(words[words.index("{") :])
        assert rule["resources"] == [resource]
        rules.append(rule)
        api_server.allow("reader", *rules)
        time.sleep(0.5)  # the authorizer reads rules from its own cache
    assert run(kubeconfig, "showconf", "peer", "laptop").stdout == mesh.showconf_laptop()


def test_a_denied_write_names_its_own_rule(api_server: ApiServerProcess) -> None:
    with pytest.raises(ApiError) as caught:
        client(api_server.kubeconfig("reader")).send("DELETE", LAPTOP, {})
    assert caught.value.status == 403
    assert 'resources: ["peers"], verbs: ["delete"]' in caught.value.hint


NAMES = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,30}[A-Za-z0-9])?", fullmatch=True)
TEXT = st.text(max_size=300)


@hypothesis.settings(
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow]
)
@hypothesis.given(
    labels=st.dictionaries(NAMES, NAMES, max_size=4),
    annotations=st.dictionaries(NAMES, TEXT, max_size=4),
    cidrs=st.sampled_from(([], ["10.9.0.0/24"], ["10.9.0.0/24", "fd00:9::/64"])),
    message=TEXT,
)
def test_a_node_in_protobuf_is_the_node_in_json(
    api_server: ApiServerProcess,
    labels: dict[str, str],
    annotations: dict[str, str],
    cidrs: list[str],
    message: str,
) -> None:
    spec = (
        {"podCIDR": cidrs[0], "podCIDRs": cidrs, "taints": [{"key": "a", "effect": "NoSchedule"}]} if cidrs else {}
    )
    ready = {"type": "Ready", "status": "True", "message": message}
    node = {
        "metadata": {"name": "drawn", "labels": labels, "annotations": annotations},
        "spec": spec,
        "status": {"conditions": [ready], "images": [{"names": ["a"], "sizeBytes": 2**40}]},
    }
    api_server.create(resources.NODES_PATH, node)
    try:
        asking = client(api_server.kubeconfig())
        cached = read_list(asking, NODE_LIST, lambda raw: raw, exact=False)
        in_json = decoding.decode(asking.get(resources.NODES_PATH).body, decoding.Page[resources.Node], "")
    finally:
        api_server.request("DELETE", f"{resources.NODES_PATH}/drawn")
    assert sorted(cached.values, key=str) == sorted(in_json.items or (), key=str)
    assert "drawn" in {raw.metadata.name for raw in cached.values}
    assert int(cached.version) <= int(in_json.metadata.resource_version)


def test_a_real_server_answers_in_protobuf(api_server: ApiServerProcess) -> None:
    """Otherwise what is written of protobuf above would be about JSON."""
    asking = client(api_server.kubeconfig())
    accept = f"{PROTOBUF},application/json"
    read = asking.read(resources.NODES_PATH, FROM_CACHE, accept=accept, consume=_type_and_start)
    assert read == (PROTOBUF, b"k8s\0")


def _type_and_start(exchange: Exchange, _: Callable[[], None]) -> tuple[str, bytes]:
    return exchange.reply.headers.get("Content-Type", ""), exchange.reply.read()[:4]


@pytest.mark.slow
def test_nodes_on_several_pages_are_all_read(api_server: ApiServerProcess) -> None:
    total = PAGE + 100
    for number in range(total):
        metadata = {"name": f"page-{number:04}", "labels": {"many": ""}}
        api_server.create(resources.NODES_PATH, {"metadata": metadata})
    try:
        nodes = read(api_server.kubeconfig()).nodes
        exactly = ApiCluster(Options(kubeconfig=str(api_server.kubeconfig())))
        exactly.refresh()
        in_pages = exactly.mesh().nodes
        first = json.loads(client(api_server.kubeconfig()).get(resources.NODES_PATH, {"limit": str(PAGE)}).body)
    finally:
        api_server.request("DELETE", f"{resources.NODES_PATH}?{urllib.parse.urlencode({'labelSelector': 'many'})}")
    assert [node.name for node in nodes] == ["north", *(f"page-{number:04}" for number in range(total)), "south"]
    assert in_pages == nodes
    assert len(first["items"]) == PAGE


@pytest.fixture
def without_crd(api_server: ApiServerProcess) -> Iterator[ApiServerProcess]:
    api_server.request("DELETE", f"{crd.CRDS}/{names.PEERS_RESOURCE}")
    api_server.wait_for_peers(served=False)
    yield api_server
    api_server.install_crd()
    for path, manifest in mesh.peers():
        api_server.create(path, manifest)


def test_without_the_crd_the_error_says_how_to_install_it(without_crd: ApiServerProcess) -> None:
    words = failure(run(without_crd.kubeconfig(), "graph"))
    assert f'CRD "{names.PEERS_RESOURCE}" is missing' in words
    assert "hint: to create it: kgctl manifests --part crds" in words


def test_unknown_credentials_are_refused(api_server: ApiServerProcess, tmp_path: Path) -> None:
    text = (
        api_server.kubeconfig()
        .read_text()
        .replace("token-of-admin", "stolen")
        .replace("ca.crt", str(api_server.ca))
    )
    (tmp_path / "config").write_text(text)
    words = failure(run(tmp_path / "config", "graph"))
    assert f'the API server "{api_server.url}" rejected the credentials' in words
    assert "stolen" not in words


def test_a_kubeconfig_without_credentials_is_told_so(api_server: ApiServerProcess, tmp_path: Path) -> None:
    config = json.loads(api_server.kubeconfig().read_text().replace("ca.crt", str(api_server.ca)))
    config["users"][0]["user"] = {}
    (tmp_path / "config").write_text(json.dumps(config))
    words = failure(run(tmp_path / "config", "graph"))
    assert "rejected the credentials" in words
    assert "RBAC" not in words


def test_an_api_server_of_another_authority_is_not_trusted(api_server: ApiServerProcess, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(api_server.kubeconfig().read_text())
    (tmp_path / "ca.crt").write_bytes(Authority("somebody else").certificate)
    assert f'the certificate of the API server "{api_server.url}" is not trusted' in failure(
        run(tmp_path / "config", "graph")
    )


def test_the_clock_of_the_api_server_is_read(api_server: ApiServerProcess) -> None:
    response = client(api_server.kubeconfig()).get(resources.NODES_PATH)
    assert response.time.date == pytest.approx(time.time(), abs=5)
    assert read(api_server.kubeconfig()).clock_skew == 0


def test_peers_are_made_changed_and_removed(api_server: ApiServerProcess) -> None:
    admin = client(api_server.kubeconfig())
    path = f"{resources.PEERS_PATH}/guest"
    admin.send("POST", resources.PEERS_PATH, mesh.peer("guest", "10.5.0.9"))
    with pytest.raises(ApiError, match="already exists") as again:
        admin.send("POST", resources.PEERS_PATH, mesh.peer("guest", "10.5.0.9"))
    changed = json.loads(admin.get(path).body)
    changed["spec"]["allowedIPs"] = ["10.5.0.10/32"]
    admin.send("PUT", path, changed)
    assert json.loads(admin.get(path).body)["spec"]["allowedIPs"] == ["10.5.0.10/32"]
    admin.send("DELETE", path, {})
    with pytest.raises(ApiError, match="not found") as gone:
        admin.get(path)
    assert (again.value.status, gone.value.status) == (409, 404)


def test_a_frozen_api_server_is_given_up_at_the_deadline(api_server: ApiServerProcess) -> None:
    kubeconfig = api_server.kubeconfig()
    api_server.signal(signal.SIGSTOP)
    started = time.monotonic()
    try:
        words = failure(run(kubeconfig, "--request-timeout", "1", "graph"))
    finally:
        api_server.signal(signal.SIGCONT)
    assert "did not answer within 1 s" in words
    assert time.monotonic() - started < 10


def test_an_api_server_that_does_not_run_is_an_error(api_server: ApiServerProcess) -> None:
    words = failure(run(api_server.unreachable_kubeconfig(), "graph"))
    assert 'cannot reach the API server "https://127.0.0.1:' in words
    assert ": connection refused\n" in words


@pytest.mark.slow  # it takes seconds to start the server again
def test_an_api_server_that_stops_in_the_middle_is_an_error(api_server: ApiServerProcess) -> None:
    kubeconfig = api_server.kubeconfig()
    api_server.signal(signal.SIGSTOP)
    command = kgctl_program("--kubeconfig", str(kubeconfig), "graph")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kgctl:
        time.sleep(2)  # it has connected and waits for an answer
        api_server.stop()
        stdout, stderr = kgctl.communicate(timeout=10)
    assert (kgctl.returncode, stdout) == (1, "")
    assert f'the API server "{api_server.url}"' in stderr
    words = failure(run(kubeconfig, "graph"))
    assert f'cannot reach the API server "{api_server.url}": connection refused' in words


@pytest.mark.slow
def test_the_names_of_nodes_and_peers_are_those_of_the_server(api_server: ApiServerProcess) -> None:
    result = kgctl("--kubeconfig", str(api_server.kubeconfig()), "--no-resolve", "dns", "export")
    assert result.stdout == (
        "# Written by kgctl dns export.\n"
        "10.5.0.1\tlaptop.kilo.internal\n"
        "10.4.0.1\tnorth.kilo.internal\n"
        "10.5.0.2\tphone.kilo.internal\n"
        "10.4.0.2\tsouth.kilo.internal\n"
    )
