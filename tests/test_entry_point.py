"""What the process tells its caller, whatever ends it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("raised", "code", "stderr"),
    [
        ("SystemExit", 0, ""),
        ("SystemExit(None)", 0, ""),
        ("SystemExit(3)", 3, ""),
        ("SystemExit('it cannot go on')", 1, "it cannot go on\n"),
        ("KeyboardInterrupt", 130, ""),
    ],
)
def test_it_ends_with_the_code_and_the_text_that_python_would_give(raised: str, code: int, stderr: str) -> None:
    script = f"from kgctl_py import app, __main__\ndef fail(): raise {raised}\napp.main = fail\n__main__.main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", stderr)


def test_no_core_is_dumped(tmp_path: Path) -> None:
    # A plugin has the limits of its parent.
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", "ulimit -c >&2; exit 3"],
        "interactiveMode": "Never",
    }
    config = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"exec": plugin}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    (tmp_path / "config").write_text(json.dumps(config))
    limited = f'ulimit -S -c unlimited; exec "{sys.executable}" -m kgctl_py --kubeconfig "{tmp_path}/config" graph'
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("0\n")
