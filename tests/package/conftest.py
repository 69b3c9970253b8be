"""The archive, which is built once for all tests, and the engine of containers, if there is one."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


def _engine() -> str | None:
    """Return podman or docker, if it runs containers here."""
    for name in ("podman", "docker"):
        if shutil.which(name) and not subprocess.run([name, "info"], capture_output=True, check=False).returncode:
            return name
    return None


ENGINE = _engine()
collect_ignore = [] if ENGINE else ["test_container.py"]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as a release has it; KGCTL_ARCHIVE may name one that is built."""
    if path := os.environ.get("KGCTL_ARCHIVE"):
        return Path(path)
    folder = tmp_path_factory.mktemp("archive")
    command = [sys.executable, str(ROOT / ".release" / "archive" / "build.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the archive holds."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (program,) = folder.iterdir()
    return program
