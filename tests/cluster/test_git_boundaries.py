"""A folder in Git names its own files: whatever it lists, nothing else is read, changed or removed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kgctl_py.cluster.git.git_folder import Folder
from kgctl_py.errors import KgctlError
from kgctl_py.limits import LARGEST_SETTING
from tests.cli.kgctl import kgctl
from tests.in_memory import EXAMPLE, peer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in a repository, with a Peer outside of both, and one beside the folder."""
    folder = tmp_path / "repository" / "vpn"
    (folder / "peers").mkdir(parents=True)
    (folder.parent / ".git").mkdir()
    for place in (tmp_path / "outside", folder.parent / "beside"):
        place.mkdir()
        (place / "eve.yaml").write_text(yaml.safe_dump(peer("eve", 7)))
        (place / "kustomization.yaml").write_text("resources: [eve.yaml]\n")
    (folder / "peers" / "bob.yaml").write_text(yaml.safe_dump(peer("bob", 2)))
    return folder


def listed(folder: Path, *resources: str) -> None:
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({"resources": list(resources)}))


def everything(folder: Path) -> dict[str, str]:
    files = (path for path in folder.parent.parent.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path): path.read_text() for path in files}


FILES = ["../beside/eve.yaml", "../../outside/eve.yaml", "{}/eve.yaml", "/dev/zero", "/proc/kmsg"]
LINKS = ["link.yaml", "peers/link.yaml", "links", "pipe.yaml", "huge.yaml"]


@pytest.mark.parametrize("resource", [*FILES, "../../outside", "{}", *LINKS])
@pytest.mark.parametrize(
    "command", [("set", "eve", "--keepalive", "5"), ("rm", "eve"), ("rotate", "eve"), ("add", "mia")], ids=" ".join
)
def test_what_is_outside_is_refused_and_stays(folder: Path, resource: str, command: tuple[str, ...]) -> None:
    outside = folder.parent.parent / "outside"
    (folder / "link.yaml").symlink_to(outside / "eve.yaml")
    (folder / "peers" / "link.yaml").symlink_to(outside / "eve.yaml")
    (folder / "links").symlink_to(outside)
    os.mkfifo(folder / "pipe.yaml")
    if resource == "huge.yaml":
        (folder / "huge.yaml").write_bytes(b"#" * (LARGEST_SETTING + 1))
    listed(folder, resource.format(outside), "peers/bob.yaml")
    before = everything(folder)
    yes = ("--yes",) if "rotate" in command else ()
    run = kgctl("--from-file", str(EXAMPLE), "peer", *command, "--git", str(folder), *yes)
    assert run.exit_code == 1
    assert run.stderr.count("\n") <= 2
    assert "fault of kgctl" not in run.stderr
    assert everything(folder) == before


def test_a_kustomization_that_is_a_link_to_elsewhere_is_refused(folder: Path) -> None:
    (folder / "kustomization.yaml").symlink_to(folder.parent.parent / "outside" / "kustomization.yaml")
    with pytest.raises(KgctlError, match="not below its folder"):
        Folder(str(folder))


def test_a_folder_beside_it_in_the_repository_is_read_and_changed_under_its_own_name(folder: Path) -> None:
    listed(folder, "../beside", "peers/bob.yaml")
    assert [kept.peer.name for kept in Folder(str(folder)).peers()] == ["bob", "eve"]
    before = everything(folder)
    nodes = ("--from-file", str(EXAMPLE))
    run = kgctl(*nodes, "peer", "rm", "eve", "--git", str(folder))
    assert (run.exit_code, everything(folder)) == (1, before)
    assert f"hint: use --git {folder.parent / 'beside'}" in run.stderr
    assert kgctl(*nodes, "peer", "rm", "eve", "--git", str(folder.parent / "beside")).exit_code == 0


def test_a_link_beside_the_peers_that_leads_elsewhere_is_left_alone(folder: Path) -> None:
    listed(folder, "peers/bob.yaml")
    (folder / "peers" / "eve.yaml").symlink_to(folder.parent.parent / "outside" / "eve.yaml")
    (folder / "peers" / "zero.yaml").symlink_to("/dev/zero")
    assert [kept.peer.name for kept in Folder(str(folder)).all_peers()] == ["bob"]


def test_lint_reads_no_link_that_leads_out_of_a_folder(folder: Path) -> None:
    (folder / "peers" / "eve.yaml").symlink_to(folder.parent.parent / "outside" / "eve.yaml")
    assert kgctl("lint", str(folder)).stderr.endswith("1 peer in 1 file: 0 errors, 1 warning\n")


BOUNDED = """
import resource, sys
from kgctl_py.app import main
resource.setrlimit(resource.RLIMIT_AS, (3 << 30,) * 2)
main()
"""


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("--from-file", "/dev/zero", "get", "peers"), marks=pytest.mark.slow),
        pytest.param(("lint", "/dev/zero"), marks=pytest.mark.slow),
        ("--kubeconfig", "/dev/zero", "get", "peers"),
        ("--from-file", str(EXAMPLE), "diff", "peer", "laptop", "--conf", "/dev/zero"),
    ],
    ids=" ".join,
)
def test_a_file_without_an_end_is_one_error(args: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", BOUNDED, *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (1, 2)
    assert "is larger than" in done.stderr
    assert "fault of kgctl" not in done.stderr
