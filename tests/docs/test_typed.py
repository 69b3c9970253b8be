"""The commands of the pages work: each `sh` block runs on a real API server, a page from top to bottom."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from kgctl_py import names
from kgctl_py.kilo import resources
from tests.api.server import ApiServerProcess, running
from tests.docs import pages
from tests.docs.pages import DOCS, PAGES, README, ROOT
from tests.in_memory import node

FLANNEL = "https://github.com/flannel-io/flannel/releases/latest/download/kube-flannel.yml"
LONGEST_PAGE = 600
"""Seconds."""
ELSEWHERE = {
    "python3 -m venv venv": "tests/package/test_wheel.py installs",
    ". venv/bin/activate": "tests/package/test_wheel.py installs",
    "pip install .": "tests/package/test_wheel.py installs",
    "uv run pytest": "this is it",
    "uv tool install .": "tests/package/test_wheel.py installs",
    "kgctl help --man peer add | man -l -": "tests/package/test_manual.py formats",
    "kgctl peering dns aws edge --zone edge.local": "the cluster has no DNS; tests/peering/test_status.py prints",
    "sudo kubeadm init --pod-network-cidr 10.244.0.0/16": "no cluster can be made here",
    'sudo install -o "$USER" -m 600 /etc/kubernetes/admin.conf ~/.kube/config': "there is a kubeconfig",
    f"kubectl apply -f {FLANNEL}": "it is far",
    "curl -sfL https://get.k3s.io | sh -": "no cluster can be made here",
    'sudo install -o "$USER" -m 600 /etc/rancher/k3s/k3s.yaml ~/.kube/config': "there is a kubeconfig",
    "export KUBECONFIG=~/.kube/config": "there is a kubeconfig",
    "ping -c 3 \"$(kubectl -n kube-system get pod -l k8s-app=kube-dns -o jsonpath='{.items[0].status.podIP}')\"": (
        "tests/tunnel/ pings"
    ),
}
"""Lines that do not run here, and why."""

PRELUDE = f"""\
set -euo pipefail
trap 'echo "failed: $BASH_COMMAND" >&2' ERR
in_terminal() {{ script -qec "stty cols 200 rows 100; $*" /dev/null; }}
kgctl() {{
  case "$*" in
    init*|manifests*) {sys.executable} -m kgctl_py "$@" --no-cel ;;  # the API server is old
    *"--print qr"*) in_terminal {sys.executable} -m kgctl_py "$@" ;;
    check*|*" check"|*" check "*) {sys.executable} -m kgctl_py "$@" || [ $? = 1 ] ;;  # there is something to find
    changes*|simulate*) {sys.executable} -m kgctl_py "$@" || [ $? = 1 ] ;;  # something may be cut off
    "peering verify"*) {sys.executable} -m kgctl_py "$@" || [ $? = 1 ] ;;  # no packet goes from one to the other
    connect*|disconnect*|heal*|sync*) unable "$@" || [ $? = 1 ] ;;  # tests/tunnel/ connects; 2 is bad usage
    *) {sys.executable} -m kgctl_py "$@" ;;
  esac
}}
kubectl() {{
  local words="$*"
  case "$words" in
    *"rollout status"*) command kubectl ${{words/rollout status/get}} ;;  # nothing runs here, but it is there
    *) command kubectl "$@" ;;
  esac
}}
unable() {{ setpriv --inh-caps=-net_admin --bounding-set=-net_admin {sys.executable} -m kgctl_py "$@"; }}
uv() {{ [ "$1" = run ]; shift; "$@"; }}
git() {{ command git -c user.name=tests -c user.email=tests@example.com "$@"; }}
sudo() {{ case $1 in --*) shift ;; esac; "$@"; }}
wg-quick() {{ [ "$1" = up ]; command wg-quick strip "$2" > /dev/null; }}  # tests/tunnel/ brings tunnels up
"""

WITHOUT_CLUSTER = [
    page for page in PAGES if page in (README, DOCS / "index.md", DOCS / "quickstart.md", DOCS / "topology.md")
]
WITH_CLUSTER = [page for page in PAGES if page not in WITHOUT_CLUSTER and pages.blocks(page.read_text(), "sh")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    with running(tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServerProcess]:
    """A second cluster, for the pages that join two."""
    with running(tmp_path_factory.mktemp("edge"), services="10.112.0.0/12") as server:
        yield server


@pytest.fixture
def example(server: ApiServerProcess) -> ApiServerProcess:
    """The example cluster on an API server; its nodes stay alive for as long as a page takes on a busy machine."""
    server.request("DELETE", resources.NODES_PATH)
    server.request("DELETE", resources.PEERS_PATH)
    ahead = int(time.time()) - 1767258000 + LONGEST_PAGE
    for manifest in yaml.safe_load((DOCS / "example-cluster.yaml").read_text())["items"]:
        annotations = manifest["metadata"].get("annotations", {})
        if names.LAST_SEEN in annotations:
            annotations[names.LAST_SEEN] = str(int(annotations[names.LAST_SEEN]) + ahead)
        server.create(resources.NODES_PATH if manifest["kind"] == "Node" else resources.PEERS_PATH, manifest)
    return server


@pytest.mark.parametrize("page", WITHOUT_CLUSTER, ids=pages.title)
def test_commands_of_a_page_work_without_a_cluster_and_without_messages(page: Path, folder: Path) -> None:
    assert typed(page, folder, KUBECONFIG="/dev/null").stderr == ""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", WITH_CLUSTER, ids=pages.title)
def test_commands_of_a_page_work_with_a_cluster(
    page: Path, folder: Path, example: ApiServerProcess, request: pytest.FixtureRequest
) -> None:
    kubeconfig = example.kubeconfig()
    if any("kgctl peering" in block for block in pages.blocks(page.read_text(), "sh")):
        edge: ApiServerProcess = request.getfixturevalue("edge")
        fill_edge(edge)
        kubeconfig = merged_kubeconfig(folder / "kubeconfig", example, {"aws": example, "edge": edge})
    typed(page, folder, KUBECONFIG=str(kubeconfig))


def fill_edge(server: ApiServerProcess) -> None:
    """Give the second cluster a node that leads, with networks of its own."""
    server.request("DELETE", resources.NODES_PATH)
    server.request("DELETE", resources.PEERS_PATH)
    seen = {
        "last_seen": str(int(time.time()) + LONGEST_PAGE),
        "wireguard_ip": "10.6.0.1/16",
        "internal_ip": "10.9.0.11/24",
    }
    server.create(resources.NODES_PATH, node("berlin-1", 11, "berlin", pod_cidr="10.44.11.0/24", **seen))


def merged_kubeconfig(path: Path, current: ApiServerProcess, servers: Mapping[str, ApiServerProcess]) -> Path:
    """Write a kubeconfig with a context for each server, of which one is current."""
    whole = json.loads(current.kubeconfig().read_text())
    for part in ("clusters", "contexts", "users"):
        whole[part] = []
    for name, server in servers.items():
        one = json.loads(server.kubeconfig().read_text())
        cluster = one["clusters"][0]["cluster"] | {"certificate-authority": str(server.ca)}
        whole["clusters"].append({"name": name, "cluster": cluster})
        whole["users"].append({"name": name, "user": one["users"][0]["user"]})
        whole["contexts"].append({"name": name, "context": {"cluster": name, "user": name}})
        if server is current:
            whole["current-context"] = name
    path.write_text(json.dumps(whole))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like the project's, for what is typed to write into."""
    missing = [tool for tool in ("bash", "dot", "kubectl", "wg-quick") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"there is no {', '.join(missing)}")
    (tmp_path / "docs").symlink_to(DOCS)
    return tmp_path


def typed(page: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    blocks = "".join(pages.blocks(page.read_text(), "sh"))
    script = PRELUDE + "".join(line for line in blocks.splitlines(keepends=True) if line.rstrip() not in ELSEWHERE)
    environment |= {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
