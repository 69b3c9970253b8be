"""The second disk of the machine: kgctl as a wheel installs it for Debian's Python, the agent, and tests."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PYTHON = "3.11"
"""The Python of Debian bookworm."""
_TEST_PACKAGES = ("hypothesis", "junitparser", "pytest", "pytest-benchmark", "pytest-timeout", "pytest-xdist")
_RESOLVCONF, _RESOLVCONF_HOOKS = Path("/sbin/resolvconf"), Path("/lib/resolvconf")
"""openresolv, which cannot be installed beside systemd-resolved: the tests run it in a mount namespace."""


def make_disk(folder: Path, programs: Sequence[Path] = ()) -> Path:
    """Return a file system with the wheel as it is installed, the agent, the tests, and `programs`."""
    tree, disk = folder / "disk", folder / "disk.ext4"
    tree.mkdir()
    _run("uv", "build", "--quiet", "--wheel", "--out-dir", folder, _ROOT)
    (wheel,) = folder.glob("*.whl")
    constraints = folder / "constraints.txt"
    export = ("uv", "export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes")
    _run(*export, "--group", "test", "-o", constraints)
    install = ("uv", "pip", "install", "--quiet", "--constraint", constraints, "--only-binary", ":all:")
    platform = ("--python-version", _PYTHON, "--python-platform", "x86_64-manylinux_2_36")
    _run(*install, *platform, "--target", tree / "site", wheel)
    _run(*install, *platform, "--target", tree / "test-site", *_TEST_PACKAGES)
    shutil.copy(Path(__file__).with_name("agent.py"), tree)
    shutil.copy(_ROOT / "tests" / "tunnel" / "servers.py", tree)
    _copy_tests(tree / "repository")
    (tree / "bin").mkdir()
    for program in programs:
        shutil.copy(program, tree / "bin")
    megabytes = 512 + sum(program.stat().st_size for program in programs) // 1_000_000
    _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", tree, disk, f"{megabytes}M")
    return disk


def _copy_tests(folder: Path) -> None:
    for name in ("tests", "docs"):
        shutil.copytree(_ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    if not _RESOLVCONF.exists():
        return
    shutil.copytree(_RESOLVCONF_HOOKS, folder.parent / "openresolv" / "resolvconf")
    (folder.parent / "openresolv" / "bin").mkdir()
    shutil.copy(_RESOLVCONF, folder.parent / "openresolv" / "bin")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
