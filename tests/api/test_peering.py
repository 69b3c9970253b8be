"""`kgctl peering` and two real API servers."""

import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.peering.probing.probe_script import SCRIPT, Report, parse_report
from tests.api.server import ApiServerProcess, running
from tests.cli.kgctl import kgctl, kgctl_program
from tests.in_memory import key, node, peer
from tests.peering.clusters import edge

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

READ = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}
PEERS = {"apiGroups": ["kilo.squat.ai"], "resources": ["peers"], "verbs": ["list"]}
IDENTITY = {
    "apiGroups": [""],
    "resources": ["namespaces"],
    "resourceNames": ["kube-system"],
    "verbs": ["list"],
}
WRITE = {"apiGroups": ["kilo.squat.ai"], "resources": ["peers"], "verbs": ["get", "create", "update", "delete"]}
STATED = ("--service-cidr", "aws=10.96.0.0/16", "--service-cidr", "edge=10.98.0.0/16")


class Pair:
    """Two servers with nodes, and kgctl run on both."""

    def __init__(self, aws: ApiServerProcess, edge_: ApiServerProcess) -> None:
        self.aws, self.edge = aws, edge_
        self.words = ["aws=" + str(aws.kubeconfig()) + "#tests", "edge=" + str(edge_.kubeconfig()) + "#tests"]

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            kgctl_program("peering", *args), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    def peers(self, server: ApiServerProcess) -> dict[str, Any]:
        return {one["metadata"]["name"]: one for one in server.request("GET", resources.PEERS_PATH)["items"]}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ApiServerProcess, ApiServerProcess]]:
    with (
        running(tmp_path_factory.mktemp("aws"), users=("writer", "reader")) as aws,
        running(tmp_path_factory.mktemp("edge"), users=("reader", "joiner")) as far,
    ):
        aws.create(resources.NODES_PATH, alive(node("n1", 1, "eu-west", key=key("aws n1"))))
        for one in edge().nodes:
            far.create(resources.NODES_PATH, alive(one))
        yield aws, far


@pytest.fixture
def pair(servers: tuple[ApiServerProcess, ApiServerProcess]) -> Pair:
    for server in servers:
        server.request("DELETE", resources.PEERS_PATH)
    annotations = {names.PERSISTENT_KEEPALIVE: "25", names.PEERING_KEEPALIVE: None}
    servers[1].request("PATCH", f"{resources.NODES_PATH}/home-1", {"metadata": {"annotations": annotations}})
    return Pair(*servers)


def alive(raw: dict[str, Any]) -> dict[str, Any]:
    """A node that stays ready for longer than the tests take: its clock is ahead."""
    raw["metadata"]["annotations"]["kilo.squat.ai/last-seen"] = str(int(time.time()) + 3600)
    return raw


def objects(server: ApiServerProcess) -> dict[str, Any]:
    """Return all Nodes and Peers, without what the server changes at every write."""
    paths = (resources.NODES_PATH, resources.PEERS_PATH)
    found = {
        f"{path}/{one['metadata']['name']}": one for path in paths for one in server.request("GET", path)["items"]
    }
    for one in found.values():
        for name in ("resourceVersion", "managedFields"):
            one["metadata"].pop(name, None)
    return found


def test_rm_leaves_all_objects_of_both_servers_as_they_were(pair: Pair) -> None:
    path, annotation = f"{resources.NODES_PATH}/home-1", "kilo.squat.ai/persistent-keepalive"
    pair.edge.request("PATCH", path, {"metadata": {"annotations": {annotation: None}}})
    for server in (pair.aws, pair.edge):
        server.create(resources.PEERS_PATH, peer("laptop"))
    before = [objects(server) for server in (pair.aws, pair.edge)]
    done = pair.run("connect", *pair.words, *STATED, "--annotate", "--psk")
    assert done.returncode == 0, done.stderr
    assert pair.edge.request("GET", path)["metadata"]["annotations"][annotation] == "25"
    assert [len(pair.peers(server)) for server in (pair.aws, pair.edge)] == [3, 2]
    gone = pair.run("rm", *pair.words)
    assert gone.returncode == 0, gone.stderr
    assert [objects(server) for server in (pair.aws, pair.edge)] == before


def test_connect_and_rm_on_two_servers(pair: Pair) -> None:
    tried = pair.run("connect", *pair.words, *STATED, "--dry-run", "server")
    assert (tried.returncode, pair.peers(pair.aws)) == (0, {}), tried.stderr
    done = pair.run("connect", *pair.words, *STATED)
    assert done.returncode == 0, done.stderr
    assert sorted(pair.peers(pair.aws)) == ["edge.loc.berlin", "edge.loc.home"]
    assert sorted(pair.peers(pair.edge)) == ["aws.loc.eu-west"]
    again = pair.run("connect", *pair.words, *STATED)
    assert again.stdout.count("no change") == 2
    gone = pair.run("rm", *pair.words)
    assert gone.returncode == 0, gone.stderr
    assert pair.peers(pair.aws) == pair.peers(pair.edge) == {}


def test_a_change_of_the_leader_is_one_update(pair: Pair) -> None:
    assert pair.run("connect", *pair.words, *STATED).returncode == 0
    before = pair.peers(pair.aws)["edge.loc.berlin"]
    path = f"{resources.NODES_PATH}/berlin-2"
    pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": ""}}})
    try:
        run = pair.run("connect", *pair.words, *STATED, "-o", "json")
    finally:
        pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": None}}})
    after = pair.peers(pair.aws)["edge.loc.berlin"]
    assert [one["action"] for one in json.loads(run.stdout)["peers"]] == ["update", "none", "none"]
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["spec"]["publicKey"] == key("edge berlin-2")


def test_annotate_patches_the_node_that_must_dial(pair: Pair) -> None:
    path = f"{resources.NODES_PATH}/home-1"
    annotation = "kilo.squat.ai/persistent-keepalive"
    pair.edge.request("PATCH", path, {"metadata": {"annotations": {annotation: None}}})
    refused = pair.run("connect", *pair.words, *STATED)
    assert (refused.returncode, "K-PEERING-KEEPALIVE" in refused.stderr) == (1, True)
    assert pair.run("connect", *pair.words, *STATED, "--annotate").returncode == 0
    assert pair.edge.request("GET", path)["metadata"]["annotations"][annotation] == "25"


def test_without_permission_in_one_cluster_nothing_is_written_in_the_other(pair: Pair, tmp_path: Path) -> None:
    pair.edge.allow("reader", READ, PEERS, IDENTITY)
    words = [pair.words[0], f"edge={pair.edge.kubeconfig('reader')}#tests"]
    run = pair.run("connect", *words, *STATED)
    assert (run.returncode, 'cannot create peer "aws.loc.eu-west"' in run.stderr) == (1, True), run.stderr
    assert pair.peers(pair.aws) == pair.peers(pair.edge) == {}


def test_the_rights_in_the_docs_are_enough(pair: Pair) -> None:
    pair.aws.allow("writer", READ, PEERS, IDENTITY, WRITE)
    words = [f"aws={pair.aws.kubeconfig('writer')}#tests", pair.words[1]]
    run = pair.run("connect", *words, *STATED)
    assert run.returncode == 0, run.stderr
    assert pair.run("rm", *words).returncode == 0
    assert pair.peers(pair.aws) == {}


def test_a_server_that_does_not_answer_is_named(pair: Pair) -> None:
    dead = f"edge={pair.edge.unreachable_kubeconfig()}#tests"
    run = pair.run("connect", pair.words[0], dead)
    assert (run.returncode, run.stderr.startswith('kgctl: cluster "edge": ')) == (1, True), run.stderr
    assert pair.peers(pair.aws) == {}


def test_watch_follows_both_servers_until_sigterm(pair: Pair) -> None:
    words = kgctl_program("peering", "connect", *pair.words, *STATED, "--watch")
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    path = f"{resources.NODES_PATH}/berlin-2"
    try:
        until(lambda: len(pair.peers(pair.aws)) == 2)
        pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": ""}}})
        until(lambda: leader_key(pair) == key("edge berlin-2"))
        pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": None}}})
        until(lambda: leader_key(pair) == key("edge berlin-1"))
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    assert len(pair.peers(pair.aws)) == 2


def leader_key(pair: Pair) -> str:
    return str(pair.peers(pair.aws)["edge.loc.berlin"]["spec"]["publicKey"])


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


PODS = "/api/v1/namespaces/kube-system/pods"
RUN_PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get", "delete"]}
SERVICES = {"apiGroups": [""], "resources": ["services"], "verbs": ["list"]}


def play_kubelet(server: ApiServerProcess, addresses: Iterator[str]) -> None:
    """Let each new pod run, or report that it reached two addresses."""
    for pod in server.request("GET", PODS)["items"]:
        if pod["status"].get("podIP"):
            continue
        status: dict[str, Any] = {"phase": "Running", "podIP": next(addresses)}
        if pod["spec"]["containers"][0]["command"][0] == "sh":
            ended = {"exitCode": 0, "reason": "Completed", "message": "0 1 1\n1 1 1\n"}
            container = {"name": "probe", "image": "x", "imageID": "", "ready": False, "restartCount": 0}
            status |= {"phase": "Succeeded", "containerStatuses": [container | {"state": {"terminated": ended}}]}
        server.request("PATCH", f"{PODS}/{pod['metadata']['name']}/status", {"status": status})


PROBED = {"pod": True, "mtu": True, "service": None, "dns": None, "apiServer": None}


def test_a_probe_runs_pods_with_the_rights_in_the_docs_and_deletes_them(pair: Pair) -> None:
    assert pair.run("connect", *pair.words, *STATED).returncode == 0
    for server, user in ((pair.aws, "writer"), (pair.edge, "joiner")):
        server.allow(user, READ, PEERS, IDENTITY, RUN_PODS, SERVICES)
    words = [f"aws={pair.aws.kubeconfig('writer')}#", f"edge={pair.edge.kubeconfig('joiner')}#"]
    command = kgctl_program("peering", "verify", *words, *STATED, "--probe", "-o", "json")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    addresses = (f"10.44.11.{number}" for number in range(2, 250))
    try:
        end = time.monotonic() + 240
        while process.poll() is None and time.monotonic() < end:
            for server in (pair.aws, pair.edge):
                play_kubelet(server, addresses)
            time.sleep(0.1)
    finally:
        process.kill()
        stdout, stderr = process.communicate()
    probes = [one["probe"] for one in json.loads(stdout)["pairs"]]
    assert probes == [PROBED] * 2, stderr
    reason = "its cluster IP 10.96.0.1 is not in the Service CIDR 10.98.0.0/16"
    notes = [one["message"] for one in json.loads(stdout)["findings"] if one["code"] == "K-PEERING-PROBE"]
    assert notes == [
        "kgctl does not probe the DNS of edge: no Service for it found in kube-system",
        f"kgctl does not probe the API server of edge: {reason}",
    ]
    assert [server.request("GET", PODS)["items"] for server in (pair.aws, pair.edge)] == [[], []]


@pytest.mark.parametrize("programs", ["openssl", "none"])
def test_the_script_of_the_probe_gets_an_answer_from_an_api_server(
    pair: Pair, programs: str, tmp_path: Path
) -> None:
    busybox = shutil.which("busybox")
    assert busybox
    subprocess.run([busybox, "--install", "-s", str(tmp_path)], check=True)
    if programs == "openssl":  # what BusyBox uses for TLS, if it is there
        (tmp_path / "openssl").symlink_to(str(shutil.which("openssl")))
    out = tmp_path / "report"
    env = {"PATH": str(tmp_path), "OUT": str(out), "LOG": str(tmp_path / "log")}
    address = pair.edge.url.removeprefix("https://")
    subprocess.run([tmp_path / "sh", "-c", SCRIPT, "probe", "", "", address], env=env, check=True, timeout=60)
    assert parse_report(out.read_text()) == Report(calls={}, api_server=True)


def test_two_loops_that_only_read_the_other_side_join_both(pair: Pair, tmp_path: Path) -> None:
    own, reader = (role_rules(name) for name in ("kgctl-peering", "kgctl-peering-reader"))
    for server, writing, other in ((pair.aws, "writer", pair.edge), (pair.edge, "joiner", pair.aws)):
        server.allow(writing, *own)
        other.allow("reader", *reader)
        words = [f"aws={pair.aws.kubeconfig(writing if server is pair.aws else 'reader')}#"]
        words += [f"edge={pair.edge.kubeconfig(writing if server is pair.edge else 'reader')}#"]
        name = "aws" if server is pair.aws else "edge"
        run = pair.run("connect", *words, *STATED, "--write", name)
        assert run.returncode == 0, run.stderr
    assert (len(pair.peers(pair.aws)), len(pair.peers(pair.edge))) == (2, 1)


LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"


@contextlib.contextmanager
def electing(*words: str) -> Iterator["Electing"]:
    """Run a loop that writes aws while it holds the Lease."""
    command = kgctl_program("peering", "connect", *words, *STATED, "--write", "aws", "--watch", "--leader-elect")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        loop = Electing(process)
        try:
            yield loop
        finally:
            process.kill()
            loop.reader.join(60)


class Electing:
    """A loop that runs, and what it has told."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told: list[str] = []
        self.reader = threading.Thread(target=lambda: self.told.extend(process.stderr or ()))
        self.reader.start()

    def says(self, words: str) -> bool:
        return any(words in line for line in tuple(self.told))


def test_of_two_loops_one_holds_the_lease_and_the_other_takes_over_with_the_rights_of_the_manifests(
    pair: Pair,
) -> None:
    pair.aws.allow("writer", *role_rules("kgctl-peering"))
    pair.edge.allow("reader", *role_rules("kgctl-peering-reader"))
    allow_leases(pair.aws, "writer")
    words = (f"aws={pair.aws.kubeconfig('writer')}#", f"edge={pair.edge.kubeconfig('reader')}#")
    path = f"{resources.NODES_PATH}/berlin-2"
    with electing(*words) as first:
        until(lambda: len(pair.peers(pair.aws)) == 2)
        with electing(*words) as second:
            until(lambda: second.says('holds the Lease "kgctl-peering-edge" in aws'))
            lease = pair.aws.request("GET", f"{LEASES}/kgctl-peering-edge")
            assert lease["spec"]["leaseDurationSeconds"] == 15
            first.process.terminate()
            assert first.process.wait(60) == 0
            until(lambda: second.says("this kgctl now holds the Lease"))
            try:
                pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": ""}}})
                until(lambda: leader_key(pair) == key("edge berlin-2"))
            finally:
                pair.edge.request("PATCH", path, {"metadata": {"annotations": {"kilo.squat.ai/leader": None}}})
            assert pair.aws.request("GET", f"{LEASES}/kgctl-peering-edge")["spec"]["leaseTransitions"] > 0


def allow_leases(server: ApiServerProcess, user: str) -> None:
    """Bind the Role of the manifests to a user, in the namespace of the Lease."""
    printed = printed_for_aws("--replicas", "2")
    role, binding = (one for one in printed if one["kind"] in ("Role", "RoleBinding"))
    path = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system"
    server.create(f"{path}/roles", role)
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
    server.create(f"{path}/rolebindings", {**binding, "subjects": [subject]})


def role_rules(name: str) -> list[dict[str, Any]]:
    roles = (one for one in printed_for_aws() if one["kind"] == "ClusterRole")
    rules: list[dict[str, Any]] = next(one["rules"] for one in roles if one["metadata"]["name"] == name)
    return rules


def printed_for_aws(*args: str) -> list[dict[str, Any]]:
    words = ("manifests", "aws", "edge", "--image", "x", "--only", "aws")
    return [one for one in yaml.safe_load_all(kgctl("peering", *words, *args).stdout) if one]
