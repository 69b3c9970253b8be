"""The real wg(8), which the project's own keys are held against."""

import os
import shutil
import subprocess

import pytest


def wg(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run `wg`; where there is none CI fails and a laptop skips."""
    if not shutil.which("wg") and os.environ.get("CI") != "true":
        pytest.skip("there is no wg: install wireguard-tools")
    return subprocess.run(["wg", *words], input=stdin, capture_output=True, check=False)
