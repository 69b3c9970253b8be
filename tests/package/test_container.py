"""The container, built and run; conftest.py leaves this out where no engine runs."""

import subprocess

import pytest

from kgctl_py import __version__
from tests.docs.pages import DOCS, ROOT
from tests.package.conftest import ENGINE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def run(*command: str) -> str:
    done = subprocess.run([str(ENGINE), *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image() -> str:
    run("build", "--tag", "kgctl-test", "--file", str(ROOT / ".release" / "Containerfile"), str(ROOT))
    return "kgctl-test"


def test_it_runs_unprivileged_on_a_read_only_file_system(image: str) -> None:
    assert run("run", "--rm", "--read-only", "--network", "none", image, "--version") == f"kgctl {__version__}\n"
    assert run("run", "--rm", "--entrypoint", "/usr/bin/id", image, "-u") == "65532\n"


def test_it_reads_a_cluster(image: str) -> None:
    example = ("--volume", f"{DOCS}:/docs:ro", image, "--from-file", "/docs/example-cluster.yaml")
    assert "[Peer]" in run("run", "--rm", "--read-only", *example, "showconf", "peer", "laptop")
