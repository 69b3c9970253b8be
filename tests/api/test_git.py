"""Peers kept in Git and a real API server: what stands in the files is what the cluster gets."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.kilo import resources
from kgctl_py.render.json_yaml import as_yaml
from tests.api import mesh
from tests.api.kubectl import kubectl
from tests.api.peers import HERE, Peers, public_key, value
from tests.api.server import ApiServerProcess
from tests.cli.kgctl import kgctl, kgctl_program
from tests.docs import pages
from tests.docs.pages import ROOT

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kustomization.yaml").write_text("resources:\n- peers/ann.yaml\n")
    (tmp_path / "peers").mkdir()
    (tmp_path / "peers" / "ann.yaml").write_text(as_yaml(mesh.peer("ann", "10.5.0.3")))
    return tmp_path


def test_a_peer_takes_an_address_that_neither_the_cluster_nor_a_file_has_and_exists_when_it_is_applied(
    peers: Peers, folder: Path
) -> None:
    result = peers.run("add", "mia", "--git", str(folder), "--services", "none")
    assert (result.exit_code, peers.names()) == (0, HERE), result.stderr
    assert value(result.stdout, "Address") == "10.5.0.4/32"
    applied = kubectl(peers.server, "apply", "-k", str(folder))
    assert applied.returncode == 0, applied.stderr
    assert sorted(peers.names()) == sorted(["ann", "mia", *HERE])
    assert peers.spec("mia") == {
        "allowedIPs": ["10.5.0.4/32"],
        "persistentKeepalive": 25,
        "publicKey": public_key(result.stdout),
    }
    key = folder / "mia.key"
    key.touch(0o600)
    key.write_text(value(result.stdout, "PrivateKey"))
    options = (*peers.options(), "showconf", "peer", "mia", "-o", "wg-quick", "--private-key", str(key))
    assert kgctl(*options, "--services", "none").stdout == result.stdout


def test_a_folder_is_read_with_the_nodes_of_the_cluster(peers: Peers, folder: Path) -> None:
    source = (*peers.options(), "--from-file", str(folder))
    assert kgctl(*source, "get", "peers", "-o", "name").stdout == "peer/ann\n"
    conf = kgctl(*source, "showconf", "peer", "ann").stdout
    assert value(conf, "AllowedIPs").startswith("10.42.1.0/24")
    assert "10.5.0.1/32" not in conf


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[ApiServerProcess]:
    """A cluster with two nodes and no Kilo."""
    (tmp_path / "server").mkdir()
    server = ApiServerProcess(tmp_path / "server")
    try:
        server.start()
        for name, number in (("north", 1), ("south", 2)):
            server.create(resources.NODES_PATH, mesh.node(name, name, number))
        yield server
    finally:
        server.stop()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_commands_of_the_readme_of_the_team_work_on_a_cluster_without_kilo(
    bare_server: ApiServerProcess, tmp_path: Path
) -> None:
    vpn = tmp_path / "vpn"
    subprocess.run(kgctl_program("init", str(vpn), "--no-cel"), check=True, cwd=ROOT)
    subprocess.run(["git", "init", "-q", str(vpn)], check=True)
    script = "".join(pages.blocks((vpn / "README.md").read_text(), "sh"))
    who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = os.environ | who | {"KUBECONFIG": str(bare_server.kubeconfig()), "PYTHONPATH": str(ROOT)}
    prelude = f'set -euo pipefail\nkgctl() {{ {sys.executable} -m kgctl_py "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", prelude + script], cwd=vpn, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert bare_server.request("GET", "/apis/apps/v1/namespaces/kube-system/daemonsets")["items"]
    assert bare_server.request("GET", resources.PEERS_PATH)["items"] == []
    assert (tmp_path / "alice.conf").exists()
    crd = bare_server.request("GET", f"{CRDS}/{names.PEERS_RESOURCE}")
    assert crd["spec"]["versions"][0]["additionalPrinterColumns"]
