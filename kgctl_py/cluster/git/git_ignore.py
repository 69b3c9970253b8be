"""Files that Git ignores."""

import subprocess
from pathlib import Path


def is_ignored(file: Path) -> bool:
    """Return whether Git ignores `file`, or the file is outside a repository (git-check-ignore(1))."""
    try:
        command = ["git", "-C", str(file.parent), "check-ignore", "-q", "--", file.name]
        return subprocess.run(command, capture_output=True, check=False).returncode != 1  # noqa: S603 # no shell
    except OSError:
        return True
