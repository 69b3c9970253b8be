"""`kgctl gather` against a real API server: the file holds none of the secrets, and is read like the cluster."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.cluster.saved import bundle
from kgctl_py.fs.archive import unpack
from kgctl_py.kilo import resources
from kgctl_py.wireguard import keygen
from tests.api import mesh
from tests.api.server import ApiServerProcess, Manifest
from tests.cli.kgctl import kgctl
from tests.kube.objects import config_map, kilo

SYSTEM = "namespaces/kube-system"
SECRET = "a-word-for-nobody"
PSK, PRIVATE = str(keygen.generate_preshared_key()), str(keygen.generate_private_key())
NODE_READER = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}
PEER_READER = {"apiGroups": [names.GROUP], "resources": ["peers"], "verbs": ["list"]}


def secret_peer() -> Manifest:
    manifest = mesh.peer("secretive", "10.5.0.9")
    manifest["spec"]["presharedKey"] = PSK
    applied = json.dumps({"spec": {"presharedKey": PSK}, "privateKey": PRIVATE})
    manifest["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": applied,
        names.OWNER: f"{SECRET}@example.com",
    }
    return manifest


def daemon_set() -> Manifest:
    manifest = kilo("--topology-label=rack", "--service-cidr=10.96.0.0/12", f"--token={SECRET}")
    labels = manifest["metadata"]["labels"]
    manifest["metadata"]["annotations"] = {"note": SECRET}
    template = manifest["spec"]["template"]
    for container in template["spec"]["containers"]:
        container |= {"image": "example.org/kilo", "env": [{"name": "PASSWORD", "value": SECRET}]}
    template["metadata"] = {"labels": labels, "annotations": {"note": SECRET}}
    manifest["spec"]["selector"] = {"matchLabels": labels}
    return manifest


def pod() -> Manifest:
    manifest = {"metadata": {"name": "kilo-x", "labels": {"app.kubernetes.io/name": "kilo", "pass": SECRET}}}
    env = [{"name": "WG_KEY", "value": PRIVATE}]
    return manifest | {
        "spec": {
            "containers": [{"name": "kilo", "image": "kilo", "args": [SECRET], "env": env}],
            "nodeName": "north",
        }
    }


MADE: tuple[tuple[str, Manifest], ...] = (
    (resources.PEERS_PATH, secret_peer()),
    (f"/apis/apps/v1/{SYSTEM}/daemonsets", daemon_set()),
    (f"/api/v1/{SYSTEM}/pods", pod()),
    (f"/api/v1/{SYSTEM}/configmaps", config_map("coredns", Corefile=f"# {SECRET}\nkubernetes kube.example {{")),
    (f"/api/v1/{SYSTEM}/secrets", {"metadata": {"name": "wg"}, "stringData": {"key": PRIVATE, "word": SECRET}}),
    (
        f"/api/v1/{SYSTEM}/services",
        {"metadata": {"name": "kube-dns"}, "spec": {"clusterIP": "10.96.0.10", "ports": [{"port": 53}]}},
    ),
)


@pytest.fixture
def cluster(
    api_server: ApiServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ApiServerProcess]:
    monkeypatch.chdir(tmp_path)
    for path, manifest in MADE:
        api_server.create(path, manifest)
    yield api_server
    for path, manifest in MADE:
        api_server.request("DELETE", f"{path}/{manifest['metadata']['name']}?gracePeriodSeconds=0")


def gather(server: ApiServerProcess, *args: str, user: str = "admin") -> dict[str, bytes]:
    run = kgctl("--kubeconfig", str(server.kubeconfig(user)), "gather", *args)
    assert run.exit_code == 0, run.stderr
    return unpack(Path("kilo-gather.tar.gz").read_bytes())


def test_none_of_the_secrets_is_in_the_file(cluster: ApiServerProcess) -> None:
    gather(cluster)
    everything = gzip.decompress(Path("kilo-gather.tar.gz").read_bytes())
    for secret in (PSK, PRIVATE, SECRET, "token-of-admin"):
        assert secret.encode() not in everything
        assert base64.b64encode(secret.encode()).rstrip(b"=") not in everything
    assert mesh.key("secretive").encode() in everything
    assert b"--topology-label=rack" in everything


def test_commands_print_the_same_of_the_file_as_of_the_cluster(cluster: ApiServerProcess) -> None:
    gather(cluster)
    live, file = ("--kubeconfig", str(cluster.kubeconfig())), ("--from-file", "kilo-gather.tar.gz")
    for command in (
        ("showconf", "peer", "laptop"),
        ("showconf", "peer", "secretive"),
        ("showconf", "node", "north"),
        ("graph",),
    ):
        there, here = kgctl(*live, *command), kgctl(*file, *command)
        assert here.stdout == there.stdout.replace(PSK, "PUT-THE-PRESHARED-KEY-HERE"), command
        assert there.exit_code == here.exit_code == 0
    there, here = (json.loads(kgctl(*where, "info", "-o", "json").stdout) for where in (live, file))
    for told in (there, here):
        told["serverVersion"].pop("source")
        del told["context"], told["server"]
    assert here == there
    assert here["clusterDomain"]["value"] == "kube.example"


def test_a_user_with_few_permissions_gathers_less_and_sees_what_is_missing(cluster: ApiServerProcess) -> None:
    cluster.allow("guest", NODE_READER, PEER_READER)
    files = gather(cluster, user="guest")
    assert set(files) == {"manifest.json", "check.txt", "objects/Node.json", "objects/Peer.json"}
    unreadable = bundle.unpack(Path("kilo-gather.tar.gz").read_bytes()).manifest.unreadable
    assert {one.kind for one in unreadable} >= {"DaemonSet", "Pod", "Service", "ConfigMap"}
    assert all("you are not allowed to read" in one.why for one in unreadable)
    run = kgctl("--from-file", "kilo-gather.tar.gz", "showconf", "peer", "laptop")
    assert (run.exit_code, run.stdout.count("[Peer]")) == (0, 4)


def test_a_log_that_cannot_be_read_is_reported(cluster: ApiServerProcess) -> None:
    told = json.loads(gather(cluster)["manifest.json"])
    assert list(told["unreadLogs"]) == ["kube-system/kilo-x"]


def test_the_same_cluster_gives_the_same_objects(cluster: ApiServerProcess) -> None:
    first, second = (without_times(gather(cluster, "--force")) for _ in range(2))
    assert first == second


def without_times(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    """Return the words of each file but the manifest, without lengths of time, which change the ends of lines."""
    return {
        name: re.sub(rb"\d+(?:h\d+m|m\d+s)", b"", text).split()
        for name, text in files.items()
        if name != "manifest.json"
    }
