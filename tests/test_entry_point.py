"""What the process tells its caller, whatever ends it."""

import subprocess
import sys

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
