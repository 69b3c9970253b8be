"""kubectl, run on the API server of the tests."""

import os
import shutil
import subprocess

import pytest

from tests.api.server import ADMIN, ApiServerProcess


def kubectl(
    server: ApiServerProcess, *words: str, stdin: str = "", user: str = ADMIN
) -> subprocess.CompletedProcess[str]:
    """Run `kubectl`; where there is none CI fails and a laptop skips."""
    if not shutil.which("kubectl"):
        pytest.skip("there is no kubectl")
    environment = {"PATH": os.environ["PATH"], "HOME": str(server.kubeconfig(user).parent)}
    command = ["kubectl", "--kubeconfig", str(server.kubeconfig(user)), *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, env=environment)


def applied(server: ApiServerProcess, text: str) -> str:
    """Apply manifests, which must be taken without a word of complaint, and give what kubectl says."""
    done = kubectl(server, "apply", "-f", "-", stdin=text)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout
