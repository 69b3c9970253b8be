"""The wheel, installed alone in a new environment and used away from the checkout, is the whole program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kgctl_py import __version__

ROOT = Path(__file__).parents[2]
EXAMPLE = ("--from-file", str(ROOT / "docs" / "example-cluster.yaml"))
Kgctl = Callable[..., str]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("uv"), reason="there is no uv"),
    pytest.mark.skipif(not shutil.which("dot"), reason="there is no dot: install graphviz"),
]


@pytest.fixture(scope="module")
def kgctl(tmp_path_factory: pytest.TempPathFactory) -> Kgctl:
    folder = tmp_path_factory.mktemp("wheel")
    run("uv", "build", "--wheel", "--out-dir", str(folder), str(ROOT), cwd=folder)
    run("uv", "venv", "--python", sys.executable, "venv", cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run("uv", "pip", "install", "--python", "venv", str(wheel), cwd=folder)
    return lambda *args, name="kgctl": run(str(folder / "venv" / "bin" / name), *args, cwd=folder)


def test_it_says_its_version(kgctl: Kgctl) -> None:
    assert kgctl("--version") == f"kgctl {__version__}\n"


def test_it_prints_the_configuration_that_the_checkout_prints(kgctl: Kgctl) -> None:
    args = (*EXAMPLE, "showconf", "peer", "laptop")
    assert kgctl(*args) == run(sys.executable, "-m", "kgctl_py", *args, cwd=ROOT)


def test_it_draws_a_picture(kgctl: Kgctl) -> None:
    assert kgctl(*EXAMPLE, "graph", "-o", "svg").rstrip().endswith("</svg>")


def test_it_prints_manifests(kgctl: Kgctl) -> None:
    assert kgctl("manifests", "--peer-validation").startswith("apiVersion: apiextensions.k8s.io/v1\n")


def test_it_makes_a_page(kgctl: Kgctl) -> None:
    assert kgctl(*EXAMPLE, "graph", "-o", "html") == run(
        sys.executable, "-m", "kgctl_py", *EXAMPLE, "graph", "-o", "html", cwd=ROOT
    )


def test_it_makes_keys(kgctl: Kgctl) -> None:
    assert kgctl("keygen").startswith("private key: ")


def test_it_is_a_plugin_of_kubectl(kgctl: Kgctl) -> None:
    assert "Usage: kubectl kilo " in kgctl("--help", name="kubectl-kilo")


def test_pip_installs_the_checkout(tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "venv", cwd=tmp_path)
    run("venv/bin/python", "-m", "pip", "install", "--quiet", str(ROOT), cwd=tmp_path)
    assert run("venv/bin/kgctl", "--version", cwd=tmp_path) == f"kgctl {__version__}\n"


def run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
