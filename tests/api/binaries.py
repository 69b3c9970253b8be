"""Where the real kube-apiserver and etcd are."""

import functools
import os
import subprocess
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / ".." / "shared" / "kube-apiserver" / "build.sh"
USUAL = Path("/usr/local/kubebuilder/bin")  # envtest's own convention
NAMES = ("kube-apiserver", "etcd")


@functools.cache
def folder() -> Path:
    """Return the folder with both binaries; without them CI fails, and a laptop skips."""
    places = [Path(os.environ["KUBEBUILDER_ASSETS"])] if "KUBEBUILDER_ASSETS" in os.environ else [USUAL]
    for place in places:
        if all((place / name).is_file() for name in NAMES):
            return place
    if os.environ.get("CI") != "true":
        pytest.skip("no kube-apiserver and etcd: set KUBEBUILDER_ASSETS to a folder that has them")
    if not BUILD.is_file():
        pytest.fail("KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd")
    built = subprocess.run([BUILD], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.strip())
