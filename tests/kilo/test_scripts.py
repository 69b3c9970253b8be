"""The scripts of the init containers do on a node what they are for; here the node is a folder."""

import base64
import dataclasses
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kgctl_py.kilo.install import agent_kubeconfig, cni
from kgctl_py.kilo.install.installation import Cni, Distribution, Installation
from tests.kilo.installations import of_kind

IMAGE = "busybox"
"""What the image of Kilo has, which is made of Alpine Linux."""


@dataclasses.dataclass(frozen=True)
class Shell:
    """A shell, and the folder of the programs that it finds."""

    command: tuple[str, ...]
    path: str

    def run(self, script: str, node: Path) -> subprocess.CompletedProcess[str]:
        """Run a script with the folder `node` in place of /."""
        for place in ("/opt", "/host", "/kilo", "/var/lib/rancher", "/etc/kubernetes"):
            script = script.replace(f" {place}/", f" {node}{place}/").replace(f"={place}/", f"={node}{place}/")
        (node / "script.sh").write_text(script)
        command = [*self.command, str(node / "script.sh")]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": self.path}
        )


@pytest.fixture(params=(IMAGE, "sh"))
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    if request.param != IMAGE:
        return Shell(("/bin/sh",), os.environ["PATH"])
    busybox = shutil.which("busybox")
    if not busybox:
        pytest.skip("there is no busybox")
    folder = tmp_path_factory.mktemp("bin")
    subprocess.run([busybox, "--install", "-s", str(folder)], check=True)
    return Shell((str(folder / "sh"),), str(folder))


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node before Kilo, and the files of Kilo's image."""
    for folder in ("opt/cni/bin", "host/opt/cni/bin", "host/etc/cni/net.d", "kilo", "etc/kubernetes"):
        (tmp_path / folder).mkdir(parents=True)
    for plugin in ("bridge", "portmap"):
        (tmp_path / "opt/cni/bin" / plugin).write_text(f"new {plugin}")
        (tmp_path / "opt/cni/bin" / plugin).chmod(0o755)
    (tmp_path / "kilo/cni-conf.json").write_text(cni.conf(1420))
    agent = tmp_path / "var/lib/rancher/k3s/agent"
    agent.mkdir(parents=True)
    (agent / "server-ca.crt").write_text("-----BEGIN CERTIFICATE-----\n" + "A" * 200 + "\n")
    (agent / "kubelet.kubeconfig").write_text(
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://127.0.0.1:6444\n    certificate-authority: x\n"
    )
    return tmp_path


def test_kilo_becomes_the_cni_of_the_node(node: Path, shell: Shell) -> None:
    (node / "host/opt/cni/bin/bridge").write_text("old bridge")
    (node / "host/opt/cni/bin/flannel").write_text("flannel")
    done = shell.run(cni.INSTALL, node)
    assert (done.returncode, done.stderr) == (0, "")
    plugins = node / "host/opt/cni/bin"
    assert sorted(path.name for path in plugins.iterdir()) == ["bridge", "flannel", "portmap"]
    assert (plugins / "bridge").read_text() == "new bridge"
    assert os.access(plugins / "bridge", os.X_OK)
    assert json.loads((node / "host/etc/cni/net.d/10-kilo.conflist").read_text())["name"] == "kilo"


def test_another_cni_is_put_aside_and_kilos_own_is_replaced(node: Path, shell: Shell) -> None:
    folder = node / "host/etc/cni/net.d"
    for name in ("10-flannel.conflist", "10-kilo.conflist", "05-x.conf", "README"):
        (folder / name).write_text(name)
    for _ in range(2):  # the pod may start again
        assert shell.run(cni.INSTALL, node).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "05-x.conf.before-kilo",
        "10-flannel.conflist.before-kilo",
        "10-kilo.conflist",
        "README",
    ]
    assert json.loads((folder / "10-kilo.conflist").read_text())["name"] == "kilo"


def test_without_its_plugins_the_node_keeps_its_cni(node: Path, shell: Shell) -> None:
    shutil.rmtree(node / "host/opt/cni/bin")
    (node / "host/etc/cni/net.d/10-flannel.conflist").write_text("")
    assert shell.run(cni.INSTALL, node).returncode != 0
    assert [path.name for path in (node / "host/etc/cni/net.d").iterdir()] == ["10-flannel.conflist"]


def test_the_kubeconfig_is_that_of_the_service_account(node: Path, shell: Shell) -> None:
    done = shell.run(agent_kubeconfig.GENERATE, node)
    assert (done.returncode, done.stderr) == (0, "")
    made = yaml.safe_load((node / "etc/kubernetes/kubeconfig").read_text())
    (cluster,), (user,) = made["clusters"], made["users"]
    authority = (node / "var/lib/rancher/k3s/agent/server-ca.crt").read_bytes()
    assert cluster["cluster"]["server"] == "https://127.0.0.1:6444"
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]) == authority
    assert user["user"] == {"tokenFile": "/var/run/secrets/kubernetes.io/serviceaccount/token"}
    assert made["contexts"] == [{"name": "kilo", "context": {"cluster": cluster["name"], "user": user["name"]}}]
    assert made["current-context"] == "kilo"


def test_a_kubelet_without_a_server_is_told_and_no_kubeconfig_is_left(node: Path, shell: Shell) -> None:
    (node / "var/lib/rancher/k3s/agent/kubelet.kubeconfig").write_text("clusters: []\n")
    done = shell.run(agent_kubeconfig.GENERATE, node)
    assert done.returncode == 1
    assert "names no server" in done.stderr
    assert not (node / "etc/kubernetes/kubeconfig").exists()


def test_the_scripts_and_the_configuration_are_deployed_as_they_are_tested() -> None:
    maps = of_kind("ConfigMap", Installation(distribution=Distribution.K3S, cni=Cni.KILO, mtu=1380))
    assert maps["kilo"]["data"] == {"cni-conf.json": cni.conf(1380), "install-cni.sh": cni.INSTALL}
    assert maps["kilo-scripts"]["data"] == {"generate-kubeconfig.sh": agent_kubeconfig.GENERATE}
    assert json.loads(cni.conf(1380))["plugins"][0]["mtu"] == 1380
