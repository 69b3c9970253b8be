"""The archive, which is built once for all tests."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


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
