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
COMPLETIONS = {
    "bash": "bash-completion/completions/kgctl",
    "zsh": "zsh/site-functions/_kgctl",
    "fish": "fish/vendor_completions.d/kgctl.fish",
}
Kgctl = Callable[..., str]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("uv"), reason="there is no uv"),
    pytest.mark.skipif(not shutil.which("dot"), reason="there is no dot: install graphviz"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run("uv", "build", "--wheel", "--out-dir", str(folder), str(ROOT), cwd=folder)
    run("uv", "venv", "--python", sys.executable, "venv", cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run("uv", "pip", "install", "--python", "venv", str(wheel), cwd=folder)
    return folder / "venv"


@pytest.fixture(scope="module")
def kgctl(environment: Path) -> Kgctl:
    return lambda *args, name="kgctl": run(str(environment / "bin" / name), *args, cwd=environment)


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


def test_the_manual_and_the_completions_are_in_share(kgctl: Kgctl, environment: Path) -> None:
    page = environment / "share" / "man" / "man1" / "kgctl-peer-add.1"
    assert page.read_text() == kgctl("help", "--man", "peer", "add")
    for shell, place in COMPLETIONS.items():
        assert (environment / "share" / place).read_text() == kgctl("completion", shell).rstrip("\n")


def test_it_is_typed(environment: Path) -> None:
    assert [path.name for path in environment.rglob("kgctl_py/py.typed")] == ["py.typed"]


def test_two_builds_are_the_same_byte_by_byte(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run("uv", "build", "--out-dir", folder, str(ROOT), cwd=tmp_path, SOURCE_DATE_EPOCH="1764000000")
    built = sorted(path.name for path in (tmp_path / "one").glob("kgctl_py-*"))
    assert built == [f"kgctl_py-{__version__}-py3-none-any.whl", f"kgctl_py-{__version__}.tar.gz"]
    for name in built:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_pip_installs_the_checkout(tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "venv", cwd=tmp_path)
    run("venv/bin/python", "-m", "pip", "install", "--quiet", str(ROOT), cwd=tmp_path)
    assert run("venv/bin/kgctl", "--version", cwd=tmp_path) == f"kgctl {__version__}\n"


def test_uv_installs_the_checkout_as_a_tool(tmp_path: Path) -> None:
    places = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run("uv", "tool", "install", "--quiet", "--python", sys.executable, str(ROOT), cwd=tmp_path, **places)
    assert run("bin/kgctl", "--version", cwd=tmp_path) == f"kgctl {__version__}\n"
    assert {path.name for path in (tmp_path / "bin").iterdir()} == {
        "kgctl",
        "kubectl-kilo",
        "kubectl_complete-kilo",
    }


def test_pipx_installs_the_checkout_with_its_manual(tmp_path: Path) -> None:
    places = {
        "PIPX_HOME": "home",
        "PIPX_BIN_DIR": "bin",
        "PIPX_MAN_DIR": "man",
        "PIPX_COMPLETION_DIR": "completions",
    }
    environment = {name: str(tmp_path / folder) for name, folder in places.items()}
    run(
        sys.executable, "-m", "pipx", "install", "--python", sys.executable, str(ROOT), cwd=tmp_path, **environment
    )
    assert run("bin/kgctl", "--version", cwd=tmp_path) == f"kgctl {__version__}\n"
    assert (tmp_path / "man" / "man1" / "kgctl-peer-add.1").exists()


def run(*command: str, cwd: Path, **variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
