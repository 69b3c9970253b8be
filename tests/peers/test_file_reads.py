"""How often the files of a folder in Git are opened: each is read once, and only what changes is written."""

import collections
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from tests.in_memory import EXAMPLE, key, peer

COUNT = 100
LIST = "kustomization.yaml"
NODES = ("--from-file", str(EXAMPLE))

RUN_AND_RECORD = """
import os, runpy, sys

record = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT)

def note(event, args):
    if event == "open" and not isinstance(args[0], int):
        os.write(record, os.fsencode(args[0]) + b"\\n")

sys.addaudithook(note)
runpy.run_module("kgctl_py", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def manifests() -> dict[str, str]:
    """Many Peers, by the path of their file."""
    names = [f"p{number}" for number in range(COUNT)]
    texts = (yaml.safe_dump(peer(name, allowedIPs=[f"10.5.7.{name[1:]}/32"])) for name in names)
    return dict(zip((f"peers/{name}.yaml" for name in names), texts, strict=True))


@pytest.fixture
def folder(tmp_path: Path, manifests: dict[str, str]) -> Path:
    """A folder that lists them."""
    (tmp_path / "vpn" / "peers").mkdir(parents=True)
    (tmp_path / "vpn" / LIST).write_text(yaml.safe_dump({"resources": list(manifests)}))
    for path, text in manifests.items():
        (tmp_path / "vpn" / path).write_text(text)
    return tmp_path / "vpn"


def opens(folder: Path, *args: str) -> collections.Counter[str]:
    """Run kgctl, and return how often it opened each file of the folder; temporary files have one name."""
    record = folder.parent / "opened"
    command = [sys.executable, "-c", RUN_AND_RECORD, str(record), *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    paths = (Path(line) for line in record.read_text().splitlines())
    names = (str(path.relative_to(folder)) for path in paths if folder in path.parents)
    return collections.Counter("temporary" if ".kgctl-" in name else name for name in names)


@pytest.mark.parametrize(
    ("args", "more"),
    [
        (("add", "mia"), {"peers": 1, "temporary": 2}),
        (("set", "p7", "--keepalive", "5"), {"peers": 1, "temporary": 1}),
        (("rotate", "p7"), {"peers": 1, "temporary": 1}),
        (("rm", "p7"), {"peers/p7.yaml": 1, "temporary": 1}),
    ],
)
def test_each_file_is_read_once_and_one_that_is_removed_once_more_to_undo_that(
    folder: Path, manifests: dict[str, str], args: Sequence[str], more: Mapping[str, int]
) -> None:
    expected = collections.Counter([LIST, *manifests])
    expected.update(more)
    assert opens(folder, *NODES, "peer", *args, "--git", str(folder)) == expected


@pytest.mark.parametrize(
    "args",
    [
        ("showconf", "peer", "p7", "-o", "wg-quick"),
        ("peer", "add", "mia", "--print", "yaml", "--public-key", key("mia")),
    ],
)
def test_a_folder_that_is_only_read_is_read_once(
    folder: Path, manifests: dict[str, str], args: Sequence[str]
) -> None:
    assert opens(folder, "--from-file", str(folder), *NODES, *args) == dict.fromkeys([LIST, *manifests], 1)
