"""The second disk of the machine: kgctl as a wheel installs it for Debian's Python, and the agent."""

import shutil
import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PYTHON = "3.11"
"""The Python of Debian bookworm."""


def make_disk(folder: Path) -> Path:
    """Build the wheel, install it beside the agent, and return a file system that holds both."""
    tree, disk = folder / "disk", folder / "disk.ext4"
    tree.mkdir()
    _run("uv", "build", "--quiet", "--wheel", "--out-dir", folder, _ROOT)
    (wheel,) = folder.glob("*.whl")
    constraints = folder / "constraints.txt"
    _run("uv", "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "-o", constraints)
    _run(
        *("uv", "pip", "install", "--quiet", "--target", tree / "site", "--constraint", constraints),
        *(
            "--python-version",
            _PYTHON,
            "--python-platform",
            "x86_64-manylinux_2_36",
            "--only-binary",
            ":all:",
            wheel,
        ),
    )
    shutil.copy(Path(__file__).with_name("agent.py"), tree)
    shutil.copy(_ROOT / "tests" / "tunnel" / "servers.py", tree)
    _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", tree, disk, "512M")
    return disk


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
