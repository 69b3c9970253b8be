"""The archive is the whole program: it runs where there is no Python, nor anything but a C library."""

import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kgctl_py import __version__
from kgctl_py.cli.command_list import ROWS, Row
from tests.docs.pages import DOCS, ROOT
from tests.package.folder_without_python import RootWithoutPython

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a root folder needs root on Linux"),
]
EXAMPLE = ("--from-file", "/home/example-cluster.yaml")
KGCTL = "/opt/kgctl/kgctl"
MEGABYTE = 1_000_000
PROXIED = """\
apiVersion: v1
kind: Config
current-context: it
contexts: [{name: it, context: {cluster: it, user: it}}]
clusters: [{name: it, cluster: {server: "https://192.0.2.1", proxy-url: "http://127.0.0.1:9"}}]
users: [{name: it, user: {username: u, password: p}}]
"""


@pytest.fixture(scope="module")
def machine(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> RootWithoutPython:
    """A machine with the archive unpacked in /opt/kgctl, and the links that krew and a person make."""
    machine = RootWithoutPython(tmp_path_factory.mktemp("machine"))
    shutil.copytree(unpacked, machine.folder / "opt" / "kgctl", symlinks=True)
    shutil.copy(DOCS / "example-cluster.yaml", machine.folder / "home")
    (machine.folder / "home" / "proxied").write_text(PROXIED)
    for name in ("kgctl", "kubectl-kilo", "kubectl_complete-kilo"):
        (machine.folder / "bin" / name).symlink_to(KGCTL)
    return machine


def printed(machine: RootWithoutPython, *command: str) -> str:
    done = machine.run(*command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said_here(*args: str) -> str:
    """Return what the checkout prints."""
    command = [sys.executable, "-m", "kgctl_py", "--from-file", str(DOCS / "example-cluster.yaml"), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_there_is_no_python_on_the_machine(machine: RootWithoutPython) -> None:
    programs = [path.name for path in (machine.folder / "bin").iterdir()]
    assert sorted(programs) == ["kgctl", "kubectl-kilo", "kubectl_complete-kilo"]


def test_it_says_its_version(machine: RootWithoutPython) -> None:
    assert printed(machine, KGCTL, "--version") == f"kgctl {__version__}\n"


@pytest.mark.parametrize(
    "args",
    [("showconf", "peer", "laptop"), ("graph", "-o", "html"), ("trace", "laptop", "berlin-2"), ("graph",)],
    ids=" ".join,
)
def test_it_prints_what_the_checkout_prints(machine: RootWithoutPython, args: tuple[str, ...]) -> None:
    assert printed(machine, KGCTL, *EXAMPLE, *args) == said_here(*args)


def test_it_makes_keys(machine: RootWithoutPython) -> None:
    private = printed(machine, KGCTL, "genkey")
    assert re.fullmatch(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\n", private)
    assert printed(machine, KGCTL, "keygen").startswith("private key: ")


def test_it_prints_manifests(machine: RootWithoutPython) -> None:
    assert printed(machine, KGCTL, "manifests", "--peer-validation").startswith(
        "apiVersion: apiextensions.k8s.io/v1\n"
    )


def test_it_writes_a_folder_for_git_and_lints_it(machine: RootWithoutPython) -> None:
    printed(machine, KGCTL, "init", "/tmp/vpn")
    assert "kustomization.yaml" in {path.name for path in (machine.folder / "tmp" / "vpn").iterdir()}
    printed(machine, KGCTL, "lint", "/home/example-cluster.yaml")


def test_krew_links_it_as_a_plugin_of_kubectl(machine: RootWithoutPython) -> None:
    assert "Usage: kubectl kilo " in printed(machine, "/bin/kubectl-kilo", "--help")
    assert printed(machine, "/bin/kubectl-kilo", *EXAMPLE, "showconf", "peer", "laptop") == said_here(
        "showconf", "peer", "laptop"
    )


def test_krew_finds_what_its_manifest_names(archive: Path, unpacked: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / ".release" / "krew" / "fill.py"),
        "https://example.com/kgctl-py",
        str(archive),
    ]
    manifest = yaml.safe_load(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    (platform,) = manifest["spec"]["platforms"]
    assert [moved["to"] for moved in platform["files"]] == ["."]
    assert platform["files"][0]["from"] == f"{unpacked.name}/*"
    assert os.access(unpacked / platform["bin"], os.X_OK)


def test_kubectl_completes_it_by_a_link(machine: RootWithoutPython) -> None:
    completed = printed(machine, "/bin/kubectl_complete-kilo", *EXAMPLE, "showconf", "peer", "lap")
    assert completed.splitlines() == ["laptop", ":4"]


def test_it_has_what_negotiates_with_a_proxy(machine: RootWithoutPython) -> None:
    done = machine.run(KGCTL, "--kubeconfig", "/home/proxied", "--request-timeout", "2s", "get", "nodes")
    assert done.returncode == 1
    assert "fault of kgctl" not in done.stderr
    assert "proxy" in done.stderr


def test_it_has_what_speaks_netlink_and_dns(machine: RootWithoutPython) -> None:
    done = machine.run(KGCTL, *EXAMPLE, "check", "--only", "local")
    assert "fault of kgctl" not in done.stderr + done.stdout
    done = machine.run(KGCTL, *EXAMPLE, "connect", "laptop")
    assert done.returncode != 0
    assert "fault of kgctl" not in done.stderr


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_command_is_in_it(machine: RootWithoutPython, row: Row) -> None:
    assert printed(machine, KGCTL, row.name, "--help").startswith(f"Usage: kgctl {row.name} ")


def test_licenses_are_beside_the_program(unpacked: Path) -> None:
    licences = {path.name for path in (unpacked / "licenses").iterdir()}
    assert {
        "cryptography",
        "kubernetes",
        "msgspec",
        "pyinstaller",
        "python",
        "rich",
        "typer",
        "urllib3",
    } <= licences
    if (unpacked / "_internal" / "libssl.so.3").exists():  # that of the system; some Pythons have their own within
        assert "libssl3" in licences
    assert all(file.stat().st_size for file in (unpacked / "licenses").rglob("*") if file.is_file())
    assert (unpacked / "LICENSE").read_text().lstrip().startswith("Apache License")


def test_the_manual_and_the_completions_are_in_it(unpacked: Path) -> None:
    assert (unpacked / "share" / "man" / "man1" / "kgctl-peer-add.1").exists()
    assert (unpacked / "share" / "bash-completion" / "completions" / "kgctl").exists()


def test_only_its_owner_can_write_it(unpacked: Path) -> None:
    assert [
        path for path in unpacked.rglob("*") if not path.is_symlink() and path.stat().st_mode & stat.S_IWOTH
    ] == []


def test_it_is_small_and_starts_at_once(archive: Path, unpacked: Path) -> None:
    assert archive.stat().st_size < 26 * MEGABYTE
    assert sum(path.stat().st_size for path in unpacked.rglob("*") if path.is_file()) < 52 * MEGABYTE
    assert min(cpu_seconds(str(unpacked / "kgctl"), "--version") for _ in range(3)) < 0.5


def cpu_seconds(*command: str) -> float:
    """Return the time that a processor is busy with a command, which other processes do not lengthen much."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
